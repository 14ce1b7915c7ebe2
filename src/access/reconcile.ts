import { randomUUID } from 'node:crypto';
import { Outage } from '../core/errors.js';
import type { Attempt, Entitlement, PersonId, Read, ServerId } from '../core/model.js';
import { both, isSame, minus, union } from '../core/sections.js';
import type { ServerRow } from '../store/rows.js';
import { entitlements, isWorthStoring, putOff, rehearse, settleBack, storeQuiet } from './look.js';
import type { Scene, Subject } from './look.js';
import { unwatched } from './going.js';
import type { Going } from './going.js';
import { meet } from './meet.js';
import type { Parts, Priority } from './parts.js';
import { judgePlex } from './plexTroubles.js';
import { readList } from './readList.js';
import type { ListRead, Sought } from './readList.js';
import { libraryNames } from './record.js';
import { writeOne } from './write.js';
import type { Written } from './write.js';

/** What one run did. */
export interface Run {
  /** People looked at. */
  readonly looked: number;
  /** Of these, how many it was not known of what Plex shows: its answer could not be believed. */
  readonly unread: number;
  /** Writes sent, whatever came of them. */
  readonly written: number;
  /** Why Plex could not be read or written; null when it could. */
  readonly outage: Outage | null;
}

/** Whom to look at (null: everybody), and whose turn it is. */
export interface Turn {
  readonly people: readonly PersonId[] | null;
  readonly priority: Priority;
  /** Left out: nobody watches it. */
  readonly going?: Going;
  /** The write that is to be repeated, where nothing else is to be written. */
  readonly nudge?: { readonly personId: PersonId; readonly no: Attempt['no'] };
}

/** A list older than this is read again before the next write. */
const LIST_GOOD_FOR_MS = 30_000;

/**
 * The one path to Plex: one read of all shares, at most one write per person, one read-back (`reconcile.md` 6).
 * Safe to run twice, and at the same time as another run. An outage is a result, not an error: what is owed stays owed,
 * and the watch looks again.
 */
export async function reconcile(parts: Parts, serverId: ServerId, turn: Turn): Promise<Run> {
  const first = await runOnce(parts, serverId, turn);
  if (first.gaveAll.length === 0) return first;
  // Nobody keeps for a moment longer than need be what a lost library gave them.
  const second = await runOnce(parts, serverId, { ...turn, people: first.gaveAll });
  return { ...first, outage: second.outage, written: first.written + second.written };
}

interface OnePass extends Run {
  /** Whom a write gave everything, because its libraries were gone. */
  readonly gaveAll: readonly PersonId[];
}

async function runOnce(parts: Parts, serverId: ServerId, turn: Turn): Promise<OnePass> {
  const server = await parts.store.servers.get(serverId);
  const names = await libraryNames(parts.store, serverId);
  const scene: Scene = { server, names, batch: randomUUID() };
  const subjects = await load(parts, server, turn.people);
  const nothing = { looked: subjects.length, unread: 0, written: 0, outage: null, gaveAll: [] };
  if (subjects.length === 0) return nothing;
  try {
    const run = await new OneRun(parts, scene, turn).over(subjects);
    await judgePlex(parts, server, run.outage);
    return run;
  } catch (error) {
    if (!(error instanceof Outage)) throw error;
    await judgePlex(parts, server, error);
    parts.log.warn({ err: error, serverId }, 'Plex could not be read; looked at again later');
    for (const subject of subjects) await putOff(parts, scene, subject);
    return { ...nothing, outage: error };
  }
}

async function load(
  { store }: Parts,
  server: ServerRow,
  people: readonly PersonId[] | null,
): Promise<Subject[]> {
  const shares = await store.shares.on(server.id, people);
  const rows = await store.people.byIds(shares.map((stored) => stored.personId));
  const byId = new Map(rows.map((row) => [row.id, row]));
  return shares.flatMap((stored) => {
    const person = byId.get(stored.personId);
    return person?.mergedInto === null ? [{ person, stored }] : [];
  });
}

const soughtOf = ({ person, stored: { share } }: Subject): Sought => ({ person, share });

/** Libraries that changed since the last look and that nobody ordered: a reason to look twice before writing. */
function isSurprising({ stored: { share } }: Subject, read: Read): boolean {
  const { observed } = share;
  if (observed === null) return false;
  const ordered = share.orders.map((order) => order.section);
  const changed = union(
    minus(observed.sections, read.sections),
    minus(read.sections, observed.sections),
  );
  return minus(both(changed, read.catalogue), ordered).length > 0;
}

class OneRun {
  constructor(
    private readonly parts: Parts,
    private readonly scene: Scene,
    private readonly turn: Turn,
  ) {}

  async over(subjects: readonly Subject[]): Promise<OnePass> {
    const list = await this.read(subjects);
    const same = await meet(this.parts, { subjects, list });
    if (same.length > 0) {
      const people = this.turn.people && [...this.turn.people, ...same.map(({ into }) => into)];
      return this.over(await load(this.parts, this.scene.server, people));
    }
    const some = this.turn.people && subjects.map(({ person }) => person.id);
    const rights = await entitlements(this.parts.store, this.scene, some);
    const busy: Subject[] = [];
    const { going = unwatched } = this.turn;
    for (const [done, subject] of subjects.entries()) {
      going.tell(done, subjects.length);
      const isQuiet = await this.quiet(subject, list, rights(subject.person.id)).catch(
        (error: unknown) => this.leave(subject, error),
      );
      if (!isQuiet) busy.push(subject);
    }
    const { written, outage } = await this.write(busy, {
      list,
      quiet: subjects.length - busy.length,
    });
    const gaveAll = written.length > 0 ? await this.readBack(written) : [];
    const unread = subjects.filter((subject) => list.of(soughtOf(subject)) === 'unknown').length;
    return { looked: subjects.length, unread, written: written.length, outage, gaveAll };
  }

  private read(subjects: readonly Subject[]): Promise<ListRead> {
    const people = subjects.map(soughtOf);
    const { priority } = this.turn;
    return readList(this.parts, this.scene.server, { people, priority });
  }

  /** Looks at somebody, and stores what needs no write. false: a write is due. */
  private async quiet(subject: Subject, list: ListRead, entitlement: Entitlement) {
    const read = list.of(soughtOf(subject));
    const nudge = this.nudgeOf(subject);
    const decision = rehearse(this.parts, subject, { read, entitlement, nudge });
    if (decision === null || read === 'unknown') {
      await putOff(this.parts, this.scene, subject);
      return true;
    }
    if (decision.change.kind !== 'none') return false;
    if (isWorthStoring(this.parts, subject, decision)) {
      await storeQuiet(this.parts, this.scene, { subject, read });
    }
    return true;
  }

  private async write(
    busy: readonly Subject[],
    { list, quiet }: { readonly list: ListRead; readonly quiet: number },
  ): Promise<{ written: readonly Written[]; outage: Outage | null }> {
    const written: Written[] = [];
    let outage: Outage | null = null;
    let known = { list, subjects: busy };
    const { going = unwatched } = this.turn;
    for (const [done, { person }] of busy.entries()) {
      if (going.signal.aborted) break;
      going.tell(quiet + done, quiet + busy.length);
      try {
        known = await this.fresh(known);
        const subject = known.subjects.find((one) => one.person.id === person.id);
        const done = subject && (await this.writeOne(subject, known.list));
        if (done) written.push(done);
      } catch (error) {
        // One person's trouble does not stop the others; they find out by themselves that Plex is gone.
        const subject = busy.find((one) => one.person.id === person.id);
        outage = error instanceof Outage ? error : outage;
        await this.putOffOrLeave(subject, error);
      }
    }
    return { written, outage };
  }

  private async putOffOrLeave(subject: Subject | undefined, error: unknown): Promise<void> {
    if (!(error instanceof Outage)) this.leave(subject, error);
    else if (subject) await putOff(this.parts, this.scene, subject);
  }

  /** A fault with one person: the others are looked at all the same. */
  private leave(subject: Subject | undefined, error: unknown): true {
    const details = { err: error, serverId: this.scene.server.id, personId: subject?.person.id };
    this.parts.log.error(details, 'one person could not be looked at');
    return true;
  }

  /** The list, read again with the versions it is held against when paced writing made it old. */
  private async fresh(known: { list: ListRead; subjects: readonly Subject[] }) {
    const age = this.parts.clock.now().getTime() - known.list.at.getTime();
    if (age <= LIST_GOOD_FOR_MS) return known;
    const people = known.subjects.map((subject) => subject.person.id);
    const subjects = await load(this.parts, this.scene.server, people);
    return { list: await this.read(subjects), subjects };
  }

  private async writeOne(subject: Subject, list: ListRead): Promise<Written | null> {
    const read = list.of(soughtOf(subject));
    if (read === 'unknown') return null;
    const due = { subject, priority: this.turn.priority, nudge: this.nudgeOf(subject) };
    if (!isSurprising(subject, read)) return writeOne(this.parts, this.scene, { ...due, read });
    // A list that leaves out a library would, as the base of a write, take it away: two must agree.
    const again = (await this.read([subject])).of(soughtOf(subject));
    if (again === 'unknown' || again.row !== read.row || !isSame(again.sections, read.sections)) {
      await putOff(this.parts, this.scene, subject);
      return null;
    }
    return writeOne(this.parts, this.scene, { ...due, read: again });
  }

  private nudgeOf({ person }: Subject): Attempt['no'] | null {
    const { nudge } = this.turn;
    return nudge?.personId === person.id ? nudge.no : null;
  }

  /** Whom the list after the writes shows to have everything by accident. */
  private async readBack(written: readonly Written[]): Promise<readonly PersonId[]> {
    const subjects = written.map(({ subject }) => subject);
    const list = await this.read(subjects);
    const same = await meet(this.parts, { subjects, list });
    const gaveAll: PersonId[] = [];
    for (const { subject, version } of written) {
      if (same.some(({ from }) => from === subject.person.id)) continue;
      const read = list.of(soughtOf(subject));
      if (read === 'unknown') continue;
      const back = { subject, version, read };
      if (await settleBack(this.parts, this.scene, back)) gaveAll.push(subject.person.id);
    }
    return gaveAll;
  }
}
