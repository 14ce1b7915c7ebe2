import type { PeoplePage } from '../../access/peoplePage.js';
import type { LibraryPortrait, Portrait, ServerPortrait } from '../../access/portrait.js';
import { bold, counted, escapeText, exactTime, shortTime } from '../../core/text.js';

type Listed = PeoplePage['people'][number];

const KINDS: Readonly<Record<Listed['kind'], string>> = {
  friend: 'friend',
  home: 'member of the Plex Home',
  managed: 'managed member of the Plex Home',
  invited: 'invited',
};

/** "Films, Shows and 3 more": what somebody has now, in a line that a phone shows whole. */
function has({ active, titles, shown, scheduled }: Listed): string {
  if (active === 0) {
    if (scheduled > 0) return 'nothing yet';
    return shown === 0 ? 'nothing given' : `nothing given, ${shown} in Plex`;
  }
  const named = titles.map((title) => escapeText(title, 16));
  const more = active - named.length;
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(' and ');
}

function next({ nextStart, nextEnd }: Listed): string {
  const starts = nextStart !== null && (nextEnd === null || nextStart <= nextEnd);
  if (starts) return `begins ${shortTime(nextStart)}`;
  return nextEnd === null ? '' : `ends ${shortTime(nextEnd)}`;
}

/** Two short lines for one person: what they have, then when that changes and what is the matter. */
export function personLine(person: Listed): string {
  const { title, goneAt, pending, drifted, open } = person;
  const notes = [
    goneAt === null ? next(person) : `gone since ${shortTime(goneAt)}`,
    pending ? 'not accepted yet' : '',
    drifted ? '⚠️ otherwise in Plex' : '',
    open > 0 ? `⏳ ${open} on the way` : '',
  ].filter((note) => note !== '');
  const small = notes.length === 0 ? '' : `\n-# ${notes.join(' · ')}`;
  return `${bold(title)} · ${has(person)}${small}`;
}

/** "friend · linked to <@…> · next change …". */
export function headLine({ kind, members, goneAt, nextChange, email }: Portrait): string {
  const parts = [
    KINDS[kind],
    email === '' ? '' : escapeText(email, 100),
    goneAt === null ? '' : `gone since ${shortTime(goneAt)}`,
    members.length === 0 ? 'not linked' : `is ${members.map((id) => `<@${id}>`).join(' and ')}`,
    nextChange === null ? 'nothing changes by itself' : `next change ${shortTime(nextChange)}`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** What Plex shows of somebody on one server, and whether Usher keeps it so. */
export function serverLine(server: ServerPortrait): string {
  const { name, readAt, shown, hasAll, isPending, isManaged, isHandsOff } = server;
  const what = hasAll
    ? 'has everything, also libraries to come'
    : `Plex shows ${counted(shown, 'library', 'libraries')}`;
  return [
    `On ${bold(name)}`,
    readAt === null ? 'not read yet' : `${what} (${exactTime(readAt)})`,
    isPending ? 'not accepted yet' : '',
    isHandsOff ? 'hands off' : isManaged ? '' : 'not looked after yet',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

/** How a person stands to a library, in one line. */
export const libraryLine = (library: LibraryPortrait, now: Date): string =>
  `${bold(library.title)} · ${libraryState(library, now)}`;

/** Likewise, without its name. */
export function libraryState(library: LibraryPortrait, now: Date): string {
  const { isKept, isShown, grant, order } = library;
  const parts = [
    grant === null ? '' : spanOf(grant, now),
    isKept ? 'default, kept' : '',
    grant === null && !isKept ? without(library) : '',
    order === null ? '' : `⏳ ${order.want === 'add' ? 'being given' : 'being taken'}`,
    isMissing(library, now) && !isShown ? '⚠️ not in Plex' : '',
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

const without = ({ isShown, order, isDefault }: LibraryPortrait): string => {
  if (order !== null) return '';
  if (isShown) return 'by hand in Plex';
  return isDefault ? 'default, goes without it' : 'not given';
};

const spanOf = ({ startsAt, endsAt }: NonNullable<LibraryPortrait['grant']>, now: Date): string => {
  const end = endsAt === null ? 'no end' : `until ${shortTime(endsAt)}`;
  return startsAt > now ? `from ${shortTime(startsAt)} ${end}` : end;
};

const isMissing = ({ grant, isKept, order }: LibraryPortrait, now: Date): boolean =>
  order === null && (isKept || (grant !== null && grant.startsAt <= now));

/** Whether there is anything to say of a library beside that nobody gave it. */
export const isConcerned = ({ grant, isKept, isShown, order }: LibraryPortrait): boolean =>
  grant !== null || isKept || isShown || order !== null;
