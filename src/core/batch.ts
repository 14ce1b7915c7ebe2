import { librariesOf } from './cases.js';
import type { Case, CaseFacts } from './cases.js';
import { caseState } from './receipts.js';
import type { CaseState, Receipt } from './receipts.js';
import { caseTone, caseWord, stateWord, whyLine } from './tellCase.js';
import { bold, counted, listed, plainName } from './text.js';
import type { Tone } from './text.js';

/** A case with what Plex showed of it. */
interface Filed {
  readonly case: Case;
  readonly receipts: readonly Receipt[];
}

/** Each kind of case counted: one, and several. */
export const caseNouns: {
  readonly [K in CaseFacts['type']]: readonly [one: string, many: string];
} = {
  'grant.created': ['grant', 'grants'],
  'grant.renewed': ['grant renewed', 'grants renewed'],
  'grant.changed': ['time changed', 'times changed'],
  'grant.revoked': ['revoke', 'revokes'],
  'grant.started': ['beginning', 'beginnings'],
  'grant.ended': ['end', 'ends'],
  'people.imported': ['import', 'imports'],
  'default.adopted': ['default adopted', 'defaults adopted'],
  'default.given': ['default given', 'defaults given'],
  'default.added': ['default added', 'defaults added'],
  'default.removed': ['default removed', 'defaults removed'],
  'library.moved': ['library moved', 'libraries moved'],
  'drift.found': ['difference in Plex', 'differences in Plex'],
  'drift.cameBack': ['library back after a revoke', 'libraries back after a revoke'],
  'drift.adopted': ['difference adopted', 'differences adopted'],
  'drift.reverted': ['difference reverted', 'differences reverted'],
  'drift.ignored': ['difference ignored', 'differences ignored'],
  'accident.undone': ['accident undone', 'accidents undone'],
  'policy.stuck': ['end that is stuck', 'ends that are stuck'],
  'policy.changed': ['end policy changed', 'end policies changed'],
  'setting.changed': ['setting changed', 'settings changed'],
  'share.gone': ['person who left', 'people who left'],
  'invite.accepted': ['invite accepted', 'invites accepted'],
  'person.invited': ['invite sent early', 'invites sent early'],
  'person.merged': ['two people made one', 'pairs of people made one'],
  'person.linked': ['link', 'links'],
  'person.unlinked': ['link removed', 'links removed'],
  'person.unmanaged': ['person let go', 'people let go'],
  'person.managed': ['person taken over again', 'people taken over again'],
  'person.removed': ['person removed', 'people removed'],
  'role.bound': ['role bound', 'roles bound'],
  'role.unbound': ['role unbound', 'roles unbound'],
  'plex.connected': ['log-in at Plex', 'log-ins at Plex'],
  'server.connected': ['server connected', 'servers connected'],
  'server.moved': ['server at another address', 'servers at other addresses'],
  'server.disconnected': ['server let go of', 'servers let go of'],
  'server.taken-over': ['server taken over', 'servers taken over'],
  'audit-channel.set': ['audit channel set', 'audit channels set'],
};

/** What many cases of one kind come to, where that is a sentence. */
const sentences: Partial<Record<CaseFacts['type'], (people: string) => string>> = {
  'grant.started': (people) => `Access begins for **${people}**, as planned.`,
  'grant.ended': (people) => `Access ends for **${people}**: the time is over.`,
  'grant.revoked': (people) => `Access is taken from **${people}**.`,
  'drift.found': (people) =>
    `Plex has it otherwise for **${people}**, and nobody ordered that here.`,
};

/** So many cases are named; the rest is in the file. */
const NAMED = 8;
const LIBRARIES_NAMED = 2;
/** Eight lines of names of this length, escaped, leave room for the rest of the message. */
const LONGEST_NAME = 40;

/** In this order: what needs somebody stands before what is merely done. */
const TONES: readonly Tone[] = [
  'alarm',
  'refused',
  'attention',
  'waiting',
  'done',
  'gone',
  'neutral',
];

/** The tone of several things told in one message: that of what is most in need of somebody. */
export const loudest = (tones: readonly Tone[]): Tone =>
  TONES.find((tone) => tones.includes(tone)) ?? 'neutral';

/** Many cases in one message: what they come to, how far they are, the first ones by name. A file has all of them. */
export function tellBatch(
  files: readonly Filed[],
  now: Date,
): { readonly tone: Tone; readonly text: string } {
  const told = files.map((file) => ({ ...file, state: caseState(file.receipts, now) }));
  const tones = told.map((one) => caseTone(one.case.facts, one.receipts, one.state));
  const named = told.slice(0, NAMED);
  const rest = told.length - named.length;
  const lines = [
    headline(files),
    common(files),
    progress(told.filter(({ receipts }) => receipts.length > 0).map(({ state }) => state)),
    ...named.map((file) => caseLine(file, now)),
    rest > 0 ? `… and ${rest} more in the file.` : 'The file has them in full.',
    `-# ${counted(files.length, 'case', 'cases')}, ${range(files)}`,
  ];
  return { tone: loudest(tones), text: lines.filter((line) => line !== '').join('\n') };
}

/** "41", or "41 to 340": the numbers of the cases, which may have gaps. */
export function range(files: readonly Filed[]): string {
  const numbers = files.map((file) => file.case.number);
  const [first, last] = [Math.min(...numbers), Math.max(...numbers)];
  return first === last ? `${first}` : `${first} to ${last}`;
}

function headline(files: readonly Filed[]): string {
  const types = [...new Set(files.map((file) => file.case.facts.type))];
  const [only] = types;
  const sentence = only && types.length === 1 ? sentences[only] : undefined;
  const people = new Set(files.map((file) => file.case.person)).size;
  if (sentence) return sentence(counted(people, 'person', 'people'));
  const counts = types.map((type) => {
    const n = files.filter((file) => file.case.facts.type === type).length;
    return counted(n, ...caseNouns[type]);
  });
  return `**${files.length} changes**: ${counts.join(', ')}.`;
}

/** Who did it and why, where that is one answer for all. */
function common(files: readonly Filed[]): string {
  const lines = new Set(files.map((file) => whyLine(file.case)));
  return lines.size === 1 ? ([...lines][0] ?? '') : '';
}

/** "240 gone from Plex · 58 recorded". */
function progress(states: readonly CaseState[]): string {
  const order: readonly CaseState[] = ['refused', 'open', 'recorded', 'seen', 'gone'];
  return order
    .map((state) => ({ state, n: states.filter((one) => one === state).length }))
    .filter(({ n }) => n > 0)
    .map(({ state, n }) => `${n} ${stateWord[state].replace(/^[A-Z]/, (a) => a.toLowerCase())}`)
    .join(' · ');
}

const brief = (name: string): string => plainName(name, LONGEST_NAME);

function caseLine({ case: told, receipts }: Filed, now: Date): string {
  const libraries = librariesOf(told.facts).map((library) => brief(library.title));
  const parts = [
    told.person === null ? caseNouns[told.facts.type][0] : bold(brief(told.person)),
    libraries.length === 0 ? '' : listed(libraries, LIBRARIES_NAMED),
    caseWord(told, receipts, now),
  ];
  return parts.filter((part) => part !== '').join(' · ');
}
