import type { Difference, DriftKind, Happening, Holding, Person, Settings } from './facts.js';
import { LIBRARIES } from './moves.js';
import type { Library } from './moves.js';
import { aPerson, differences, intended, isKept, settle, takeOver } from './people.js';
import type { IsTold } from './people.js';

/**
 * What must be so, computed from what was ordered and edited alone: the model knows nothing of reads, writes, attempts
 * or orders of the bot. Ends and beginnings happen at their instants, in the order in which they fall.
 */
export class Model {
  readonly people: readonly Person[];
  private now = 0;
  private isLagging = false;

  constructor(
    count: number,
    /** What is set for the whole server: it outlives a history. */
    private readonly settings: Settings,
  ) {
    this.people = Array.from({ length: count }, aPerson);
  }

  isDefault(library: Library): boolean {
    return this.settings.defaults.has(library);
  }

  /** The last instant at which something begins or ends by itself. */
  lastEdge(): number {
    const edges = this.people.flatMap(({ grants }) =>
      [...grants.values()].flatMap(({ from, until }) => [from, until ?? 0]),
    );
    return Math.max(0, ...edges);
  }

  /** Lets time pass: what began or ended until then. */
  pass(at: number): void {
    for (;;) {
      const next = this.nextEdge(at);
      if (!next) break;
      this.now = Math.max(this.now, next.at);
      if (next.isEnd) this.ended(next.person, next.library);
      else {
        if (!next.person.isManaged) next.person.isNewByEdge = true;
        this.began(next.person, next.library, next.at);
      }
    }
    this.now = Math.max(this.now, at);
  }

  private nextEdge(until: number) {
    const edges = this.people.flatMap((person) =>
      [...person.grants].flatMap(([library, grant]) => [
        { person, library, at: grant.from, isEnd: false },
        ...(grant.until === null ? [] : [{ person, library, at: grant.until, isEnd: true }]),
      ]),
    );
    // Several may end at one instant; what has ended is there no more.
    const isAhead = ({ at, isEnd }: { at: number; isEnd: boolean }) => isEnd || at > this.now;
    return edges.filter((edge) => isAhead(edge) && edge.at <= until).sort((a, b) => a.at - b.at)[0];
  }

  happen(what: Happening): void {
    this.pass(what.at);
    switch (what.kind) {
      case 'granted':
        this.granted(what);
        return;
      case 'revoked':
        this.revoked(what);
        return;
      case 'edited':
        this.edit(this.person(what.who), what.library, what.to);
        return;
      case 'dropped':
        this.dropped(this.person(what.who));
        return;
      case 'accepted':
        // Whether the bot knew of it when it acts next is not for the model to know.
        this.person(what.who).isPending = 'either';
        return;
      case 'given all':
        this.giveAll(this.person(what.who));
        return;
      case 'hands off':
        this.letGo(this.person(what.who));
        return;
      case 'hands on':
        this.person(what.who).isOff = false;
        takeOver(this.person(what.who), this.settings, this.now);
        return;
      case 'removed':
        this.remove(this.person(what.who), what.at);
        return;
      case 'library lost':
        this.lose(what);
        return;
      case 'lagged':
        this.isLagging = true;
        for (const person of this.people) this.doubtEdits(person);
        return;
      case 'synced':
        for (const person of this.people.filter((one) => !one.isManaged)) {
          takeOver(person, this.settings, this.now);
        }
        return;
      case 'default':
        this.setDefault(what.library, what.isDefault, what.at);
        return;
      case 'policy':
        this.settings.policy = what.policy;
        return;
    }
  }

  private person(who: number): Person {
    const person = this.people[who];
    if (!person) throw new Error('there is no such person');
    return person;
  }

  private granted({
    who,
    library,
    from,
    until,
    isChange,
    isInvite,
    at,
  }: Extract<Happening, { kind: 'granted' }>) {
    const person = this.person(who);
    if (isInvite && ![...person.has.values()].includes('yes')) person.isPending = 'either';
    const open = person.grants.get(library);
    const start = from !== null && from > at ? from : open && open.from <= at ? open.from : at;
    const isRunning = open !== undefined && open.from <= at;
    person.grants.set(library, { from: start, until });
    if (start > at && isRunning) this.over(person, library, at);
    if (start > at) return;
    if (isRunning && isChange) {
      if (person.wasDropped) this.doubt(person, intended(person, this.settings, this.now));
      return;
    }
    person.isNewByEdge = false;
    this.began(person, library, at);
    if (person.wasDropped) this.inviteAgain(person, at);
  }

  private began(person: Person, library: Library, at: number): void {
    const isAlone = person.grants.size === 1 && ![...person.has.values()].includes('yes');
    this.order(person, library, { want: 'add', at });
    // Somebody without anything may have been let go, and then comes anew with every default.
    if (person.isManaged && isAlone) this.doubt(person, [...this.settings.defaults]);
    this.manage(person, at);
  }

  private doubt(person: Person, libraries: readonly Library[]): void {
    for (const library of libraries) {
      if (person.ordered.get(library)?.at === this.now && person.has.get(library) === 'yes')
        continue;
      person.has.set(library, 'either');
    }
  }

  private manage(person: Person, at: number): void {
    if (person.isManaged) return;
    person.isManaged = true;
    person.isOff = false;
    person.importOwed = true;
    for (const library of this.settings.defaults) this.order(person, library, { want: 'add', at });
  }

  /** Whose share is gone as a whole is invited with everything that is theirs now, once the bot has noticed. */
  private inviteAgain(person: Person, at: number): void {
    for (const library of intended(person, this.settings, this.now)) {
      if (person.isMoving && person.has.get(library) !== 'yes') person.has.set(library, 'either');
      else this.order(person, library, { want: 'add', at });
    }
    person.wasDropped = false;
  }

  private order(
    person: Person,
    library: Library,
    how: { want: 'add' | 'remove'; at: number },
  ): void {
    person.has.set(library, how.want === 'add' ? 'yes' : 'no');
    person.ordered.set(library, how);
    person.edited.delete(library);
    if (how.want === 'remove') person.hasAll = 'no';
    else if (person.hasAll === 'yes' && person.isMoving) person.hasAll = 'either';
    person.isMoving = true;
    this.doubtEdits(person);
  }

  /** A write from an old list undoes what it does not show: no rule can give it. */
  private doubtEdits(person: Person): void {
    if (!this.isLagging || !person.isMoving) return;
    for (const library of person.edited.keys()) person.has.set(library, 'either');
  }

  private revoked({ who, library, at }: Extract<Happening, { kind: 'revoked' }>): void {
    const person = this.person(who);
    const all = library === 'all' ? [...LIBRARIES] : [library];
    let isTaking = false;
    for (const one of all) {
      const grant = person.grants.get(one);
      const stays = isKept(person, this.settings, one);
      person.grants.delete(one);
      if (stays && (grant || library === 'all')) continue;
      // What was shown is taken; of what a hand did a moment ago the bot may not have known.
      const isKnown = grant !== undefined || library !== 'all' || !person.edited.has(one);
      if (grant && grant.from > at && person.has.get(one) === 'no') continue;
      if (isKnown) this.order(person, one, { want: 'remove', at });
      else person.has.set(one, 'either');
      isTaking = true;
    }
    if (isTaking) this.keepSomething(person);
  }

  private ended(person: Person, library: Library): void {
    const at = person.grants.get(library)?.until ?? this.now;
    person.grants.delete(library);
    this.over(person, library, at);
    // Where nobody looked while it ran, it never made them somebody to look after.
    if (person.isNewByEdge) this.doubt(person, [...this.settings.defaults]);
  }

  private over(person: Person, library: Library, at: number): void {
    if (isKept(person, this.settings, library)) return;
    this.order(person, library, { want: 'remove', at });
    this.keepSomething(person);
  }

  /** The last library of somebody ended by an order: the defaults stay, or come back. */
  private keepSomething(person: Person): void {
    if (person.isPending !== 'no' && person.grants.size === 0) this.withdraw(person);
    if (person.isPending === 'yes') return;
    const values = [...person.has.values()];
    if (values.includes('yes') || this.settings.policy !== 'keep-default' || person.wasDropped)
      return;
    const isSure = !values.includes('either');
    for (const library of this.settings.defaults) {
      person.has.set(library, isSure ? 'yes' : 'either');
      person.keptByPolicy.add(library);
      if (isSure) person.exempt.delete(library);
    }
  }

  /** Who has not accepted, and is given nothing any more, keeps no default either: the invite is withdrawn. */
  private withdraw(person: Person): void {
    const others = LIBRARIES.filter(
      (one) => person.has.get(one) !== 'no' && !isKept(person, this.settings, one),
    );
    if (person.isPending === 'either' || others.length > 0 || person.edited.size > 0) {
      this.doubt(person, LIBRARIES);
      person.isManaged = true;
      person.importOwed = true;
      return;
    }
    for (const library of LIBRARIES) {
      if (person.has.get(library) !== 'no')
        this.order(person, library, { want: 'remove', at: this.now });
    }
    person.isManaged = false;
    person.exempt.clear();
  }

  /** Nothing is intended any more; what was to be given may have been, and what was to be taken still goes. */
  private letGo(person: Person): void {
    for (const [library, { want }] of person.ordered) {
      if (person.isMoving && want === 'add' && person.has.get(library) === 'yes')
        person.has.set(library, 'either');
    }
    this.forget(person);
    person.isOff = true;
  }

  private remove(person: Person, at: number): void {
    this.forget(person);
    for (const library of LIBRARIES) {
      if (person.has.get(library) !== 'no') this.order(person, library, { want: 'remove', at });
    }
    person.exempt.clear();
  }

  private forget(person: Person): void {
    person.isManaged = false;
    person.importOwed = false;
    person.grants.clear();
    person.told.clear();
    person.wasDropped = false;
  }

  private giveAll(person: Person): void {
    for (const library of LIBRARIES) {
      if (person.has.get(library) === 'yes') continue;
      person.has.set(library, person.isMoving ? 'either' : 'yes');
      person.edited.set(library, 'added');
    }
    person.hasAll = person.isMoving ? 'either' : 'yes';
    person.wasDropped = false;
    this.doubtEdits(person);
  }

  /** A library goes from every list, and a share with its last one; grants of it stay with what is no more. */
  private lose({ library, isNew }: { readonly library: Library; readonly isNew: boolean }): void {
    for (const person of this.people) {
      const had = person.has.get(library);
      for (const fact of [person.grants, person.exempt, person.edited, person.told, person.ordered])
        fact.delete(library);
      person.has.set(library, isNew && person.hasAll !== 'no' ? person.hasAll : 'no');
      const rest = [...person.has.values()];
      if (had !== 'no' && !rest.includes('yes') && person.hasAll === 'no') person.wasDropped = true;
    }
    this.settings.defaults.delete(library);
  }

  private edit(person: Person, library: Library, to: DriftKind): void {
    const isSure = !person.isMoving;
    person.has.set(library, isSure ? (to === 'added' ? 'yes' : 'no') : 'either');
    person.edited.set(library, to);
    // Seen in time it is what is left, and then nothing has to be kept.
    if (to === 'added') this.doubt(person, [...person.keptByPolicy]);
    if (to === 'removed') person.hasAll = 'no';
    this.doubtEdits(person);
  }

  private dropped(person: Person): void {
    for (const [library, has] of person.has) {
      if (has === 'no') continue;
      person.has.set(library, person.isMoving ? 'either' : 'no');
      person.edited.set(library, 'removed');
    }
    person.wasDropped = true;
    person.hasAll = 'no';
    if (person.isPending !== 'no') person.isPending = 'either';
    this.doubtEdits(person);
  }

  private setDefault(library: Library, isDefault: boolean, at: number): void {
    if (isDefault) this.settings.defaults.add(library);
    else this.settings.defaults.delete(library);
    for (const person of this.people.filter((one) => one.isManaged)) {
      if (person.exempt.has(library) || person.grants.has(library)) continue;
      const hasRow = [...person.has.values()].includes('yes') && !person.wasDropped;
      if (!isDefault) {
        this.order(person, library, { want: 'remove', at });
        this.keepSomething(person);
      } else if (hasRow) this.order(person, library, { want: 'add', at });
      else person.has.set(library, 'either');
    }
  }

  /**
   * All is quiet, and this is what Plex holds: what no rule could give is taken from there. Gives every difference
   * between what is held and what was given here.
   */
  quiet(
    held: readonly (Holding | null)[],
    isTold: (who: number, library: Library, kind: DriftKind) => boolean,
  ): readonly Difference[] {
    const at = { settings: this.settings, now: this.now };
    const found = this.people.flatMap((person, who) => {
      const told: IsTold = (library, kind) => isTold(who, library, kind);
      settle(person, held[who] ?? null, { ...at, isTold: told });
      return differences(person, { ...at, who, held: held[who] ?? null });
    });
    this.isLagging = false;
    return found;
  }
}
