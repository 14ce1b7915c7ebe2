import type { CaseId, DiscordUserId, EndPolicy, Power, RoleId, SectionId } from './model.js';
import { powerName } from './power.js';
import type { CaseState } from './receipts.js';
import { setupWording } from './setupCases.js';
import type { SetupFacts } from './setupCases.js';
import { bold, counted, dateTime, listed, until, escapeName } from './text.js';

/** A library as a case remembers it: its name may change, or the library go, later. */
export interface LibraryFact {
  readonly section: SectionId;
  /** Title, with the server's name where the guild has several: "Films" or "Films (Attic)". */
  readonly title: string;
}

/** Start and end of a grant. */
export interface Span {
  readonly startsAt: Date;
  readonly endsAt: Date | null;
}

/** What happened, past tense, with all that is needed to tell it years later. */
export type CaseFacts =
  | {
      readonly type: 'grant.created';
      readonly libraries: readonly LibraryFact[];
      readonly span: Span;
      readonly scheduled: boolean;
    }
  | {
      /** Given again because Plex did not show what was granted. */
      readonly type: 'grant.renewed';
      readonly libraries: readonly LibraryFact[];
      readonly span: Span;
    }
  | {
      readonly type: 'grant.changed';
      readonly libraries: readonly LibraryFact[];
      readonly before: Span;
      readonly span: Span;
    }
  | {
      readonly type: 'grant.revoked';
      readonly libraries: readonly LibraryFact[];
      /** Taken although nobody gave them through Usher. */
      readonly byHand: readonly LibraryFact[];
      /** Default libraries that stay. */
      readonly stay: readonly LibraryFact[];
    }
  | { readonly type: 'grant.started'; readonly libraries: readonly LibraryFact[] }
  | {
      readonly type: 'grant.ended';
      readonly libraries: readonly LibraryFact[];
      readonly stay: readonly LibraryFact[];
    }
  | {
      readonly type: 'people.imported';
      readonly server: string;
      readonly people: number;
      readonly grants: number;
    }
  | {
      readonly type: 'default.adopted';
      readonly libraries: readonly LibraryFact[];
      readonly server: string;
    }
  | {
      readonly type: 'default.added' | 'default.removed';
      readonly libraries: readonly LibraryFact[];
      readonly server: string;
      /** How many get or lose it by this. */
      readonly people: number;
    }
  | {
      readonly type: 'drift.found';
      readonly added: readonly LibraryFact[];
      readonly removed: readonly LibraryFact[];
    }
  /** Taken not long ago, settled, and shown again. */
  | { readonly type: 'drift.cameBack'; readonly libraries: readonly LibraryFact[] }
  | {
      /** A write whose libraries were all gone when it arrived gave everything. */
      readonly type: 'accident.undone';
      readonly lost: readonly LibraryFact[];
      /** What is taken back. */
      readonly libraries: readonly LibraryFact[];
    }
  /** The last libraries of a person cannot end: there is no default to keep. */
  | { readonly type: 'policy.stuck'; readonly libraries: readonly LibraryFact[] }
  | {
      readonly type: 'policy.changed';
      readonly server: string;
      readonly before: EndPolicy;
      readonly after: EndPolicy;
    }
  | {
      readonly type: 'setting.changed';
      /** What it is called, and what it was and is: words for people. */
      readonly setting: string;
      readonly before: string;
      readonly after: string;
    }
  | { readonly type: 'share.gone'; readonly libraries: readonly LibraryFact[] }
  | { readonly type: 'person.linked'; readonly member: DiscordUserId }
  | { readonly type: 'person.unlinked'; readonly member: DiscordUserId }
  | {
      readonly type: 'person.merged';
      /** What the other row was called. */
      readonly was: string;
    }
  | { readonly type: 'role.bound'; readonly role: RoleId; readonly power: BoundPower }
  | { readonly type: 'role.unbound'; readonly role: RoleId; readonly power: BoundPower }
  | SetupFacts;

/** A power that a role can give. */
export type BoundPower = Exclude<Power, 'everyone'>;

/** One numbered change in a guild. */
export interface Case {
  readonly id: CaseId;
  readonly number: number;
  readonly at: Date;
  /** null: Usher itself. */
  readonly actor: DiscordUserId | null;
  readonly reason: string | null;
  /** Title of the person concerned, if one is. */
  readonly person: string | null;
  readonly facts: CaseFacts;
}

/** Every library that a case is about, default ones that stay left out. */
export function librariesOf(facts: CaseFacts): readonly LibraryFact[] {
  const of = (name: 'libraries' | 'byHand' | 'added' | 'removed') =>
    (facts as Partial<Record<typeof name, readonly LibraryFact[]>>)[name] ?? [];
  return [...of('libraries'), ...of('byHand'), ...of('added'), ...of('removed')];
}

const titles = (libraries: readonly LibraryFact[]): string =>
  listed(libraries.map((library) => library.title));

const who = (c: Case): string => bold(c.person ?? 'somebody');

const stays = (libraries: readonly LibraryFact[]): string =>
  libraries.length === 0
    ? ''
    : ` ${titles(libraries)} ${libraries.length === 1 ? 'stays' : 'stay'}.`;

const spanOf = (span: Span, now: Date): string =>
  span.startsAt > now
    ? `from ${dateTime(span.startsAt)} ${until(span.endsAt)}`
    : until(span.endsAt);

type Facts<K extends CaseFacts['type']> = CaseFacts & { readonly type: K };
type Wording<K extends CaseFacts['type']> = (facts: Facts<K>, c: Case, state: CaseState) => string;

const gets = (c: Case, state: CaseState): string =>
  state === 'seen' ? `${who(c)} can watch` : `${who(c)} gets`;

const loses = (c: Case, state: CaseState): string =>
  state === 'gone' ? `${who(c)} no longer has` : `${who(c)} loses`;

/** What an end policy does, as it is told. */
export const policyWords: Readonly<Record<EndPolicy, string>> = {
  'keep-default': 'they keep the default library, and leave the server where there is none',
  unshare: 'they leave the server',
  remove: 'they are removed from the friends of the owner, and from all servers of the owner',
};

const wording: { readonly [K in CaseFacts['type']]: Wording<K> } = {
  'grant.created': (f, c, state) =>
    `${gets(c, state)} ${titles(f.libraries)} ${spanOf(f.span, c.at)}.`,
  'grant.renewed': (f, c, state) =>
    `${gets(c, state)} ${titles(f.libraries)} again ${spanOf(f.span, c.at)}; Plex did not share it.`,
  'grant.changed': (f, c) =>
    `${who(c)} has ${titles(f.libraries)} ${spanOf(f.span, c.at)}; before it was ${spanOf(f.before, c.at)}.`,
  'grant.revoked': (f, c, state) =>
    `${loses(c, state)} ${titles([...f.libraries, ...f.byHand])}.` +
    (f.byHand.length > 0 ? ` ${titles(f.byHand)} was given in Plex by hand.` : '') +
    stays(f.stay),
  'grant.started': (f, c, state) => `${gets(c, state)} ${titles(f.libraries)}, as planned.`,
  'grant.ended': (f, c, state) =>
    f.stay.length === f.libraries.length
      ? `The time of ${who(c)} for ${titles(f.libraries)} is over. As a default it stays.`
      : `${loses(c, state)} ${titles(f.libraries)}: the time is over.${stays(f.stay)}`,
  'people.imported': (f) =>
    `Read ${bold(f.server)}: ${counted(f.people, 'person', 'people')} with ${counted(f.grants, 'library', 'libraries')} ` +
    `given in Plex before. They keep them until you take them away.`,
  'default.adopted': (f) =>
    `${titles(f.libraries)} is now the default library of ${bold(f.server)}: everybody managed keeps it.`,
  'default.added': (f, _, state) =>
    `${titles(f.libraries)} is a default library of ${bold(f.server)} now: ${counted(f.people, 'person', 'people')} ` +
    (state === 'seen' ? 'got it.' : f.people === 1 ? 'gets it.' : 'get it.'),
  'default.removed': (f, _, state) =>
    `${titles(f.libraries)} is no longer a default library of ${bold(f.server)}: ${counted(f.people, 'person', 'people')} ` +
    (state === 'gone' ? 'lost it.' : f.people === 1 ? 'loses it.' : 'lose it.'),
  'drift.found': (f, c) =>
    [
      f.added.length > 0
        ? `${who(c)} has ${titles(f.added)} in Plex, and nobody gave it here.`
        : '',
      f.removed.length > 0
        ? `${who(c)} should have ${titles(f.removed)}, and Plex does not share it.`
        : '',
    ]
      .filter((line) => line !== '')
      .join('\n'),
  'drift.cameBack': (f, c) =>
    `${titles(f.libraries)} came back after a revoke: Plex shows ${f.libraries.length === 1 ? 'it' : 'them'} for ${who(c)} again, and nobody gave that here.`,
  'accident.undone': (f, c, state) =>
    `Plex gave ${who(c)} everything, because ${titles(f.lost)} ${f.lost.length === 1 ? 'was' : 'were'} gone when the change arrived.` +
    (f.libraries.length === 0
      ? ''
      : ` I ${state === 'gone' ? 'took' : 'take'} ${titles(f.libraries)} back.`),
  'policy.stuck': (f, c) =>
    `${who(c)} keeps ${titles(f.libraries)} for now: nothing else is left, and Plex lists no default library to keep. Make one with /library default add.`,
  'policy.changed': (f) =>
    `When the last library of somebody on ${bold(f.server)} ends: ${policyWords[f.after]}. Before: ${policyWords[f.before]}.`,
  'setting.changed': (f) =>
    `${escapeName(f.setting)}: ${escapeName(f.after)}. Before: ${escapeName(f.before)}.`,
  'share.gone': (f, c) =>
    `${who(c)} left the server or declined. ${titles(f.libraries)} is not shared any more.`,
  'person.linked': (f, c) => `<@${f.member}> is ${who(c)} in Plex.`,
  'person.unlinked': (f, c) => `<@${f.member}> is no longer ${who(c)} in Plex.`,
  'person.merged': (f, c) =>
    `${bold(f.was)} turned out to be ${who(c)} in Plex. What was given to either is in one place now.`,
  'role.bound': (f) => `<@&${f.role}> gives ${powerName[f.power]} from now on.`,
  'role.unbound': (f) => `<@&${f.role}> no longer gives ${powerName[f.power]}.`,
  ...setupWording,
};

/** The sentence of a case: what happened, as far as Plex shows it. */
export const told = (c: Case, state: CaseState): string => {
  // The table is complete by its type; which entry fits which facts is what TypeScript cannot follow.
  const tell = wording[c.facts.type] as (facts: CaseFacts, c: Case, state: CaseState) => string;
  return tell(c.facts, c, state);
};
