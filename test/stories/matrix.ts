import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { ButtonOf, CommandOf } from '../../src/commands/command.js';
import type { Power } from '../../src/core/model.js';
import type { Interaction, Json } from '../../sim/tour/drive.js';
import { ids } from '../../sim/tour/world.js';
import { startWorld, type TestWorld } from '../support/world.js';

/** A guild that has nothing to do with ours, and the bot in it. */
export const OTHERS = {
  guild: '100000000000000009',
  channel: '400000000000000009',
} as const;

/** Somebody somewhere, with the power that commands.md gives them there. */
export interface Seat {
  readonly name: string;
  readonly user: string;
  readonly power: Power;
  /** `others`: that other guild; null: a direct message. */
  readonly place: 'guild' | 'others' | null;
}

export const seats: readonly Seat[] = [
  { name: 'the owner', user: ids.owner, power: 'admin', place: 'guild' },
  { name: 'an Admin', user: ids.admin, power: 'admin', place: 'guild' },
  { name: 'a Moderator', user: ids.moderator, power: 'moderator', place: 'guild' },
  { name: 'an Auditor', user: ids.auditor, power: 'auditor', place: 'guild' },
  { name: 'a member', user: ids.member, power: 'everyone', place: 'guild' },
  { name: 'a stranger', user: ids.stranger, power: 'everyone', place: 'guild' },
  { name: 'an owner elsewhere', user: ids.stranger, power: 'admin', place: 'others' },
  { name: 'a Moderator elsewhere', user: ids.moderator, power: 'everyone', place: 'others' },
];

/** Names that occur nowhere in Usher's own words: one of them in an answer is a leak. */
const RENAMED: Readonly<Record<string, string>> = {
  Films: 'Zarfilms',
  Shows: 'Zarshows',
  Kids: 'Zarkids',
  Attic: 'Zarattic',
  Cellar: 'Zarcellar',
  mara: 'quenby',
  Mara: 'Quenby',
  jonas: 'quentin',
  Jonas: 'Quentin',
  tove: 'quora',
};
export const SECRET = /zar|quen|quora|example\.org/i;
/** Fits no person, library, server or time. */
const NOTHING = 'xyzzy plugh';

/** Everything readable in an answer, private ones included. */
const wordsOf = (answer: Interaction): string =>
  JSON.stringify([answer.message, answer.followups, answer.modal, answer.choices]);

/** What somebody sees of one use. */
export interface Seen {
  readonly words: string;
  readonly isAnswered: boolean;
  readonly isPrivate: boolean;
  readonly choices: Interaction['choices'];
  readonly modal: Json | null;
}

/** The whole bot in two guilds, and everything that can be used in it. */
export class Matrix {
  private constructor(
    readonly story: TestWorld,
    private readonly db: pg.Pool,
    private readonly dm: string,
  ) {}

  static async start(): Promise<Matrix> {
    // Without GUILD_ID its commands are global, as for a bot that serves many.
    const story = await startWorld({ GUILD_ID: undefined });
    const { plex, discord } = story.world;
    const renamed = Object.entries(RENAMED).reduce(
      (text, [from, to]) => text.replaceAll(from, to),
      JSON.stringify(await plex.state()),
    );
    await plex.put(JSON.parse(renamed));
    await story.world.startBot();
    const [here] = (await discord.state<{ guilds: Json[] }>()).guilds;
    await discord.act('joinGuild', {
      guild: {
        ...here,
        id: OTHERS.guild,
        owner_id: ids.stranger,
        channels: [{ ...(here?.channels as Json[])[0], id: OTHERS.channel }],
        roles: [{ ...(here?.roles as Json[])[0], id: OTHERS.guild }],
      },
    });
    const db = new pg.Pool({ connectionString: story.databaseUrl, max: 2 });
    return new Matrix(story, db, await story.world.openDm(ids.stranger));
  }

  async stop(): Promise<void> {
    await this.db.end();
    await this.story.stop();
  }

  private at(place: Seat['place']): { guild: string | null; channel: string } {
    if (place === null) return { guild: null, channel: this.dm };
    return place === 'guild' ? { guild: ids.guild, channel: ids.general } : OTHERS;
  }

  private async use(use: Json): Promise<Seen> {
    const answer = await this.story.world.discord.interact(use);
    return {
      words: wordsOf(answer),
      isAnswered: answer.answer !== null && answer.error === null,
      isPrivate: answer.answer?.ephemeral === true,
      choices: answer.choices,
      modal: answer.modal ?? null,
    };
  }

  /** Runs a command with options that lead to nothing even for those who may. */
  run({ name, options }: CommandOf<never>, { user, place }: Seat): Promise<Seen> {
    const { guild } = this.at(place);
    const chosen = { member: user, role: guild ?? ids.guild };
    const values = Object.entries(options).map(([option, { kind, choices }]) => [
      option,
      choices?.[0]?.value ?? (kind === 'text' ? NOTHING : chosen[kind]),
    ]);
    const given = Object.fromEntries(values) as Json;
    return this.use({ kind: 'command', ...this.at(place), user, name, options: given });
  }

  /** Runs a command from the menu of a member whom nobody linked. */
  runOnMember(label: string, { user, place }: Seat): Promise<Seen> {
    return this.use({ kind: 'user', ...this.at(place), user, name: label, target: user });
  }

  /** What is suggested for an option before anything is typed. */
  suggest(name: string, focused: string, { user, place }: Seat): Promise<Seen> {
    const options = { [focused]: '' };
    return this.use({ kind: 'autocomplete', ...this.at(place), user, name, focused, options });
  }

  /** A message with a button, or a menu, that waits for somebody; gives what pressing it takes. */
  async offer(
    { name }: Pick<ButtonOf<never>, 'name'>,
    ask: { as?: 'button' | 'select'; for?: string; guild?: string; over?: boolean; id?: string },
    place: Seat['place'] = 'guild',
  ): Promise<Json> {
    const id = ask.id ?? randomBytes(12).toString('base64url');
    await this.db.query(
      `insert into ask (id, guild_id, user_id, button, payload, expires_at)
       values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
      [
        id,
        ask.guild ?? this.at(place).guild ?? ids.guild,
        ask.for ?? null,
        name,
        { value: null },
        ask.over === true ? new Date(Date.now() - 1_000) : null,
      ],
    );
    const customId = `v1:${name}:${id}`;
    const options = [{ label: 'One', value: 'one' }];
    const component =
      ask.as === 'select'
        ? { type: 3, custom_id: customId, options }
        : { type: 2, style: 2, label: 'Press', custom_id: customId };
    const where = this.at(place);
    const row = { type: 1, components: [component] };
    const message = await this.story.world.postAsBot(where.channel, [row]);
    return { ...where, message, customId };
  }

  press(offered: Json, user: string): Promise<Seen> {
    return this.use({ kind: 'button', ...offered, user });
  }

  select(offered: Json, user: string): Promise<Seen> {
    return this.use({ kind: 'select', ...offered, user, values: ['one'] });
  }

  /** Fills something into every field of a form that was opened. */
  submit(offered: Json, { custom_id: customId, components }: Json, user: string): Promise<Seen> {
    const fields = (components as { component: { custom_id: string } }[]).map(
      ({ component }) => [component.custom_id, 'https://plugh.example'] as const,
    );
    const { guild, channel, message } = offered;
    const filled = Object.fromEntries(fields);
    return this.use({ kind: 'modal', guild, channel, message, user, customId, fields: filled });
  }
}

const AT_ONCE = 12;

/** Does something with each, a few at a time. */
export async function forEach<T>(
  all: readonly T[],
  work: (one: T) => Promise<unknown>,
): Promise<void> {
  for (let i = 0; i < all.length; i += AT_ONCE) {
    await Promise.all(all.slice(i, i + AT_ONCE).map(work));
  }
}

/** Every pair. */
export const pairs = <A, B>(as: readonly A[], bs: readonly B[]): (readonly [A, B])[] =>
  as.flatMap((a) => bs.map((b) => [a, b] as const));
