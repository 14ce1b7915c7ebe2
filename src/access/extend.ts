import { UserError } from '../core/errors.js';
import { bold, dateTime, until } from '../core/text.js';
import type { OpenGrant } from '../store/grants.js';
import type { PersonRow } from '../store/rows.js';
import { findLibrary, findPerson, libraryName } from './find.js';
import type { NamedLibrary } from './find.js';
import { grant } from './grant.js';
import type { GrantOutcome } from './grant.js';
import type { Parts, Standing } from './parts.js';

/** A wish to have something longer: by a span from its end, or until an instant. Exactly one of the two. */
export interface ExtendWish {
  readonly person: string;
  readonly library: string;
  /** Reads what was typed, counted from the current end. */
  readonly by: ((end: Date) => Promise<Date>) | null;
  readonly until: Date | null;
  readonly reason: string | null;
}

interface Subject {
  readonly person: PersonRow;
  readonly library: NamedLibrary;
  readonly title: string;
  readonly open: OpenGrant | undefined;
}

async function subjectOf({ store }: Parts, { guildId }: Standing, wish: ExtendWish) {
  const person = await findPerson(store, guildId, wish.person);
  const { library, all } = await findLibrary(store, guildId, wish.library);
  const grants = await store.grants.open(library.serverId, [person.id]);
  const open = grants.find((one) => one.libraryId === library.id);
  return { person, library, title: libraryName(library, all), open };
}

/** The end that a grant has now, which must be one that can be moved. */
function endOf({ person, title, open }: Subject, now: Date): Date {
  const who = bold(person.title);
  if (!open || (open.endsAt !== null && open.endsAt <= now)) {
    throw new UserError(
      'nothing-to-extend',
      `${who} does not have ${bold(title)} now. Use /grant to give it.`,
    );
  }
  if (open.endsAt === null) {
    throw new UserError(
      'no-end',
      `${who} has ${bold(title)} ${until(null)}, so there is no end to move. Use /grant to set one.`,
    );
  }
  return open.endsAt;
}

/** Moves the end of an open grant to a later one. */
export async function extend(
  parts: Parts,
  standing: Standing,
  wish: ExtendWish,
): Promise<GrantOutcome> {
  if ((wish.by === null) === (wish.until === null)) {
    throw new UserError('by-or-until', 'Say either by how much, or until when: one of the two.');
  }
  const subject = await subjectOf(parts, standing, wish);
  const end = endOf(subject, parts.clock.now());
  const later = wish.until ?? (await wish.by?.(end)) ?? end;
  if (later <= end) {
    throw new UserError(
      'not-later',
      `${bold(subject.person.title)} has ${bold(subject.title)} until ${dateTime(end)}, and ${dateTime(later)} is not later. Use /grant to shorten it.`,
    );
  }
  const { person, library } = subject;
  return grant(parts, standing, {
    person: person.id,
    library: library.id,
    // A planned one keeps its start.
    from: subject.open && subject.open.startsAt > parts.clock.now() ? subject.open.startsAt : null,
    until: later,
    reason: wish.reason,
    confirmed: null,
  });
}
