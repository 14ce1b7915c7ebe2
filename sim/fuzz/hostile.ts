import type { DiscordWorld } from '../discord/world.js';
import type { PlexWorld } from '../plex/world.js';

/** Stands in every hostile text with markup, so that its traces can be told from what the bot writes itself. */
export const CANARY = 'qzq';

/** Ids that nobody has: a mention of one of them can only have come from a hostile text. */
export const NOBODY = {
  user: '299999999999999999',
  role: '399999999999999999',
  channel: '499999999999999999',
  command: '599999999999999999',
  emoji: '699999999999999999',
} as const;

const markup: readonly string[] = [
  `x**${CANARY}**`,
  `*${CANARY}*`,
  `__${CANARY}__`,
  `_${CANARY}_`,
  `~~${CANARY}~~`,
  `||${CANARY}||`,
  `\`${CANARY}\``,
  `\`\`\`${CANARY}\`\`\``,
  `[${CANARY}](https://evil.example)`,
  `<https://evil.example/${CANARY}>`,
  `https://evil.example/${CANARY}`,
  `# ${CANARY}`,
  `-# ${CANARY}`,
  `> ${CANARY}`,
  `- ${CANARY}`,
  `1. ${CANARY}`,
  `x\n# ${CANARY}`,
  `x\r\n> ${CANARY}`,
  `\\*${CANARY}\\*`,
  `\\\\*${CANARY}\\\\*`,
  `${CANARY}\\`,
];

const mentions: readonly string[] = [
  '@everyone',
  '@here',
  '@\u200beveryone',
  '@eve\u200bryone',
  `<@${NOBODY.user}>`,
  `<@!${NOBODY.user}>`,
  `<@&${NOBODY.role}>`,
  `<#${NOBODY.channel}>`,
  `</grant:${NOBODY.command}>`,
  `<:${CANARY}:${NOBODY.emoji}>`,
  `<a:${CANARY}:${NOBODY.emoji}>`,
  '<t:1:R>',
  '<id:customize>',
  `<\u200b@${NOBODY.user}>`,
];

const letters: readonly string[] = [
  '\u202egnp.exe',
  '\u2066x\u2069\u200f',
  'z\u200be\u200cr\u200do',
  '\u200b',
  '\u3164',
  ' ',
  '\u0007bell',
  'nul\u0000nul',
  'Z\u0351\u0321\u0336a\u0334\u0322l\u0337g\u0335o\u0336',
  '👩‍👩‍👧‍👦'.repeat(30),
  '𝔐𝔞𝔯𝔞',
  'مارا',
  'ﬁlms',
  'İstanbul',
];

const long: readonly string[] = [
  'W'.repeat(300),
  '𝔚'.repeat(120),
  '*'.repeat(300),
  `${CANARY} `.repeat(150),
  'a'.repeat(5_900),
];

const queries: readonly string[] = [
  "'; drop table person; --",
  "' or 1=1 --",
  '%',
  '_',
  '\\',
  '%_%\\',
  '$1',
  '{{7*7}}${7*7}',
  '__proto__',
  'constructor',
  'null',
  'undefined',
];

const numbers: readonly string[] = [
  '99999999999999999999',
  '-1',
  '0',
  '1e309',
  'NaN',
  '0d',
  '-5d',
  '999999999d',
  '1y2mo3w4d5h6m7s8s',
  '9999-12-31',
  '2026-02-30',
  '31/12/2026 25:00',
  '03/04/2027',
  '<t:99999999999999>',
  '<t:-1>',
  '275760-09-13T00:00:00.000Z',
  '2027-01-01T00:00:00+99:00',
];

const addresses: readonly string[] = [
  '@',
  'a@b',
  "o'hara+tag@example.org",
  '"quoted name"@example.org',
  'a@b.c\nBcc: d@e.f',
  `${'x'.repeat(250)}@example.org`,
  `*${CANARY}*@example.org`,
];

const wrongIds: readonly string[] = [
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-4fff-8fff-ffffffffffff',
  '200000000000000005',
  '<@200000000000000005>',
  '<@0>',
];

/** What nobody types by accident. */
export const hostileTexts: readonly string[] = [
  ...markup,
  ...mentions,
  ...letters,
  ...long,
  ...queries,
  ...numbers,
  ...addresses,
  ...wrongIds,
];

/** What somebody may call themselves or a library. */
export const hostileNames: readonly string[] = [
  ...markup,
  ...mentions,
  ...letters.filter((text) => !text.includes('\u0000') && !text.includes('\u0007')),
  ...long.slice(0, 3),
  ...queries.slice(0, 6),
];

/** Custom ids of messages that an older Usher, or nobody, posted. */
export const strayIds: readonly string[] = [
  'v1:take:AAAAAAAAAAAAAAAAAAAAAA',
  'v1:leave:',
  'v1:shorten',
  'v1:__proto__:x',
  'v1:constructor:x',
  'v0:take:x',
  'v1',
  ':::',
  ' ',
  "v1:take:' or 1=1 --",
  `v1:leave:${'x'.repeat(91)}`,
  'setup',
];

const FIRST_ACCOUNT = 6_000_000;
const FIRST_SHARE = 60_000;
const FIRST_SECTION = 118_900_000;

/** The demo world with people and libraries of hostile names beside the others. */
export function hostilePlex(world: PlexWorld): PlexWorld {
  const [attic, ...others] = world.servers;
  if (!attic) throw new Error('the world has no server');
  const strange = hostileNames.slice(0, 20).map((title, i) => ({
    key: String(100 + i),
    sectionId: FIRST_SECTION + i,
    uuid: `decade00-0000-4000-8000-0000000000${String(i).padStart(2, '0')}`,
    title,
    type: 'movie',
  }));
  const libraries = [...attic.libraries, ...strange];
  const accounts = hostileNames.map((title, i) => ({
    id: FIRST_ACCOUNT + i,
    username: i % 2 === 0 ? title : `strange${i}`,
    email: `strange${i}@example.org`,
    title,
    home: false,
    restricted: false,
    friend: true,
  }));
  const shares = accounts
    .filter((_, i) => i % 3 === 0)
    .map((account, i) => ({
      id: FIRST_SHARE + i,
      machineId: attic.machineId,
      accountId: account.id,
      email: account.email,
      sectionIds: [libraries[i % libraries.length]?.sectionId ?? 0],
      allLibraries: false,
      invitedAt: 1_767_225_600,
      acceptedAt: 1_767_225_600,
    }));
  return {
    ...world,
    servers: [{ ...attic, libraries }, ...others],
    accounts: [...world.accounts, ...accounts],
    shares: [...world.shares, ...shares],
  };
}

/** The demo world with names that no sane guild has. */
export function hostileDiscord(world: DiscordWorld): DiscordWorld {
  return {
    ...world,
    guilds: world.guilds.map((guild) => ({
      ...guild,
      name: hostileNames[0] ?? '',
      roles: guild.roles.map((role, i) => ({ ...role, name: hostileNames[i] ?? role.name })),
      channels: guild.channels.map((channel, i) => ({
        ...channel,
        topic: hostileNames[i + 4] ?? '',
      })),
    })),
    users: world.users.map((user, i) => ({ ...user, global_name: hostileNames[i + 8] ?? null })),
  };
}
