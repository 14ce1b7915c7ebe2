import type { Case, CaseFacts, Lacking, LibraryFact, MovedPeople, Span } from './cases.js';
import { driftNote, driftWording } from './driftCases.js';
import type { EndPolicy } from './model.js';
import { powerName } from './power.js';
import type { CaseState } from './receipts.js';
import { setupWording } from './setupCases.js';
import { bold, counted, dateTime, escapeName, listed, until } from './text.js';

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

/** The rest of what a move does, a line each. */
export const movedWords = ({ later, joined, apart, left }: MovedPeople): string =>
  [
    later > 0 && `${counted(later, 'person gets', 'people get')} it later, as planned.`,
    joined > 0 && `${counted(joined, 'person has', 'people have')} both: the longer time counts.`,
    apart > 0 &&
      `${counted(apart, 'person has', 'people have')} it at another time: nothing is changed for them.`,
    left > 0 &&
      `${counted(left, 'person', 'people')} left the server: use /grant to invite them again.`,
  ]
    .map((line) => (line === false ? '' : `\n${line}`))
    .join('');

type Facts<K extends CaseFacts['type']> = CaseFacts & { readonly type: K };
type Wording<K extends CaseFacts['type']> = (facts: Facts<K>, c: Case, state: CaseState) => string;

/** Somebody who has not accepted can watch nothing yet. */
const gets = (c: Case, state: CaseState): string => {
  if (state !== 'seen') return `${who(c)} gets`;
  return c.waiting ? `${who(c)} has not accepted yet, and is invited to` : `${who(c)} can watch`;
};

const behind = ({ waiting }: Case): string =>
  waiting?.behind ? ` The Plex account behind that name is ${waiting.behind}.` : '';

const loses = (c: Case, state: CaseState): string =>
  state === 'gone' ? `${who(c)} no longer has` : `${who(c)} loses`;

/** What an end policy does, as it is told. */
export const policyWords: Readonly<Record<EndPolicy, string>> = {
  'keep-default': 'they keep the default library, and leave the server where there is none',
  unshare: 'they leave the server',
  remove: 'they are removed from the friends of the owner, and from all servers of the owner',
};

const goesAt = ({ endsAt }: Span): string => (endsAt === null ? 'when you take it' : 'at the end');

const withdrawn = (c: Case, state: CaseState, libraries: readonly LibraryFact[]): string =>
  state === 'gone'
    ? `The invitation of ${who(c)} to ${titles(libraries)} is withdrawn.`
    : `${who(c)} has not accepted yet: the invitation to ${titles(libraries)} is being withdrawn.`;

/** What is in a library, by Plex's word for its kind. */
const contents: Readonly<Record<string, string>> = {
  movie: 'films',
  show: 'series',
  artist: 'music',
  photo: 'photos',
};

const ofKind = (kind = ''): string => {
  const content = contents[kind];
  return content === undefined ? '' : `, a library of ${content},`;
};

/** Told of the past, so that it stays true when they are given it later. */
const without = (lacking: readonly Lacking[]): string =>
  lacking
    .map(
      (one) =>
        `\n${one.people} of them came without ${bold(one.title)}, a default library: nothing was changed for them.`,
    )
    .join('');

const asked = ({ drift }: Case): string => (drift === undefined ? '' : driftNote[drift]);

const byPolicy = ({ actor }: Case): string =>
  actor === null ? '\nThe drift policy of this Discord server did it.' : '';

const wording: { readonly [K in CaseFacts['type']]: Wording<K> } = {
  'grant.created': (f, c, state) =>
    `${gets(c, state)} ${titles(f.libraries)} ${spanOf(f.span, c.at)}.${behind(c)}` +
    (f.byHand ? ` ${who(c)} already has it by hand; it will go ${goesAt(f.span)}.` : ''),
  'grant.renewed': (f, c, state) =>
    `${gets(c, state)} ${titles(f.libraries)} again ${spanOf(f.span, c.at)}; Plex did not share it.`,
  'grant.changed': (f, c) =>
    `${who(c)} has ${titles(f.libraries)} ${spanOf(f.span, c.at)}; before it was ${spanOf(f.before, c.at)}.`,
  'grant.revoked': (f, c, state) =>
    (f.invitation
      ? withdrawn(c, state, [...f.libraries, ...f.byHand])
      : `${loses(c, state)} ${titles([...f.libraries, ...f.byHand])}.`) +
    (f.byHand.length > 0 ? ` ${titles(f.byHand)} was given in Plex by hand.` : '') +
    stays(f.stay),
  'grant.started': (f, c, state) => `${gets(c, state)} ${titles(f.libraries)}, as planned.`,
  'grant.ended': (f, c, state) =>
    f.invitation
      ? `The time is over. ${withdrawn(c, state, f.libraries)}`
      : f.stay.length === f.libraries.length
        ? `The time of ${who(c)} for ${titles(f.libraries)} is over. As a default it stays.`
        : `${loses(c, state)} ${titles(f.libraries)}: the time is over.${stays(f.stay)}`,
  'people.imported': (f) =>
    `Read ${bold(f.server)}: ${counted(f.people, 'person', 'people')} with ${counted(f.grants, 'library', 'libraries')} ` +
    `given in Plex before. They keep them until you take them away.` +
    without(f.lacking ?? []),
  'default.adopted': (f) =>
    `${titles(f.libraries)}${ofKind(f.kind)} is now the default library of ${bold(f.server)}: everybody managed keeps it.`,
  'default.given': (f, _, state) =>
    `${counted(f.people, 'person', 'people')} on ${bold(f.server)} who came without ${titles(f.libraries)} ` +
    (state === 'seen' ? 'got' : f.people === 1 ? 'gets' : 'get') +
    ` ${f.libraries.length === 1 ? 'it' : 'them'} too.`,
  'default.added': (f, _, state) =>
    `${titles(f.libraries)} is a default library of ${bold(f.server)} now: ${counted(f.people, 'person', 'people')} ` +
    (state === 'seen' ? 'got it.' : f.people === 1 ? 'gets it.' : 'get it.'),
  'default.removed': (f, _, state) =>
    `${titles(f.libraries)} is no longer a default library of ${bold(f.server)}: ${counted(f.people, 'person', 'people')} ` +
    (state === 'gone' ? 'lost it.' : f.people === 1 ? 'loses it.' : 'lose it.'),
  'library.moved': (f, _, state) =>
    `What people had of ${bold(f.was)}, deleted in Plex, is now for ${titles(f.libraries)} on ${bold(f.server)}: ` +
    (f.moved.now === 0 ? 'nobody' : counted(f.moved.now, 'person', 'people')) +
    (state === 'seen' ? ' got it.' : f.moved.now < 2 ? ' gets it now.' : ' get it now.') +
    movedWords(f.moved),
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
      .join('\n') + asked(c),
  'drift.cameBack': (f, c) =>
    `${titles(f.libraries)} came back after a revoke: Plex shows ${f.libraries.length === 1 ? 'it' : 'them'} for ${who(c)} again, and nobody gave that here.${asked(c)}`,
  'drift.adopted': (f, c) => driftWording[f.type](f, who(c)) + byPolicy(c),
  'drift.reverted': (f, c, state) => driftWording[f.type](f, who(c), state) + byPolicy(c),
  'drift.ignored': (f, c) => driftWording[f.type](f, who(c)),
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
    (f.invitation
      ? `${who(c)} declined the invitation, or it was cancelled in Plex. `
      : `${who(c)} left the server or declined, or was removed in Plex. `) +
    `${titles(f.libraries)} ${f.libraries.length === 1 ? 'is' : 'are'} not shared any more. ` +
    'Use /grant to invite them again, or /revoke to end what they still have here.',
  'invite.accepted': (f, c) =>
    `${who(c)} accepted the invitation and can watch ${titles(f.libraries)}.`,
  'person.linked': (f, c) => `<@${f.member}> is ${who(c)} in Plex.`,
  'person.unlinked': (f, c) => `<@${f.member}> is no longer ${who(c)} in Plex.`,
  'person.invited': (f, c, state) =>
    state === 'seen' && c.waiting
      ? `${who(c)} is invited, with ${titles(f.libraries)}, and has not accepted yet.${behind(c)}`
      : `${gets(c, state)} ${titles(f.libraries)}, invited before anything else begins.`,
  'person.merged': (f, c) =>
    `${bold(f.was)} turned out to be ${who(c)} in Plex. What was given to either is in one place now.`,
  'person.unmanaged': (f, c) =>
    `Hands off ${who(c)}: Usher neither gives nor takes anything from now on, and nothing was changed in Plex.` +
    (f.libraries.length === 0
      ? ''
      : ` ${titles(f.libraries)} ${f.libraries.length === 1 ? 'stays' : 'stay'} as Plex has it, and no longer ${f.libraries.length === 1 ? 'ends' : 'end'} by itself.`),
  'person.managed': (_, c) =>
    `Usher looks after ${who(c)} again. What Plex shows is taken over, and nothing was changed there.`,
  'person.removed': (f, c, state) =>
    state === 'gone'
      ? `${who(c)} is removed from Plex, and no longer has ${titles(f.libraries)}.`
      : `${who(c)} is being removed from Plex, and loses ${titles(f.libraries)}.`,
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
