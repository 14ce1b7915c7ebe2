import type { DiscordWorld } from '../discord/world.js';
import { ids } from '../tour/world.js';
import type { World } from '../tour/world.js';
import type { Move, Weather } from './moves.js';

const SHARES = '/shared_servers';
const WRITES = ['PUT', 'POST', 'DELETE'] as const;
/** Longer than the bot waits for a write (an eighth of the settle time). */
const HANG_MS = 800;
/** A write lands within the time that the bot waits for it, and a list lags by less than the settle time allows. */
const LATE_MS = 350;
const SLOW_MS = 350;
export const LAG_MS = 1_200;
/** Longer than one history: until somebody heals it. */
const FOR_EVER = 0;

/** Brings a trouble over plex.tv. */
export async function bring(world: World, weather: Weather): Promise<void> {
  const { plex } = world;
  const onWrites = async (how: Record<string, unknown>, methods: readonly string[] = WRITES) => {
    for (const method of methods) await plex.fault({ method, path: SHARES }, how);
  };
  switch (weather) {
    case 'busy':
      await plex.fault({ path: SHARES }, { status: 429, headers: { 'retry-after': '1' } }, 2);
      return;
    case 'failing':
      await plex.fault({ path: SHARES }, { status: 503 }, 3);
      return;
    case 'hanging reads':
      await plex.fault({ method: 'GET', path: SHARES }, { hangMs: HANG_MS });
      return;
    case 'hanging writes':
      return onWrites({ hangMs: HANG_MS });
    case 'reset writes':
      return onWrites({ drop: true });
    case 'lost write':
      return onWrites({ lose: true }, ['PUT', 'DELETE']);
    case 'lost creation':
      return onWrites({ lose: true }, ['POST']);
    case 'late write':
      return onWrites({ lateMs: LATE_MS });
    case 'late and unheard write':
      return onWrites({ lateMs: LATE_MS, status: 504 });
    case 'landed and unheard write':
      return onWrites({ applyThen: 500 });
    case 'slow write':
      return onWrites({ delayMs: SLOW_MS });
    case 'old lists':
      await plex.knobs({ lagMs: LAG_MS });
      return;
    case 'short list':
      await plex.fault({ method: 'GET', path: `${SHARES}$` }, { truncate: 0 });
      return;
    case 'dead token':
      await plex.fault({ path: '.*' }, { status: 401 }, FOR_EVER);
      return;
    case 'retired calls':
      return onWrites({ status: 410 });
    case 'forbidden calls':
      return onWrites({ status: 403 });
  }
}

/** plex.tv is well again. */
export async function heal({ plex }: World): Promise<void> {
  await plex.healed();
  await plex.knobs({ lagMs: 0 });
}

/** What becomes of the next posts to the audit channel. */
export async function spoilPosts(
  { discord }: World,
  channel: string,
  how: Extract<Move, { kind: 'posts fail' }>['how'],
): Promise<void> {
  const match = { method: 'POST', path: `/channels/${channel}/messages` };
  const body = { message: 'You are being rate limited.', retry_after: 0.5, global: false };
  const headers = { 'retry-after': '1', 'x-ratelimit-scope': 'shared' };
  const effects = {
    status: { status: 500 },
    drop: { drop: true },
    unheard: { applyThen: 0 },
    hang: { hangMs: 1_500 },
    limit: { status: 429, headers, body },
  } as const;
  await discord.fault(match, effects[how]);
}

/** What the bot may not do in a channel that is closed to it: see it, and write there. */
const SHUT = String((1 << 10) | (1 << 11));

/** Closes a channel to the bot, or deletes it. */
export async function shutChannel(
  { discord }: World,
  channel: string,
  how: Extract<Move, { kind: 'channel' }>['how'],
): Promise<void> {
  if (how === 'is deleted') await discord.act('deleteChannel', { channel });
  else await setDoor(discord, channel, SHUT);
}

/** Opens it again; false: it is not there any more. */
export async function openChannel({ discord }: World, channel: string): Promise<boolean> {
  if (!(await ourGuild(discord)).channels.some(({ id }) => id === channel)) return false;
  await setDoor(discord, channel, '0');
  return true;
}

const setDoor = (discord: World['discord'], channel: string, deny: string) =>
  discord.act('setChannelPermissions', { channel, id: ids.bot, type: 1, deny });

async function ourGuild(discord: World['discord']) {
  const { guilds } = await discord.state<DiscordWorld>();
  const guild = guilds.find(({ id }) => id === ids.guild);
  if (!guild) throw new Error('the guild is gone');
  return guild;
}

/** One more channel like the others; gives its id. */
export async function addChannel({ discord }: World, nth: number): Promise<string> {
  const guild = await ourGuild(discord);
  const id = String(BigInt(ids.audit) + 1_000n + BigInt(nth));
  const model = guild.channels.find((one) => one.id === ids.general);
  const channels = [...guild.channels, { ...model, id, name: `audit-${nth}` }];
  await discord.act('joinGuild', { guild: { ...guild, channels } });
  return id;
}

/** What the simulators say of a request that only went wrong because of this; others are never forgiven. */
export const EXPLAINED: readonly { readonly by: Move['kind'] | Weather; readonly what: RegExp }[] =
  [
    ...(['kill', 'die', 'gateway'] as const).map((by) => ({
      by,
      what: /^discord refused with (?:10062|40060|10015|50027) /,
    })),
    ...(['hand drops', 'hand removes', 'hand unfriends', 'guest', 'library'] as const).map(
      (by) => ({
        by,
        what: /^plex refused with 404 /,
      }),
    ),
    { by: 'channel', what: /^discord refused with (?:50001|50013|10003) / },
    { by: 'store', what: /^discord refused with (?:10062|40060|10015|50027) / },
    { by: 'store', what: /^plex refused with (?:404|4\d\d|1\d{3}) / },
    ...(
      [
        'old lists',
        'late write',
        'late and unheard write',
        'lost creation',
        'kill',
        'die',
        'hand adds',
      ] as const
    ).map((by) => ({ by, what: /^plex refused with (?:404|4\d\d|1\d{3}) / })),
  ];
