import type { PlexWorld } from '../../sim/plex/world.js';

export const FIRST_ACCOUNT = 5_000_000;
const LONG_AGO = Date.parse('2026-01-01T00:00:00Z') / 1000;

/** The world with so many friends more, "Person 0" and so on, who all have these libraries of its first server. */
export function withFriends(
  world: PlexWorld,
  people: number,
  titles: readonly string[],
): PlexWorld {
  const [server] = world.servers;
  if (!server) throw new Error('the world has a server');
  const sectionIds = server.libraries
    .filter(({ title }) => titles.includes(title))
    .map(({ sectionId }) => sectionId);
  const numbers = Array.from({ length: people }, (_, i) => i);
  const accounts = numbers.map((i) => ({
    id: FIRST_ACCOUNT + i,
    username: `person${i}`,
    email: `person${i}@example.org`,
    title: `Person ${i}`,
    home: false,
    restricted: false,
    friend: true,
  }));
  const shares = numbers.map((i) => ({
    id: 40_000 + i,
    machineId: server.machineId,
    accountId: FIRST_ACCOUNT + i,
    email: `person${i}@example.org`,
    sectionIds,
    allLibraries: false,
    invitedAt: LONG_AGO,
    acceptedAt: LONG_AGO,
  }));
  return {
    ...world,
    accounts: [...world.accounts, ...accounts],
    shares: [...world.shares, ...shares],
  };
}
