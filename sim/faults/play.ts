import { setTimeout as sleep } from 'node:timers/promises';
import { ids } from '../tour/world.js';
import type { Told } from './audit.js';
import { Judge, PROMPT_MS } from './judge.js';
import type { Judged, Sent } from './judge.js';
import { Model } from './model.js';
import type { DriftKind, Happening } from './facts.js';
import type { Command, Library, Move } from './moves.js';
import { SETTLE_MS } from './stage.js';
import type { Cast, Outcome, Stage } from './stage.js';
import { tellMove } from './words.js';
import { LAG_MS, bring, heal, spoilPosts } from './weather.js';

const { moderator, admin, owner } = ids;
const ASKERS = [moderator, admin, owner];
const DONE = /Case \d+ · (?:Seen in Plex|Gone from Plex|Refused)|A later case took its place/;
const HEARD_WITHIN_MS = 2_500;
const ROUNDS = 7;

/** Plays one history on a stage, and judges it each time all is quiet. */
export class Play implements Judged {
  readonly model: Model;
  readonly failures: string[] = [];
  /** All that happened, for what it explains. */
  readonly moves: Move[] = [];
  private sent: Sent[] = [];
  private happened: Happening[] = [];
  private isFair = true;
  private lastTouch = Date.now();
  private readonly judge: Judge;

  private constructor(
    readonly stage: Stage,
    readonly cast: readonly Cast[],
    mark: { seq: number; posts: ReadonlySet<string>; problems: number },
  ) {
    this.model = new Model(cast.length, stage.settings);
    this.judge = new Judge(this, mark);
  }

  static async begin(stage: Stage, cast: readonly Cast[]): Promise<Play> {
    return new Play(stage, cast, await Judge.mark(stage));
  }

  async run(
    moves: readonly Move[],
    say: (line: string) => void = () => undefined,
  ): Promise<readonly string[]> {
    for (const move of [...moves, { kind: 'calm' } as const]) {
      this.moves.push(move);
      say(`${new Date().toISOString()} ${tellMove(move, this.cast)}`);
      await this.make(move);
      if (this.failures.length > 0) break;
    }
    return this.failures;
  }

  /** From here on the bot may die at any moment. */
  expectDeath(): void {
    this.moves.push({ kind: 'kill', ms: 0 });
    this.isFair = false;
  }

  personOf(who: number): Cast {
    const cast = this.cast[who];
    if (!cast) throw new Error('nobody plays this');
    return cast;
  }

  private note(what: Happening): void {
    this.happened.push(what);
    this.lastTouch = Date.now();
  }

  private async make(move: Move): Promise<void> {
    switch (move.kind) {
      case 'grant':
      case 'revoke':
      case 'extend':
        return this.command(move);
      case 'hand adds':
      case 'hand removes':
        return this.edit(move);
      case 'hand drops':
        return this.drop(move.who);
      case 'default':
      case 'policy':
        return this.setting(move);
      case 'sweep':
      case 'sync':
        return this.errand(move.kind);
      case 'wait':
        await sleep(move.ms);
        return;
      case 'calm':
        return this.calm();
      case 'weather':
      case 'heal':
      case 'kill':
      case 'posts fail':
      case 'gateway':
        return this.trouble(move);
    }
  }

  private async trouble(
    move: Extract<Move, { kind: 'weather' | 'heal' | 'kill' | 'posts fail' | 'gateway' }>,
  ): Promise<void> {
    const { world } = this.stage;
    if (move.kind === 'heal') return heal(world);
    this.isFair = false;
    if (move.kind === 'weather') {
      if (move.weather === 'old lists') this.note({ kind: 'lagged', at: Date.now() });
      await bring(world, move.weather);
    }
    if (move.kind === 'posts fail') await spoilPosts(world, move.how);
    if (move.kind === 'gateway') await world.discord.gateway({ do: move.how });
    if (move.kind === 'kill') {
      await this.stage.killBot();
      await sleep(move.ms);
      await this.stage.startBot();
    }
  }

  private async command(command: Command): Promise<void> {
    const { kind, who, library, isRushed } = command;
    const at = Date.now();
    const in_ = (ms: number | null) => (ms === null ? {} : { at: new Date(at + ms).toISOString() });
    const sent: Sent = { command, at, reason: `note ${this.stage.nextNote()}`, knownAt: null };
    this.sent.push(sent);
    const options: Record<string, string> = {
      person: this.personOf(who).name,
      library,
      reason: sent.reason,
    };
    const from = kind === 'grant' ? in_(command.from).at : undefined;
    const until = kind === 'revoke' ? undefined : in_(command.until).at;
    if (from !== undefined) options.from = from;
    if (until !== undefined) options.until = until;
    const user = ASKERS[this.sent.length % ASKERS.length] ?? moderator;
    const owed = await this.isOwed(command);
    const isEnough = async (outcome: Outcome) => {
      if (outcome.state === 'recorded') sent.knownAt ??= Date.now();
      if (isRushed) return true;
      if (outcome.state === 'said' || outcome.state === 'asks') return true;
      if (outcome.state === 'silent') return false;
      if (DONE.test(outcome.text)) await this.judge.said(command, outcome, this.isFair);
      return !owed || DONE.test(outcome.text);
    };
    const untilMs = isRushed ? 0 : this.isFair ? PROMPT_MS : HEARD_WITHIN_MS;
    let outcome = await this.stage.use({ user, name: kind, options }, isEnough, untilMs);
    if (outcome.state === 'asks') {
      outcome = await this.stage.press(outcome, user, { isEnough, untilMs });
    }
    this.lastTouch = Date.now();
    if (!isRushed && this.isFair) this.judge.prompt(command, outcome, owed);
  }

  /** Whether Plex must change for this to be done: then its asker is told when it has. */
  private async isOwed(command: Command): Promise<boolean> {
    if (command.kind === 'extend' || command.library === 'all') return false;
    if (command.kind === 'grant' && command.from !== null) return false;
    if (!this.isFair || command.isRushed) return true;
    const held = await this.stage.held(this.personOf(command.who));
    const has = held?.libraries.includes(command.library) === true;
    const isLast = command.kind === 'revoke' && held?.libraries.length === 1;
    const isKept = command.library === 'Default' || isLast;
    return !isKept && !this.hasEdits(command.who) && has === (command.kind === 'revoke');
  }

  private hasEdits(who: number): boolean {
    return this.happened.some(
      (one) => (one.kind === 'edited' || one.kind === 'dropped') && one.who === who,
    );
  }

  private async edit({
    kind,
    who,
    library,
  }: Extract<Move, { kind: 'hand adds' | 'hand removes' }>): Promise<void> {
    const held = await this.stage.held(this.personOf(who));
    const had = held?.libraries ?? [];
    const isAdding = kind === 'hand adds';
    if (had.includes(library) === isAdding) return;
    const libraries = isAdding ? [...had, library] : had.filter((one) => one !== library);
    if (libraries.length === 0) return this.drop(who);
    const { world, machineId } = this.stage;
    await world.plex.act('setShare', {
      machineId,
      accountId: this.personOf(who).accountId,
      sectionIds: libraries.map((one) => this.stage.sectionOf(one)),
    });
    this.note({ kind: 'edited', who, library, to: isAdding ? 'added' : 'removed', at: Date.now() });
  }

  private async drop(who: number): Promise<void> {
    const held = await this.stage.held(this.personOf(who));
    if (!held) return;
    await this.stage.world.plex.act('deleteShare', { shareId: held.row });
    this.note({ kind: 'dropped', who, at: Date.now() });
  }

  private async setting(move: Extract<Move, { kind: 'default' | 'policy' }>): Promise<void> {
    // Everybody is concerned: the outcome must be known, so it is done in quiet.
    await this.calm();
    if (this.failures.length > 0) return;
    const isEnough = ({ state }: Outcome) => state !== 'silent';
    const wait = { isEnough, untilMs: 6_000 };
    if (move.kind === 'default') {
      const name = `library default ${move.isDefault ? 'add' : 'remove'}`;
      const options = { library: move.library };
      const asked = await this.stage.use({ user: admin, name, options }, isEnough, wait.untilMs);
      if (asked.state !== 'asks') return;
      const done = await this.stage.press(asked, admin, wait);
      if (done.state === 'recorded') this.note({ ...move, at: Date.now() });
      return;
    }
    if (await this.stage.setPolicy(move.policy)) this.note({ ...move, at: Date.now() });
  }

  private async errand(kind: 'sweep' | 'sync'): Promise<void> {
    if (kind === 'sync') await heal(this.stage.world);
    const name = kind === 'sweep' ? 'sweep now' : 'sync';
    const isEnough = ({ text }: Outcome) => /Looked at|Read \*\*|not answering|believed/.test(text);
    const done = await this.stage.use({ user: moderator, name, options: {} }, isEnough, 4_000);
    if (kind === 'sync' && /Read \*\*/.test(done.text))
      this.note({ kind: 'synced', at: Date.now() });
  }

  /** The last instant at which something of this segment begins or ends. */
  private lastEdge(): number {
    const ahead = this.sent.flatMap(({ command, at }) => [
      command.kind === 'grant' ? at + (command.from ?? 0) : 0,
      command.kind === 'revoke' ? 0 : at + (command.until ?? 0),
    ]);
    return Math.max(this.model.lastEdge(), ...ahead);
  }

  /** No hand moves, no fault happens, time passes: then everything must be as ordered, and stay so. */
  private async calm(): Promise<void> {
    const { stage } = this;
    await heal(stage.world);
    await stage.world.discord.healed();
    await stage.startBot();
    if (this.moves.some(({ kind }) => kind === 'weather')) await sleep(LAG_MS / 2);
    await sleep(Math.max(0, this.lastEdge() + 300 - Date.now()));
    this.lastTouch = Math.max(this.lastTouch, this.lastEdge());
    let seq = await stage.seq();
    let isQuiet = false;
    for (let round = 0; round < ROUNDS && !isQuiet; round += 1) {
      await sleep(Math.max(200, this.lastTouch + SETTLE_MS + 150 - Date.now()));
      if (round === 0) await this.errand('sync');
      if (!(await this.swept())) continue;
      const writes = (await stage.sharing(seq)).filter(({ method }) => method !== 'GET');
      seq = await stage.seq();
      isQuiet = writes.length === 0;
      this.lastTouch = Math.max(this.lastTouch, ...writes.map((write) => write.at));
    }
    if (!isQuiet) this.failures.push('it never became quiet: writes go on and on');
    await this.judge.quiet({ sent: this.sent, isFair: this.isFair });
    this.sent = [];
    this.happened = [];
    this.isFair = true;
  }

  private async swept(): Promise<boolean> {
    const isEnough = ({ text }: Outcome) => /Looked at|not answering|believed/.test(text);
    const use = { user: moderator, name: 'sweep now', options: {} };
    const { text } = await this.stage.use(use, isEnough, 6_000);
    return /Looked at/.test(text);
  }

  /** Everything that happened in this segment, in order: of commands only what was recorded, in the order of its cases. */
  happenings(told: readonly Told[]): readonly Happening[] {
    const recorded = this.sent
      .flatMap((sent) => {
        const one = told.find(({ text }) => new RegExp(`Why: ${sent.reason}\\b`).test(text));
        return one ? [{ sent, told: one }] : [];
      })
      .sort((a, b) => a.told.number - b.told.number);
    let last = 0;
    const commands = recorded.map(({ sent, told: one }) => {
      last = Math.max(last, sent.at);
      return happeningOf(sent, { at: last, text: one.text });
    });
    return [...commands, ...this.happened].sort((a, b) => a.at - b.at);
  }

  /** How often a difference was made by hand in this segment. */
  editsOf(who: number, library: Library, kind: DriftKind): number {
    return this.happened.filter((one) => {
      if (one.kind === 'dropped') return one.who === who && kind === 'removed';
      return one.kind === 'edited' && one.who === who && one.library === library && one.to === kind;
    }).length;
  }
}

function happeningOf(
  { command, at: sentAt }: Sent,
  { at, text }: { at: number; text: string },
): Happening {
  const { who, library } = command;
  if (command.kind === 'revoke') return { kind: 'revoked', who, library, at };
  if (library === 'all') throw new Error('nobody is granted everything by name');
  const from = command.kind === 'grant' && command.from !== null ? sentAt + command.from : null;
  const until = command.until === null ? null : sentAt + command.until;
  return { kind: 'granted', who, library, from, until, isChange: /before it was/.test(text), at };
}
