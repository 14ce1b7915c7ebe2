import type { Difference, DriftKind, Grant, Happening, Has, Person, Settings } from './facts.js';
import { LIBRARIES } from './moves.js';
import type { Library } from './moves.js';

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
    this.people = Array.from({ length: count }, () => ({
      has: new Map<Library, Has>(LIBRARIES.map((library) => [library, 'no'])),
      grants: new Map<Library, Grant>(),
      exempt: new Set<Library>(),
      isManaged: false,
      importOwed: false,
      isMoving: false,
      wasDropped: false,
      edited: new Map<Library, DriftKind>(),
      told: new Map<Library, DriftKind>(),
      ordered: new Map<Library, { want: 'add' | 'remove'; at: number }>(),
    }));
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
      this.now = next.at;
      if (next.isEnd) this.ended(next.person, next.library);
      else this.began(next.person, next.library, next.at);
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
    return edges.filter(({ at }) => at > this.now && at <= until).sort((a, b) => a.at - b.at)[0];
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
      case 'lagged':
        this.isLagging = true;
        for (const person of this.people) this.doubtEdits(person);
        return;
      case 'synced':
        for (const person of this.people.filter((one) => !one.isManaged)) this.takeOver(person);
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
    at,
  }: Extract<Happening, { kind: 'granted' }>) {
    const person = this.person(who);
    const open = person.grants.get(library);
    const start = from !== null && from > at ? from : open && open.from <= at ? open.from : at;
    const isRunning = open !== undefined && open.from <= at;
    person.grants.set(library, { from: start, until });
    if (start > at && isRunning) this.over(person, library, at);
    if (start > at) return;
    if (isRunning && isChange) {
      if (person.wasDropped) this.doubt(person, this.intended(person));
      return;
    }
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
    person.importOwed = true;
    for (const library of this.settings.defaults) this.order(person, library, { want: 'add', at });
  }

  /** Whose share is gone as a whole is invited with everything that is theirs now, once the bot has noticed. */
  private inviteAgain(person: Person, at: number): void {
    for (const library of this.intended(person)) {
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
    for (const one of all) {
      const grant = person.grants.get(one);
      const isKept = this.isKept(person, one);
      person.grants.delete(one);
      if (isKept && (grant || library === 'all')) continue;
      // What was shown is taken; of what a hand did a moment ago the bot may not have known.
      const isKnown = grant !== undefined || library !== 'all' || !person.edited.has(one);
      if (grant && grant.from > at && person.has.get(one) === 'no') continue;
      if (isKnown) this.order(person, one, { want: 'remove', at });
      else person.has.set(one, 'either');
    }
    this.keepSomething(person);
  }

  private ended(person: Person, library: Library): void {
    const at = person.grants.get(library)?.until ?? this.now;
    person.grants.delete(library);
    this.over(person, library, at);
  }

  private over(person: Person, library: Library, at: number): void {
    if (this.isKept(person, library)) return;
    this.order(person, library, { want: 'remove', at });
    this.keepSomething(person);
  }

  private isKept(person: Person, library: Library): boolean {
    return person.isManaged && this.settings.defaults.has(library) && !person.exempt.has(library);
  }

  /** The last library of somebody ended by an order: the defaults stay, or come back. */
  private keepSomething(person: Person): void {
    const values = [...person.has.values()];
    if (values.includes('yes') || this.settings.policy !== 'keep-default' || person.wasDropped)
      return;
    const isSure = !values.includes('either');
    for (const library of this.settings.defaults) {
      person.has.set(library, isSure ? 'yes' : 'either');
      if (isSure) person.exempt.delete(library);
    }
  }

  private edit(person: Person, library: Library, to: DriftKind): void {
    const isSure = !person.isMoving;
    person.has.set(library, isSure ? (to === 'added' ? 'yes' : 'no') : 'either');
    person.edited.set(library, to);
    this.doubtEdits(person);
  }

  private dropped(person: Person): void {
    for (const [library, has] of person.has) {
      if (has === 'no') continue;
      person.has.set(library, person.isMoving ? 'either' : 'no');
      person.edited.set(library, 'removed');
    }
    person.wasDropped = true;
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

  /** Libraries that somebody is to have by grants and defaults now. */
  private intended(person: Person): readonly Library[] {
    return LIBRARIES.filter((library) => {
      const grant = person.grants.get(library);
      return (grant && grant.from <= this.now) || this.isKept(person, library);
    });
  }

  private takeOver(person: Person): void {
    const held = LIBRARIES.filter((library) => person.has.get(library) === 'yes');
    if (held.length === 0) return;
    person.isManaged = true;
    person.importOwed = false;
    for (const library of held) {
      if (person.grants.has(library) || this.settings.defaults.has(library)) continue;
      person.grants.set(library, { from: this.now, until: null });
    }
    for (const library of this.settings.defaults)
      if (!held.includes(library)) person.exempt.add(library);
  }

  /**
   * All is quiet, and this is what Plex holds: what no rule could give is taken from there. Gives every difference
   * between what is held and what was given here.
   */
  quiet(
    held: readonly (readonly Library[] | null)[],
    isTold: (who: number, library: Library, kind: DriftKind) => boolean,
  ): readonly Difference[] {
    const found = this.people.flatMap((person, who) => {
      this.settle(person, held[who] ?? null, (library, kind) => isTold(who, library, kind));
      return this.differences(person, who, held[who] ?? []);
    });
    this.isLagging = false;
    return found;
  }

  private settle(
    person: Person,
    held: readonly Library[] | null,
    isTold: (library: Library, kind: DriftKind) => boolean,
  ): void {
    for (const library of LIBRARIES) {
      person.has.set(library, held?.includes(library) === true ? 'yes' : 'no');
    }
    person.edited.clear();
    person.isMoving = false;
    if (!person.isManaged && held !== null) this.takeOver(person);
    if (person.importOwed) this.importOnce(person, held ?? [], isTold);
    person.wasDropped = held === null && person.isManaged;
    if (held === null && person.isManaged && person.grants.size === 0) {
      person.isManaged = false;
      person.wasDropped = false;
      person.exempt.clear();
      person.told.clear();
    }
  }

  /** What was there at the first ripe read was taken over; what a hand did after it was told. Both are right. */
  private importOnce(
    person: Person,
    held: readonly Library[],
    isTold: (library: Library, kind: DriftKind) => boolean,
  ): void {
    person.importOwed = false;
    for (const library of LIBRARIES) {
      const isIntended = this.intended(person).includes(library);
      const isHeld = held.includes(library);
      if (isHeld && !isIntended && !isTold(library, 'added')) {
        person.grants.set(library, { from: this.now, until: null });
      }
      if (!isHeld && this.isKept(person, library) && !isTold(library, 'removed')) {
        person.exempt.add(library);
      }
    }
  }

  private differences(person: Person, who: number, held: readonly Library[]): Difference[] {
    if (!person.isManaged) return [];
    const intended = this.intended(person);
    return LIBRARIES.flatMap((library): Difference[] => {
      if (held.includes(library) === intended.includes(library)) {
        person.told.delete(library);
        return [];
      }
      const kind = held.includes(library) ? 'added' : 'removed';
      const isOwed = person.told.get(library) !== kind;
      person.told.set(library, kind);
      return [{ who, library, kind, isOwed }];
    });
  }
}
