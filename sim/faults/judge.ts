import { setTimeout as sleep } from 'node:timers/promises';
import type { LogEntry } from '../tour/drive.js';
import { sectionsOf } from '../tour/checks.js';
import { problemLines } from '../tour/problems.js';
import { casesIn, receiptOf } from './audit.js';
import type { Told } from './audit.js';
import type { Difference, DriftKind, Happening, Holding } from './facts.js';
import type { Model } from './model.js';
import { LIBRARIES } from './moves.js';
import type { Command, Library, Move } from './moves.js';
import { givenBy, namesOf, takenBy } from './sent.js';
import type { Sent } from './sent.js';
import type { Cast, Outcome, Stage } from './stage.js';
import { openWork } from './stores.js';
import { WRITES_PER_SECOND } from './stage.js';
import { EXPLAINED } from './weather.js';

/** In fair weather Plex is read right after the write; without that read nobody looks for a settle time. */
export const PROMPT_MS = 3_400;

/** What is judged: a history that is being played. */
export interface Judged {
  readonly stage: Stage;
  readonly cast: readonly Cast[];
  readonly model: Model;
  readonly moves: readonly Move[];
  readonly failures: string[];
  personOf(who: number): Cast;
  happenings(fresh: readonly Told[]): readonly Happening[];
  editsOf(who: number, library: Library, kind: DriftKind): number;
}

interface Mark {
  readonly seq: number;
  /** Messages that were there before. */
  readonly posts: ReadonlySet<string>;
  readonly problems: number;
}

const CASES_WITHIN_MS = 12_000;
/** Between what an asker is told and what is on its way already. */
const ON_ITS_WAY_MS = 200;

const DRIFT: readonly { readonly kind: DriftKind; readonly says: RegExp }[] = [
  { kind: 'added', says: /in Plex, and nobody gave it here|came back after a revoke/ },
  {
    kind: 'removed',
    says: /and Plex does not share it|left the server or declined|declined the invitation/,
  },
];

/** Holds what the simulators show against the model, and against what was promised of each write and notice. */
export class Judge {
  private mark: Mark;
  private readonly rows = new Map<number, number>();
  private mostCases = 0;

  constructor(
    private readonly play: Judged,
    mark: Mark,
  ) {
    this.mark = mark;
  }

  static async mark(stage: Stage): Promise<Mark> {
    const messages = await stage.posts();
    return {
      seq: await stage.seq(),
      posts: new Set(messages.map(({ id }) => id)),
      problems: (await problemsOf(stage)).length,
    };
  }

  private fail(what: string): void {
    if (!this.play.failures.includes(what)) this.play.failures.push(what);
  }

  /** In fair weather: what was to change in Plex has, and its asker knows. */
  prompt(command: Command, outcome: Outcome, owed: boolean): void {
    const what = this.tell(command);
    if (outcome.state === 'silent')
      this.fail(`slow: ${what} was not answered within ${PROMPT_MS} ms`);
    else if (owed && outcome.state === 'recorded' && !/Seen in|Gone from/.test(outcome.text)) {
      this.fail(`slow: ${what} was not seen in Plex within ${PROMPT_MS} ms, in fair weather`);
    } else if (owed && outcome.state === 'said') {
      this.fail(`${what} was refused: ${outcome.text.slice(0, 200)}`);
    }
  }

  /** Nobody is told that Plex shows what it never showed. */
  async said(command: Command, { text }: Outcome, isFair: boolean): Promise<void> {
    const isLagging = this.play.moves.some(
      (move) => move.kind === 'weather' && move.weather === 'old lists',
    );
    if (command.library === 'all' || command.kind === 'extend' || isLagging) return;
    const want = /Case \d+ · Seen in Plex/.test(text)
      ? 'add'
      : /Case \d+ · Gone from Plex/.test(text)
        ? 'remove'
        : null;
    if (want === null || (want === 'add') !== (command.kind === 'grant')) return;
    if (command.kind === 'grant' && command.until !== null && !isFair) return;
    const held = await this.play.stage.held(this.play.personOf(command.who));
    const has = held?.libraries.includes(command.library) === true;
    if (has === (want === 'add')) return;
    const words = want === 'add' ? 'seen in' : 'gone from';
    this.fail(
      `false: ${this.tell(command)} is called ${words} Plex, and Plex ${has ? 'has' : 'lacks'} it`,
    );
  }

  private tell({ kind, who, library }: Command): string {
    return `/${kind} ${library} (${this.play.personOf(who).name})`;
  }

  /** All is quiet: judges everything since it last was. */
  async quiet({
    sent,
  }: {
    readonly sent: readonly Sent[];
    readonly isFair: boolean;
  }): Promise<void> {
    const { model, stage } = this.play;
    const told = await this.settledCases();
    const fresh = told.filter(({ message }) => !this.mark.posts.has(message));
    for (const happening of this.play.happenings(fresh)) model.happen(happening);
    model.pass(Date.now());
    const held = await Promise.all(this.play.cast.map((one) => stage.held(one)));
    held.forEach((one, who) => this.weighAccess(who, one));
    this.weighReceipts(told);
    const isTold = (who: number, library: Library, kind: DriftKind) =>
      this.tellings(fresh, { who, library, kind }) > 0;
    const differences = model.quiet(held, isTold);
    this.weighDrift(fresh, differences);
    await this.weighWrites(sent);
    await this.weighProblems();
    this.mark = await Judge.mark(stage);
  }

  /** The audit channel once it has come to rest: each case told once, none missing. */
  private async settledCases(): Promise<readonly Told[]> {
    const deadline = Date.now() + CASES_WITHIN_MS;
    for (;;) {
      const messages = await this.play.stage.posts();
      const told = casesIn(messages);
      const wrong = numbering(told);
      const isResting = told.every(({ state, text }) => state !== 'Recorded' || isAtRest(text));
      const isPosted = (await openWork(this.play.stage.world.dataDir)).posts === 0;
      const isWhole = wrong === null && told.length >= this.mostCases;
      if ((isWhole && isResting && isPosted) || Date.now() > deadline) {
        if (wrong !== null) this.fail(wrong);
        this.mostCases = told.length;
        return told;
      }
      await sleep(150);
    }
  }

  private weighAccess(who: number, held: Holding | null): void {
    const { name } = this.play.personOf(who);
    const person = this.play.model.people[who];
    const hasAll = held?.hasAll === true;
    if (person && person.hasAll !== 'either' && (person.hasAll === 'yes') !== hasAll) {
      this.fail(
        `false: ${name} ${hasAll ? 'has all libraries, also those to come' : 'has no longer all libraries, also those to come'}`,
      );
    }
    for (const library of LIBRARIES) {
      const has = person?.has.get(library);
      const isHeld = held?.libraries.includes(library) === true;
      if (has === 'either' || isHeld === (has === 'yes')) continue;
      const order = person?.ordered.get(library);
      this.fail(
        isHeld
          ? order?.want === 'remove'
            ? `lost: ${name} still has ${library}, which was ended`
            : `false: ${name} has ${library}, which nobody gave`
          : order?.want === 'add'
            ? `lost: ${name} lacks ${library}, which was given`
            : `false: ${name} lacks ${library}, which nobody took`,
      );
    }
  }

  /** Whoever lost something by an order has a receipt, of a read after the write that it names. */
  private weighReceipts(told: readonly Told[]): void {
    const ends = told.filter(({ text }) => /no longer has|loses/.test(text));
    for (const { number, state, text } of ends) {
      if (state === 'Recorded' || state === 'Seen in Plex') continue;
      const receipt = receiptOf(text);
      const name = /\*\*(.+?)\*\*/.exec(text)?.[1] ?? 'somebody';
      if (state !== 'Gone from Plex' || !receipt) {
        this.fail(`lost: case ${number} of ${name} is quiet without a receipt (${state})`);
      } else if (receipt.written !== null && receipt.gone < receipt.written) {
        this.fail(`false: case ${number} of ${name} was seen gone before it was written`);
      }
    }
  }

  private tellings(
    fresh: readonly Told[],
    { who, library, kind }: { who: number; library: Library; kind: DriftKind },
  ): number {
    const names = namesOf(this.play.personOf(who)).map((name) => `**${name}**`);
    const line = DRIFT.find((one) => one.kind === kind)?.says ?? /$^/;
    const { libraries } = this.play.stage;
    return fresh.filter(({ text }) =>
      text
        .split('\n')
        .some(
          (one) =>
            line.test(one) &&
            names.some((name) => one.includes(name)) &&
            libraries.isIn(one, library),
        ),
    ).length;
  }

  private weighDrift(fresh: readonly Told[], differences: readonly Difference[]): void {
    if (fresh.some(({ isListed }) => isListed)) return; // many in one list: it does not say of what kind
    this.play.cast.forEach(({ name }, who) => {
      for (const library of LIBRARIES) {
        for (const kind of ['added', 'removed'] as const) {
          const times = this.tellings(fresh, { who, library, kind });
          const found = differences.find(
            (one) => one.who === who && one.library === library && one.kind === kind,
          );
          const most = Math.max(this.play.editsOf(who, library, kind), found?.isOwed ? 1 : 0);
          const what = `${name} ${kind === 'added' ? 'has' : 'lacks'} ${library} by hand`;
          if (found?.isOwed && times === 0) this.fail(`lost: nobody is told that ${what}`);
          if (times > Math.max(1, most)) this.fail(`double: told ${times} times that ${what}`);
        }
      }
    });
  }

  /** Every write since all was last quiet: in time, one at a time, never empty, and nothing that was ended before it. */
  private async weighWrites(sent: readonly Sent[]): Promise<void> {
    const { stage, cast } = this.play;
    const entries = await stage.sharing(this.mark.seq);
    await this.learnRows();
    const writes = entries.filter(({ method }) => method !== 'GET');
    this.weighPace(writes);
    for (const write of writes) {
      const list = sectionsOf(write);
      if (list?.length === 0) this.fail('false: an empty list was written');
      const account = accountOf(write) ?? this.rows.get(rowOf(write));
      const invited = emailOf(write);
      const who = cast.findIndex((one) => one.accountId === account || one.email === invited);
      if (who !== -1 && list) this.weighList(write, { who, list, sent });
    }
  }

  private async learnRows(): Promise<void> {
    for (const { accountId, row } of await this.play.stage.rows()) this.rows.set(row, accountId);
  }

  private weighPace(writes: readonly LogEntry[]): void {
    const isKilled = this.play.moves.some(({ kind }) => kind === 'kill' || kind === 'die');
    if (isKilled) return; // a process knows nothing of the last write of the one before it
    const least = 1_000 / WRITES_PER_SECOND / 2;
    for (const [i, write] of writes.entries()) {
      const before = writes[i - 1];
      if (!before || write.at - before.at >= least || write.method === 'DELETE') continue;
      const name = this.nameOf(write) ?? 'somebody';
      const titles = (sectionsOf(write) ?? []).map((one) =>
        this.play.stage.libraries.libraryOf(one),
      );
      this.fail(
        `pacing: a write for ${name} (${titles.join(', ')}) came ${write.at - before.at} ms after another`,
      );
    }
  }

  private nameOf(write: LogEntry): string | undefined {
    const account = accountOf(write) ?? this.rows.get(rowOf(write));
    return this.play.cast.find(({ accountId }) => accountId === account)?.name;
  }

  /** What was certainly ended before the write left is not in it, unless it was given again. */
  private weighList(
    write: LogEntry,
    { who, list, sent }: { who: number; list: readonly number[]; sent: readonly Sent[] },
  ): void {
    const { stage } = this.play;
    const mine = sent.filter(({ order }) => order.who === who);
    const takings = mine.flatMap((one) => takenBy(one).map((library) => ({ ...one, library })));
    for (const { library, at, knownAt } of takings) {
      const isIn = list.includes(stage.libraries.sectionOf(library));
      if (knownAt === null || !isIn || write.at < knownAt + ON_ITS_WAY_MS) continue;
      const isAgain = mine.some((one) => givenBy(one).includes(library) && one.at > at);
      const isHand = this.play.editsOf(who, library, 'added') > 0;
      if (isAgain || isHand || this.play.model.isDefault(library)) continue;
      const name = this.play.personOf(who).name;
      this.fail(`false: ${library} was written for ${name} after it was taken from them`);
    }
  }

  private async weighProblems(): Promise<void> {
    const lines = (await problemsOf(this.play.stage)).slice(this.mark.problems);
    const causes = new Set<string>(
      this.play.moves.flatMap((move) =>
        move.kind === 'weather' ? [move.kind, move.weather] : [move.kind],
      ),
    );
    const isExplained = (line: string) =>
      EXPLAINED.some(({ by, what }) => causes.has(by) && what.test(line));
    for (const line of lines) if (!isExplained(line)) this.fail(line);
  }
}

/** Nothing more comes of it: a plan, a changed end, or one that a later case overtook. */
const isAtRest = (text: string): boolean =>
  !/Waiting for Plex/.test(text) && !/(?:gets|loses) |being withdrawn/.test(text)
    ? true
    : /A later case took its place|from <t:/.test(text);

function numbering(told: readonly Told[]): string | null {
  const numbers = told.map(({ number }) => number).sort((a, b) => a - b);
  const double = numbers.find((number, i) => numbers[i - 1] === number);
  if (double !== undefined) return `double: case ${double} is told in two messages`;
  const missing = numbers.findIndex((number, i) => number !== i + 1);
  return missing === -1 ? null : `lost: case ${missing + 1} is told nowhere`;
}

async function problemsOf({ world }: Stage): Promise<string[]> {
  return [
    ...(await problemLines('plex', world.plex)),
    ...(await problemLines('discord', world.discord)),
  ];
}

const rowOf = ({ path }: LogEntry): number => Number(/shared_servers\/(\d+)/.exec(path)?.[1] ?? 0);

const emailOf = ({ body }: LogEntry): string | undefined =>
  (body as { shared_server?: { invited_email?: string } } | null)?.shared_server?.invited_email;

const accountOf = ({ body }: LogEntry): number | undefined =>
  (body as { shared_server?: { invited_id?: number } } | null)?.shared_server?.invited_id;
