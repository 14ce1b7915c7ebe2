import { setTimeout as sleep } from 'node:timers/promises';
import { Panel } from '../tour/panel.js';
import { ids } from '../tour/world.js';
import type { Told } from './audit.js';
import { byHand } from './byHand.js';
import { Judge, PROMPT_MS } from './judge.js';
import type { Judged } from './judge.js';
import { Model } from './model.js';
import type { DriftKind, Happening } from './facts.js';
import type {
  Command,
  HandMove,
  Library,
  Move,
  PeopleMove,
  SettingMove,
  Trouble,
} from './moves.js';
import { savePanel } from './panel.js';
import { recordedOf, wordsFor } from './sent.js';
import type { Sent } from './sent.js';
import { SETTLE_MS } from './stage.js';
import type { Cast, Outcome, Stage } from './stage.js';
import { openWork, sql } from './stores.js';
import { tellMove } from './words.js';
import { LAG_MS, bring, heal, openChannel, shutChannel, spoilPosts } from './weather.js';

const { moderator, admin, owner } = ids;
const ASKERS = [moderator, admin, owner];
const DONE = /Case \d+ · (?:Seen in Plex|Gone from Plex|Refused)|A later case took its place/;
const HEARD_WITHIN_MS = 2_500;
const ROUNDS = 7;
/** So many looks that came to nothing make sure that nothing will. */
const IDLE_ROUNDS = 3;
/** Two answers that lack something are further apart than this before it counts as gone. */
const GONE_AFTER_MS = SETTLE_MS;
const LATE_EVENT_MS = 3_400;
const LOSING = {
  'loses its alarms': 'delete from agenda_jobs',
  'loses its job table': 'drop table if exists agenda_jobs',
} as const;

/** Plays one history on a stage, and judges it each time all is quiet. */
export class Play implements Judged {
  readonly model: Model;
  readonly failures: string[] = [];
  /** All that happened, for what it explains. */
  readonly moves: Move[] = [];
  private sent: Sent[] = [];
  private happened: Happening[] = [];
  private isFair = true;
  private lostLibrary = false;
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
      case 'people':
        return this.people(move);
      case 'panel':
        return this.panel(move);
      case 'library':
        return this.library(move);
      case 'hand adds':
      case 'hand removes':
      case 'hand drops':
      case 'hand gives all':
      case 'hand unfriends':
      case 'guest': {
        const done = await byHand(this.stage, this.personOf(move.who), move);
        if (done) this.note(done);
        return;
      }
      case 'default':
      case 'policy':
        return this.setting(move);
      case 'sweep':
      case 'sync':
        return this.errand(move.kind);
      case 'wait':
        await sleep(move.ms);
        return;
      case 'heal':
        return heal(this.stage.world);
      case 'calm':
        return this.calm();
      case 'weather':
      case 'posts fail':
      case 'gateway':
      case 'channel':
      case 'store':
      case 'kill':
      case 'die':
        return this.trouble(move);
    }
  }

  private async trouble(move: Trouble): Promise<void> {
    const { stage } = this;
    const { world } = stage;
    if (move.kind === 'store' && move.how !== 'restarts') {
      await sql(world.dataDir, LOSING[move.how]);
      return;
    }
    this.isFair = false;
    switch (move.kind) {
      case 'weather':
        if (move.weather === 'old lists') this.note({ kind: 'lagged', at: Date.now() });
        return bring(world, move.weather);
      case 'posts fail':
        return spoilPosts(world, stage.channel, move.how);
      case 'gateway': {
        const silentMs = move.how === 'delayNext' ? LATE_EVENT_MS : 0;
        return world.discord.gateway({ do: move.how, silentMs });
      }
      case 'channel':
        return shutChannel(world, stage.channel, move.how);
      case 'store':
        return stage.restartDatabase();
      case 'die':
        return stage.arm(move.at);
      case 'kill':
        await stage.killBot();
        await sleep(move.ms);
        return stage.startBot();
    }
  }

  /** How somebody is named to the bot: whom it may not know is named by their address. */
  private async nameFor(cast: Cast): Promise<{ person: string; isInvite: boolean }> {
    const isFriend = await this.stage.isFriend(cast);
    return { person: isFriend ? cast.name : cast.email, isInvite: !isFriend };
  }

  private reason(): { reason: string; says: RegExp } {
    const reason = `note ${this.stage.nextNote()}`;
    return { reason, says: new RegExp(`Why: ${reason}\\b`) };
  }

  private asker(): string {
    return ASKERS[this.sent.length % ASKERS.length] ?? moderator;
  }

  private async command(command: Command): Promise<void> {
    const { kind, who, library, isRushed } = command;
    const at = Date.now();
    const in_ = (ms: number | null) => (ms === null ? {} : { at: new Date(at + ms).toISOString() });
    const { person, isInvite } = await this.nameFor(this.personOf(who));
    const { reason, says } = this.reason();
    const sent: Sent = { order: command, at, says, isInvite, knownAt: null };
    this.sent.push(sent);
    const title = library === 'all' ? library : this.stage.libraries.titleOf(library);
    const options: Record<string, string> = { person, library: title, reason };
    const from = kind === 'grant' ? in_(command.from).at : undefined;
    const until = kind === 'revoke' ? undefined : in_(command.until).at;
    if (from !== undefined) options.from = from;
    if (until !== undefined) options.until = until;
    const user = this.asker();
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
    return this.happened.some((one) => one.kind !== 'granted' && 'who' in one && one.who === who);
  }

  /** Nobody has to be told why hands are kept off, or off whom: the case says it all. */
  private async people(move: Extract<PeopleMove, { kind: 'people' }>): Promise<void> {
    // What is taken over must be known, so that is done in quiet.
    if (move.how === 'hands on') await this.calm();
    if (this.failures.length > 0) return;
    const cast = this.personOf(move.who);
    const { person, isInvite } = await this.nameFor(cast);
    const says = wordsFor(move.how, cast);
    const sent: Sent = { order: move, at: Date.now(), says, isInvite, knownAt: null };
    this.sent.push(sent);
    const isEnough = ({ state }: Outcome) => state !== 'silent';
    const wait = { isEnough, untilMs: HEARD_WITHIN_MS };
    const isRemoval = move.how === 'remove';
    const managed = move.how === 'hands on' ? 'yes' : 'no';
    const name = isRemoval ? 'people remove' : 'people manage';
    const options: Record<string, string> = isRemoval ? { person } : { person, managed };
    const asked = await this.stage.use({ user: admin, name, options }, isEnough, wait.untilMs);
    const done = asked.state === 'asks' ? await this.stage.press(asked, admin, wait) : asked;
    if (done.state === 'recorded') sent.knownAt = Date.now();
    this.lastTouch = Date.now();
  }

  private async panel(move: Extract<PeopleMove, { kind: 'panel' }>): Promise<void> {
    const { gives, ends, who } = move;
    const { person, isInvite } = await this.nameFor(this.personOf(who));
    const { reason, says } = this.reason();
    const at = Date.now();
    const sent: Sent = { order: move, at, says, isInvite, knownAt: null };
    this.sent.push(sent);
    const until = move.until === null ? '' : new Date(at + move.until).toISOString();
    const panel = new Panel(this.stage, this.asker(), HEARD_WITHIN_MS);
    const wish = { person, gives, ends, until, reason };
    if (await savePanel(panel, this.stage.libraries, wish)) sent.knownAt = Date.now();
    this.lastTouch = Date.now();
  }

  /** Nobody orders anything of a library that comes or goes: only what was on its way meets it. */
  private async library({ library, how }: Extract<HandMove, { kind: 'library' }>): Promise<void> {
    const { libraries } = this.stage;
    await libraries.change(library, how);
    if (how === 'is renamed') return this.errand('sync');
    this.isFair = false;
    this.lostLibrary = true;
    this.note({ kind: 'library lost', library, isNew: how === 'is made anew', at: Date.now() });
    await this.calm();
    if (how === 'is made anew') return;
    await libraries.bringBack(library);
    this.note({ kind: 'library lost', library, isNew: true, at: Date.now() });
    await this.errand('sync');
  }

  private async setting(move: SettingMove): Promise<void> {
    // Everybody is concerned: the outcome must be known, so it is done in quiet.
    await this.calm();
    if (this.failures.length > 0) return;
    const isEnough = ({ state }: Outcome) => state !== 'silent';
    const wait = { isEnough, untilMs: 6_000 };
    if (move.kind === 'default') {
      const name = `library default ${move.isDefault ? 'add' : 'remove'}`;
      const options = { library: this.stage.libraries.titleOf(move.library) };
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
    const ahead = this.sent.flatMap(({ order, at }) => [
      order.kind === 'grant' ? at + (order.from ?? 0) : 0,
      'until' in order ? at + (order.until ?? 0) : 0,
    ]);
    return Math.max(this.model.lastEdge(), ...ahead);
  }

  /** No hand moves, no fault happens, time passes: then everything must be as ordered, and stay so. */
  private async calm(): Promise<void> {
    const { stage } = this;
    await heal(stage.world);
    await stage.world.discord.healed();
    await stage.startBot();
    if (!(await openChannel(stage.world, stage.channel))) await stage.chooseChannel();
    if (this.moves.some(({ kind }) => kind === 'weather')) await sleep(LAG_MS / 2);
    await sleep(Math.max(0, this.lastEdge() + 300 - Date.now()));
    this.lastTouch = Math.max(this.lastTouch, this.lastEdge());
    let seq = await stage.seq();
    let isQuiet = false;
    for (let round = 0, idle = 0; round < ROUNDS && !isQuiet; round += 1) {
      await sleep(Math.max(200, this.lastTouch + SETTLE_MS + 150 - Date.now()));
      if (round === 0) await this.syncAll();
      if (!(await this.swept())) continue;
      const writes = (await stage.sharing(seq)).filter(({ method }) => method !== 'GET');
      seq = await stage.seq();
      this.lastTouch = Math.max(this.lastTouch, ...writes.map((write) => write.at));
      idle = writes.length === 0 ? idle + 1 : 0;
      // What can be done no more stays open for ever, without a write.
      isQuiet =
        idle > IDLE_ROUNDS || (idle > 0 && (await openWork(stage.world.dataDir)).orders === 0);
    }
    if (!isQuiet) this.failures.push('it never became quiet: writes go on and on');
    await this.judge.quiet({ sent: this.sent, isFair: this.isFair });
    this.sent = [];
    this.happened = [];
    this.isFair = true;
  }

  private async syncAll(): Promise<void> {
    await this.errand('sync');
    if (!this.lostLibrary) return;
    this.lostLibrary = false;
    await sleep(GONE_AFTER_MS);
    await this.errand('sync');
  }

  /** Whether everybody was looked at: whom something else was busy with may have a write to come. */
  private async swept(): Promise<boolean> {
    const isEnough = ({ text }: Outcome) => /Looked at|not answering|believed/.test(text);
    const use = { user: moderator, name: 'sweep now', options: {} };
    const { text } = await this.stage.use(use, isEnough, 6_000);
    return /Looked at/.test(text) && !/it is not known/.test(text);
  }

  /** Everything that happened in this segment, in order: of what was ordered only what was recorded. */
  happenings(fresh: readonly Told[]): readonly Happening[] {
    const recorded = recordedOf(this.sent, fresh, this.stage.libraries);
    return [...recorded, ...this.happened].sort((a, b) => a.at - b.at);
  }

  /** How often a difference was made by hand in this segment. */
  editsOf(who: number, library: Library, kind: DriftKind): number {
    return this.happened.filter((one) => {
      if (one.kind === 'dropped') return one.who === who && kind === 'removed';
      if (one.kind === 'given all') return one.who === who && kind === 'added';
      return one.kind === 'edited' && one.who === who && one.library === library && one.to === kind;
    }).length;
  }
}
