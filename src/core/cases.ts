import type { CaseId, DiscordUserId, Power, RoleId, SectionId } from './model.js';
import { powerName } from './power.js';
import { caseState, isOvertaken, latest, receiptLine } from './receipts.js';
import type { CaseState, Receipt } from './receipts.js';
import { bold, counted, dateTime, escapeText, exactTime, listed, until } from './text.js';
import type { Tone } from './text.js';

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
  | { readonly type: 'share.gone'; readonly libraries: readonly LibraryFact[] }
  | { readonly type: 'person.linked'; readonly member: DiscordUserId }
  | { readonly type: 'person.unlinked'; readonly member: DiscordUserId }
  | { readonly type: 'role.bound'; readonly role: RoleId; readonly power: BoundPower }
  | { readonly type: 'role.unbound'; readonly role: RoleId; readonly power: BoundPower };

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

const LONGEST_REASON = 200;

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
  'share.gone': (f, c) =>
    `${who(c)} left the server or declined. ${titles(f.libraries)} is not shared any more.`,
  'person.linked': (f, c) => `<@${f.member}> is ${who(c)} in Plex.`,
  'person.unlinked': (f, c) => `<@${f.member}> is no longer ${who(c)} in Plex.`,
  'role.bound': (f) => `<@&${f.role}> gives ${powerName[f.power]} from now on.`,
  'role.unbound': (f) => `<@&${f.role}> no longer gives ${powerName[f.power]}.`,
};

const told = (c: Case, state: CaseState): string => {
  // The table is complete by its type; which entry fits which facts is what TypeScript cannot follow.
  const tell = wording[c.facts.type] as (facts: CaseFacts, c: Case, state: CaseState) => string;
  return tell(c.facts, c, state);
};

const word: Record<CaseState, string> = {
  recorded: 'Recorded',
  seen: 'Seen in Plex',
  gone: 'Gone from Plex',
  refused: 'Refused',
  open: 'Still open',
};

const toneOf: Record<CaseState, Tone> = {
  recorded: 'waiting',
  seen: 'done',
  gone: 'gone',
  refused: 'refused',
  open: 'attention',
};

/** `Case 41 · Seen in Plex <t:…>`: the fixed words that end every message about a case. */
export function caseWord(c: Case, receipts: readonly Receipt[], now: Date): string {
  const state = caseState(receipts, now);
  const at =
    (state === 'seen' || state === 'gone' ? latest(receipts.map((r) => r.seenAt)) : null) ?? c.at;
  return `Case ${c.number} · ${word[state]} ${exactTime(at)}`;
}

/** One case told to the audit channel or to its asker: markdown, safe to post. */
export function tellCase(
  c: Case,
  receipts: readonly Receipt[],
  now: Date,
): { readonly tone: Tone; readonly text: string } {
  const state = caseState(receipts, now);
  const by = c.actor === null ? null : `By <@${c.actor}>`;
  const why = c.reason === null ? null : `Why: ${escapeText(c.reason, LONGEST_REASON)}`;
  const refused = receipts.find((r) => r.closedAs === 'refused')?.why;
  const lines = [
    told(c, state),
    [by, why].filter((part) => part !== null).join(' · '),
    state === 'refused'
      ? `Plex refused${refused ? `: ${escapeText(refused, LONGEST_REASON)}` : '.'}`
      : '',
    state === 'open' ? 'Plex does not show it yet. I try again until it does.' : '',
    state === 'recorded' && isOvertaken(receipts) ? 'A later case took its place.' : '',
    receiptLine(receipts) ?? '',
    `-# ${caseWord(c, receipts, now)}`,
  ];
  const isQuiet = state === 'recorded' && isOvertaken(receipts);
  return {
    tone: receipts.length === 0 ? quietTone(c.facts) : isQuiet ? 'neutral' : toneOf[state],
    text: lines.filter((line) => line !== '').join('\n'),
  };
}

/** A case that changes nothing in Plex by itself. */
function quietTone(facts: CaseFacts): Tone {
  if (facts.type === 'grant.created') return 'waiting';
  if (facts.type === 'grant.changed') return 'done';
  return facts.type === 'drift.found' || facts.type === 'share.gone' ? 'attention' : 'neutral';
}
