import { UserError } from '../core/errors.js';
import type { Span } from '../core/cases.js';
import type { GrantVerdict } from '../core/rules.js';
import { bold, dateTime, until } from '../core/text.js';
import type { OpenGrant } from '../store/grants.js';
import type { PersonRow } from '../store/rows.js';
import type { NamedLibrary } from './find.js';
import type { GrantWish } from './grantWish.js';
import type { Standing } from './parts.js';
import type { Held } from './record.js';

/** A wish with all that decides it, inside the transaction that holds the share. */
export interface GrantCase {
  readonly standing: Standing;
  readonly wish: GrantWish;
  readonly person: PersonRow;
  readonly library: NamedLibrary;
  readonly title: string;
  readonly held: Held;
  readonly open: OpenGrant | null;
  readonly verdict: GrantVerdict;
}

type Refused = Extract<GrantVerdict, { kind: 'refuse' }>['why'];

interface Refusal {
  readonly wish: Pick<GrantWish, 'from' | 'until'>;
  readonly person: Pick<PersonRow, 'title'>;
  readonly title: string;
  readonly open: Span | null;
}

const spanOf = ({ startsAt, endsAt }: Span, now: Date): string =>
  startsAt > now ? `from ${dateTime(startsAt)} ${until(endsAt)}` : until(endsAt);

const instant = (at: Date | null): string => (at === null ? 'then' : dateTime(at));

/** Why a wish cannot be met, and the way out. */
export function refuseWish(why: Refused, c: Refusal, now: Date): UserError {
  const { wish, person, title, open } = c;
  switch (why) {
    case 'ends-before-start':
      return new UserError(
        'ends-before-start',
        `That would end (${instant(wish.until)}) before it starts (${instant(wish.from)}). Choose a later end.`,
      );
    case 'ends-in-past':
      return new UserError(
        'ends-in-past',
        `That end (${instant(wish.until)}) is over already. Choose one that lies ahead.`,
      );
    case 'apart':
      return new UserError(
        'apart',
        `${bold(person.title)} has ${bold(title)} ${open ? spanOf(open, now) : ''}, and the new time does not touch it. Use /extend to move that end, or choose a time that touches it.`,
      );
  }
}

/** Asks before access ends earlier or starts later: both spans are shown. */
export function question(
  { person, title }: GrantCase,
  { before, after }: { before: Span; after: Span },
  now: Date,
) {
  const isLater = after.startsAt > before.startsAt;
  const has = `${bold(person.title)} has ${bold(title)} ${isLater ? both(before) : spanOf(before, now)}.`;
  const end = after.endsAt === null ? 'without end' : `to ${dateTime(after.endsAt)}`;
  const asked = isLater ? `Change it to ${both(after)}?` : `Shorten it ${end}?`;
  return { kind: 'ask' as const, text: `${has} ${asked}`, before, after };
}

const both = ({ startsAt, endsAt }: Span): string => `from ${dateTime(startsAt)} ${until(endsAt)}`;

const hasAll = ({ held }: GrantCase): boolean => held.stored.share.observed?.all === true;

/** Whether an order costs nothing that the asker does not know of. */
export const isWarned = (c: GrantCase): boolean => !hasAll(c) || c.wish.isWarned === true;

/** A question about a wish, with what an order costs somebody who has everything in Plex. */
export function warning(
  c: GrantCase,
  asked: { readonly text: string; readonly before: Span; readonly after: Span } | null,
) {
  const lost = `${bold(c.person.title)} has everything in Plex, also libraries to come. With the first library that is taken away, that is lost for good.`;
  const text = [asked?.text ?? '', hasAll(c) ? lost : ''].filter((part) => part !== '').join('\n');
  const { before, after } = asked ?? { before: null, after: null };
  return { kind: 'ask' as const, text, before, after, isWarned: hasAll(c) };
}

/** Granted, not on order, and not in Plex: somebody took it away there by hand. */
export function isMissing({ held, library, open }: GrantCase): boolean {
  const { observed, orders } = held.stored.share;
  const isOrdered = orders.some((order) => order.section === library.sectionId);
  return (
    open !== null &&
    open.startsAt <= held.stored.share.lookedAt &&
    !isOrdered &&
    observed?.sections.includes(library.sectionId) === false
  );
}

/** In Plex, though nobody gave it here and no default keeps it there. */
export function isByHand({
  held: { stored, entitlement },
  library: { sectionId },
}: GrantCase): boolean {
  const { observed, orders, managed, exempt } = stored.share;
  const isKept = managed && entitlement.defaults.includes(sectionId) && !exempt.includes(sectionId);
  const isOrdered = orders.some((order) => order.section === sectionId);
  return observed?.sections.includes(sectionId) === true && !isKept && !isOrdered;
}
