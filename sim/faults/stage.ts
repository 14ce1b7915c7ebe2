import { rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { armed } from '../kill/sites.js';
import type { Point } from '../kill/sites.js';
import type { PlexWorld } from '../plex/world.js';
import type { Interaction, Json, LogEntry } from '../tour/drive.js';
import { World, ids } from '../tour/world.js';
import type { Holding, Settings } from './facts.js';
import { Libraries } from './libraries.js';
import { LIBRARIES } from './moves.js';
import { restartDatabase } from './stores.js';
import { addChannel } from './weather.js';

/** Known to nobody but Plex at first; each history takes some of them. */
const NAMES =
  'Ada Bela Cleo Dora Edda Finn Gero Hana Ines Juna Kaya Lena Milo Nora Odil Pina Quin Rosa Suri Tilo Ugo Vera Wim Xenia'.split(
    ' ',
  );

const FIRST_ACCOUNT = 7_000_001;
export const SETTLE_MS = 4_000;
export const WRITES_PER_SECOND = 5;

/** Waits that would leave few histories in a minute: what Discord takes in 5 s, a closed channel, a refused owner. */
const FAST = [
  {
    file: 'access/notices.js',
    text: 'const [MESSAGES, PER_MS] = [5, 5_000];',
    replacement: 'const [MESSAGES, PER_MS] = [5, 250];',
  },
  {
    file: 'access/notices.js',
    text: '{ restMs: 1_000, everyMs: 10_000 }',
    replacement: '{ restMs: 100, everyMs: 500 }',
  },
  {
    file: 'access/gate.js',
    text: 'const FIRST_MS = 10 * 60_000;',
    replacement: 'const FIRST_MS = 1_000;',
  },
  {
    file: 'access/gate.js',
    text: 'const LONGEST_MS = 60 * 60_000;',
    replacement: 'const LONGEST_MS = 2_000;',
  },
];
const LEASE_LOST_WITHIN_MS = 15_000;

/** Somebody of a history: what they are called, and their account. */
export interface Cast {
  readonly name: string;
  readonly email: string;
  readonly accountId: number;
}

/** What became of a command, as far as its asker was told. */
export interface Outcome {
  readonly id: string;
  readonly text: string;
  readonly state: 'recorded' | 'asks' | 'said' | 'silent';
}

export interface StageOptions {
  /** A fault built in on purpose; see `sim/breaks/`. */
  readonly breaks?: string | undefined;
  /** More of the same kind. */
  readonly patches?: readonly { file: string; text: string; replacement: string }[];
  /** The file that arms a point of `sim/kill/`. */
  readonly dieWhen?: string;
}

/** A world that several histories use one after the other, each with people of its own. */
export class Stage {
  /** As histories left it. */
  readonly settings: Settings = { defaults: new Set(['Default']), policy: 'keep-default' };
  private used = 0;
  private notes = 0;
  private isArmed = false;
  private deaths = 0;
  private revival: Promise<void> | null = null;
  private readonly channels: string[] = [ids.audit];
  isUp = true;

  private constructor(
    readonly world: World,
    readonly libraries: Libraries,
    private readonly own: {
      readonly dieWhen: string | undefined;
      /** As the bot is started with; whoever runs it may change something in between. */
      readonly env: NodeJS.ProcessEnv;
    },
  ) {}

  static async open({ breaks, patches = [], dieWhen }: StageOptions): Promise<Stage> {
    const env: NodeJS.ProcessEnv = {
      PLEX_WRITES_PER_SECOND: String(WRITES_PER_SECOND),
      USHER_PATCHES: JSON.stringify([...FAST, ...patches]),
      DIE_WHEN: dieWhen,
    };
    const world = await World.start({ breaks, settleSeconds: SETTLE_MS / 1000, env });
    try {
      const state = await world.plex.state<PlexWorld>();
      const [attic] = state.servers;
      if (!attic) throw new Error('the world has no server');
      const accounts = NAMES.map((title, i) => ({
        id: FIRST_ACCOUNT + i,
        username: title.toLowerCase(),
        email: emailOf(title),
        title,
        friend: true,
      }));
      await world.plex.put({ ...state, servers: [attic], accounts, shares: [] });
      await world.startBot();
      const libraries = new Libraries(world, attic.machineId, attic.libraries);
      return new Stage(world, libraries, { dieWhen, env });
    } catch (error) {
      await world.stop();
      throw error;
    }
  }

  /** How many more people are there. */
  get left(): number {
    return NAMES.length - this.used;
  }

  /** People whom no history has used yet. */
  cast(count: number): readonly Cast[] {
    const names = NAMES.slice(this.used, this.used + count);
    const cast = names.map((name, i) => ({
      name,
      email: emailOf(name),
      accountId: FIRST_ACCOUNT + this.used + i,
    }));
    this.used += count;
    return cast;
  }

  /** What Plex holds for somebody; null: no share. */
  async held({ accountId }: Cast): Promise<Holding | null> {
    const { shares } = await this.world.plex.state<PlexWorld>();
    const share = shares.find((one) => one.accountId === accountId);
    if (!share) return null;
    const libraries = LIBRARIES.filter((one) =>
      share.sectionIds.includes(this.libraries.sectionOf(one)),
    );
    return {
      row: share.id,
      libraries: share.allLibraries ? LIBRARIES : libraries,
      isPending: share.acceptedAt === null,
      hasAll: share.allLibraries,
    };
  }

  /** Whether plex.tv lists somebody as a friend: others are found by their address, and must accept first. */
  async isFriend({ accountId }: Cast): Promise<boolean> {
    const { accounts } = await this.world.plex.state<PlexWorld>();
    return accounts.find((one) => one.id === accountId)?.friend === true;
  }

  /** Uses a command as somebody; `untilMs`: how long to wait for what comes of it at most. */
  async use(
    { user, name, options }: { user: string; name: string; options: Record<string, string> },
    isEnough: (outcome: Outcome) => boolean | Promise<boolean>,
    untilMs: number,
  ): Promise<Outcome> {
    const at = { guild: ids.guild, channel: ids.general, user };
    const use = { kind: 'command', ...at, name, options, waitMs: 0 };
    const { id } = await this.world.discord.interact(use);
    return this.watch(id, isEnough, untilMs);
  }

  /** Presses the button that does what was asked about. */
  async press(
    asked: Outcome,
    user: string,
    {
      isEnough,
      untilMs,
    }: { isEnough: (outcome: Outcome) => boolean | Promise<boolean>; untilMs: number },
  ): Promise<Outcome> {
    const { message } = await this.world.discord.interaction(asked.id);
    const [button] = buttonsOf(message);
    if (!message || !button) return { ...asked, state: 'said' };
    const { id } = await this.world.discord.interact({
      kind: 'button',
      guild: ids.guild,
      channel: ids.general,
      user,
      message: message.id,
      customId: button.custom_id,
      waitMs: 0,
    });
    return this.watch(id, isEnough, untilMs);
  }

  private async watch(
    id: string,
    isEnough: (outcome: Outcome) => boolean | Promise<boolean>,
    untilMs: number,
  ): Promise<Outcome> {
    const deadline = Date.now() + untilMs;
    for (;;) {
      const outcome = outcomeOf(id, await this.world.discord.interaction(id));
      if ((await isEnough(outcome)) || Date.now() > deadline) return outcome;
      await sleep(40);
    }
  }

  /** Chooses what happens when a last library ends; false: it was not possible. */
  async setPolicy(policy: string): Promise<boolean> {
    const isEnough = ({ state }: Outcome) => state !== 'silent';
    const use = { user: ids.admin, name: 'settings show', options: {} };
    const shown = await this.use(use, isEnough, 4_000);
    const { message } = await this.world.discord.interaction(shown.id);
    const menu = componentsOf(message).find(({ options }) =>
      ((options ?? []) as Json[]).some(({ value }) => value === policy),
    );
    if (!message || !menu) return false;
    const { id } = await this.world.discord.interact({
      kind: 'select',
      guild: ids.guild,
      channel: ids.general,
      user: ids.admin,
      message: message.id,
      customId: menu.custom_id,
      values: [policy],
      waitMs: 0,
    });
    const done = await this.watch(id, ({ text }) => text !== '', 4_000);
    return done.state === 'recorded';
  }

  /** Every message to the audit channel, also to those that were it before. */
  async posts(): Promise<readonly (Json & { id: string })[]> {
    const { discord } = this.world;
    return (await Promise.all(this.channels.map((one) => discord.messages(one)))).flat();
  }

  /** Another channel becomes the audit channel, as where the first was deleted: the bot learns of it at its start. */
  async chooseChannel(): Promise<void> {
    const channel = await addChannel(this.world, this.channels.length);
    this.channels.push(channel);
    this.own.env.AUDIT_CHANNEL_ID = channel;
    this.isUp = false;
    await this.world.stopBot();
    await this.startBot();
  }

  /** A number that no command of this world had yet. */
  nextNote(): number {
    this.notes += 1;
    return this.notes;
  }

  get channel(): string {
    return this.channels.at(-1) ?? ids.audit;
  }

  /** The last request that plex.tv was asked. */
  async seq(): Promise<number> {
    return (await this.world.plex.log(Number.MAX_SAFE_INTEGER)).last;
  }

  /** Whose each row is now. */
  async rows(): Promise<readonly { row: number; accountId: number }[]> {
    const { shares } = await this.world.plex.state<PlexWorld>();
    return shares.flatMap(({ id, accountId }) =>
      accountId === null ? [] : { row: id, accountId },
    );
  }

  async killBot(): Promise<void> {
    this.isUp = false;
    await this.world.stopBot('SIGKILL');
  }

  /** The bot ends itself when PostgreSQL does, for another could serve then; whoever runs it starts it again. */
  async restartDatabase(): Promise<void> {
    const ended = this.world.botEnded();
    await restartDatabase(this.world.dataDir);
    const isOver = await Promise.race([
      ended.then(() => true),
      sleep(LEASE_LOST_WITHIN_MS, false, { ref: false }),
    ]);
    if (!isOver) return;
    this.isUp = false;
    await this.world.stopBot();
    await this.startBot();
  }

  /** From now on the bot dies at this point, once, and is started again. */
  async arm(point: Point): Promise<void> {
    await this.startBot();
    await writeFile(this.own.dieWhen ?? '', armed(point));
    this.isArmed = true;
    void this.world.botEnded().then(() => {
      if (!this.isArmed) return;
      this.isArmed = false;
      this.deaths += 1;
      this.isUp = false;
      this.revival = this.world.stopBot().then(() => this.world.startBot());
    });
  }

  /** No point is armed any more. Gives how often the bot died since this was asked last. */
  async disarm(): Promise<number> {
    const { deaths } = this;
    this.isArmed = false;
    this.deaths = 0;
    await rm(this.own.dieWhen ?? '', { force: true });
    return deaths;
  }

  async startBot(): Promise<void> {
    if (this.revival !== null) {
      await this.revival;
      this.revival = null;
      this.isUp = true;
    }
    if (this.isUp) return;
    await this.world.startBot();
    this.isUp = true;
  }

  /** What was asked of plex.tv's sharing after `seq`. */
  async sharing(seq: number): Promise<readonly LogEntry[]> {
    const { entries } = await this.world.plex.log(seq);
    return entries.filter(({ path }) => /\/shared_servers|\/sharings|\/invites\//.test(path));
  }

  async stop(): Promise<void> {
    await this.world.stop();
  }
}

const emailOf = (name: string): string => `${name.toLowerCase()}@example.org`;

function outcomeOf(id: string, { answer, message, edits, error }: Interaction): Outcome {
  const text = wordsOf(message).join('\n');
  const isWaiting =
    answer === null || error !== null || text === '' || (answer.type === 5 && edits === 0);
  if (isWaiting) return { id, text: '', state: 'silent' };
  if (/Case \d+ · /.test(text)) return { id, text, state: 'recorded' };
  return { id, text, state: buttonsOf(message).length > 1 ? 'asks' : 'said' };
}

/** Every text of a message. */
export function wordsOf(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(wordsOf);
  if (node === null || typeof node !== 'object') return [];
  const { content, components, accessory } = node as Json;
  const own = typeof content === 'string' && content !== '' ? [content] : [];
  return [...own, ...wordsOf(components), ...wordsOf(accessory)];
}

/** Every component of a message that can be used, in order. */
function componentsOf(node: unknown): Json[] {
  if (Array.isArray(node)) return node.flatMap(componentsOf);
  if (node === null || typeof node !== 'object') return [];
  const one = node as Json;
  const isOwn = typeof one.custom_id === 'string' && one.disabled !== true;
  return [...(isOwn ? [one] : []), ...componentsOf(one.components), ...componentsOf(one.accessory)];
}

const buttonsOf = (node: unknown): Json[] => componentsOf(node).filter(({ type }) => type === 2);
