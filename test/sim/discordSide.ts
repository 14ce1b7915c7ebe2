import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { Json } from '../../sim/tour/drive.js';
import { Bot } from './bot.js';
import { BOT, GENERAL, GUILD, USERS } from './probes.js';
import { start, TOKEN } from './start.js';
import type { Reply, Running } from './start.js';

/** What a person's use of something came to. */
export interface Outcome {
  readonly id: string;
  readonly answer: { type: number; ephemeral: boolean } | null;
  readonly message: (Json & { id: string; content: string }) | null;
  readonly edits: number;
  readonly followups: readonly (Json & { id: string })[];
  readonly choices: unknown;
  readonly modal: unknown;
  readonly error: { code: number } | null;
}

/** sim/discord with a bot, as every test of a file finds it: a fresh demo world, all knobs as at first. */
export class DiscordSide {
  sim!: Running;
  bot!: Bot;
  world!: Json;
  private knobs!: Json;

  /** To be called once in a file; `commands` are registered in the guild before each test. */
  static forFile(commands: readonly Json[] = []): DiscordSide {
    const side = new DiscordSide();
    beforeAll(async () => {
      side.sim = await start('discord', { token: TOKEN });
      side.world = await side.sim.state<Json>();
      side.knobs = (await side.sim.get('/knobs')) as Json;
    });
    afterAll(() => side.sim.stop());
    beforeEach(async () => {
      await side.sim.reset(side.world, side.knobs);
      side.bot = await Bot.connect(side.sim.url);
      await side.bot.heard('READY');
      await side.bot.rest('PUT', COMMANDS, commands);
    });
    afterEach(async () => {
      await side.bot.leave();
      await side.sim.saysOnlyWhatDiscordWould();
    });
    return side;
  }

  act(what: Json): Promise<Reply> {
    return this.sim.admin('POST', '/act', what);
  }

  post(body: unknown, channel = GENERAL): Promise<Reply> {
    return this.bot.rest('POST', `/channels/${channel}/messages`, body);
  }

  async shown(query = `channel=${GENERAL}`): Promise<(Json & { id: string; content: string })[]> {
    return (await this.sim.get(`/messages?${query}`)) as (Json & { id: string; content: string })[];
  }

  async text(message: unknown): Promise<string> {
    return ((await this.sim.get(`/text?message=${String(message)}`)) as { text: string }).text;
  }

  async invalid(): Promise<readonly (Json & { errors: string[] })[]> {
    return ((await this.sim.problems()) as { invalid: (Json & { errors: string[] })[] }).invalid;
  }

  /** What a person does, without anybody waiting for it. */
  person(what: Json): Promise<Reply> {
    const place = { guild: GUILD, channel: GENERAL, user: USERS.member };
    return this.sim.admin('POST', '/interactions', { ...place, ...what });
  }

  /** A person uses something, the bot answers, and this is what it came to. */
  async use(
    what: Json,
    answers: (interaction: Json) => Promise<unknown>,
  ): Promise<{ seen: Json; outcome: Outcome }> {
    const before = this.bot.all('INTERACTION_CREATE').length;
    const outcome = this.person(what);
    const seen = await Promise.race([
      this.bot.heard('INTERACTION_CREATE', before + 1),
      outcome.then(({ status, text }) => Promise.reject(new Error(`${status} ${text}`))),
    ]);
    await answers(seen);
    return { seen, outcome: (await outcome).json as Outcome };
  }
}

/** Where the guild's commands are registered. */
export const COMMANDS = `/applications/${BOT}/guilds/${GUILD}/commands`;
export const EPHEMERAL = 64;
export const V2 = 1 << 15;

export const code = ({ status, json }: Reply): unknown[] => [
  status,
  (json as { code?: number } | null)?.code,
];
export const say = (content: string, flags = 0): Json => ({ type: 4, data: { content, flags } });
export const words = (content: string): Json => ({ type: 10, content });
export const row = (...components: Json[]): Json => ({ type: 1, components });
export const button = (custom_id: string): Json => ({ type: 2, style: 1, label: 'Go', custom_id });
