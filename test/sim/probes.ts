import type { Json } from '../../sim/tour/drive.js';
import { FILMS, MARAS_SHARE, SHOWS, ATTIC } from '../plex/target.js';
import { send, TOKEN } from './start.js';
import type { Reply, Running } from './start.js';

/** Fixed ids of the demo world of sim/discord. */
export const GUILD = '100000000000000001';
export const GENERAL = '400000000000000001';
export const AUDIT = '400000000000000002';
export const BOT = '500000000000000001';
export const USERS = {
  owner: '200000000000000001',
  admin: '200000000000000002',
  moderator: '200000000000000003',
  auditor: '200000000000000004',
  member: '200000000000000005',
  stranger: '200000000000000006',
} as const;
export const BOT_HEADERS = { authorization: `Bot ${TOKEN}` };

/** One read and one write of a simulator, for everything that both have in common. */
export interface Probe {
  readonly name: 'plex' | 'discord';
  readonly readPath: string;
  readonly writeMethod: string;
  readonly writePath: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly writeBody: Json;
  /** Whether the world shows the write. */
  isDone(sim: Running): Promise<boolean>;
  /** How many rows a read gave. */
  rows(reply: Reply): number;
}

const plex: Probe = {
  name: 'plex',
  readPath: `/api/servers/${ATTIC}/shared_servers`,
  writeMethod: 'PUT',
  writePath: `/api/servers/${ATTIC}/shared_servers/${MARAS_SHARE}`,
  headers: { 'x-plex-token': TOKEN, 'x-plex-client-identifier': 'test' },
  writeBody: { server_id: ATTIC, shared_server: { library_section_ids: [FILMS, SHOWS] } },
  isDone: async (sim) => {
    const { shares } = await sim.state<{ shares: { id: number; sectionIds: number[] }[] }>();
    return shares.find((share) => share.id === MARAS_SHARE)?.sectionIds.includes(SHOWS) ?? false;
  },
  rows: ({ text }) => text.split('<SharedServer').length - 1,
};

const discord: Probe = {
  name: 'discord',
  readPath: `/api/v10/channels/${GENERAL}/messages`,
  writeMethod: 'POST',
  writePath: `/api/v10/channels/${GENERAL}/messages`,
  headers: BOT_HEADERS,
  writeBody: { content: 'hello' },
  isDone: async (sim) =>
    ((await sim.get(`/messages?channel=${GENERAL}`)) as { content: string }[]).some(
      (message) => message.content === 'hello',
    ),
  rows: ({ json }) => (json as unknown[]).length,
};

export const PROBES: readonly Probe[] = [plex, discord];

export const read = (sim: Running, probe: Probe): Promise<Reply> =>
  send(`${sim.url}${probe.readPath}`, 'GET', { headers: probe.headers });

export const change = (sim: Running, probe: Probe): Promise<Reply> =>
  send(`${sim.url}${probe.writePath}`, probe.writeMethod, {
    headers: probe.headers,
    body: probe.writeBody,
  });
