import type { Told } from './audit.js';
import type { Happening } from './facts.js';
import type { Libraries } from './libraries.js';
import type { Command, Library, PeopleMove } from './moves.js';
import type { Cast } from './stage.js';

/** Something that was ordered, and what its asker was told. */
export interface Sent {
  readonly order: Command | PeopleMove;
  readonly at: number;
  /** Stands in its case, wherever it is told. */
  readonly says: RegExp;
  /** Whether it was for somebody who must accept first. */
  readonly isInvite: boolean;
  /** When its asker was told that it is recorded; null: never. */
  knownAt: number | null;
}

/** Libraries that an order gives. */
export const givenBy = ({ order }: Sent): readonly Library[] => {
  if (order.kind === 'panel') return order.gives;
  const isGiving = order.kind === 'grant' || order.kind === 'extend';
  return isGiving ? [order.library] : [];
};

/** Libraries that it takes by name. */
export const takenBy = ({ order }: Sent): readonly Library[] => {
  if (order.kind === 'panel') return order.ends;
  return order.kind === 'revoke' && order.library !== 'all' ? [order.library] : [];
};

/** What somebody is called: before they accept only their address is known, and it is masked. */
export function namesOf({ name, email }: Cast): readonly string[] {
  const [user = '', host = ''] = email.split('@');
  const masked = `${user.slice(0, 1)}•••@${host.slice(0, 1)}•••${host.slice(host.lastIndexOf('.'))}`;
  return [name, name.toLowerCase(), masked];
}

const anyOf = (cast: Cast): string =>
  `\\*\\*(?:${namesOf(cast)
    .map((one) => one.replaceAll('.', '\\.'))
    .join('|')})\\*\\*`;

/** The words of the case of an order for all that a person has. */
export function wordsFor(how: Extract<PeopleMove, { kind: 'people' }>['how'], cast: Cast): RegExp {
  const who = anyOf(cast);
  const says = {
    'hands off': `Hands off ${who}`,
    'hands on': `looks after ${who} again`,
    remove: `${who} is (?:being )?removed from Plex`,
  };
  return new RegExp(says[how]);
}

/** What was recorded of all that was sent, at the instants and in the order of its cases; `fresh`: told since. */
export function recordedOf(
  sent: readonly Sent[],
  fresh: readonly Told[],
  libraries: Libraries,
): readonly Happening[] {
  const used = new Set<Told>();
  const found = sent.flatMap((one) =>
    wantedOf(one).flatMap((library) => {
      const told = fresh.find(
        (told) =>
          !used.has(told) &&
          one.says.test(told.text) &&
          (one.order.kind !== 'panel' ||
            (library !== 'all' && libraries.isIn(withoutStaying(told.text), library))),
      );
      if (!told) return [];
      used.add(told);
      return [{ sent: one, library, told }];
    }),
  );
  let last = 0;
  return found
    .sort((a, b) => a.told.number - b.told.number)
    .map(({ sent: one, library, told }) => {
      last = Math.max(last, one.at);
      return happeningOf(one, { library, text: told.text, at: last });
    });
}

/** What each has a case of its own for. */
function wantedOf({ order }: Sent): readonly (Library | 'all')[] {
  if (order.kind === 'panel') return [...order.gives, ...order.ends];
  return order.kind === 'people' ? ['all'] : [order.library];
}

/** Of what stays, the case says nothing else. */
const withoutStaying = (text: string): string => text.replace(/[^.\n]*\bstays?\./g, '');

function happeningOf(
  { order, at: sentAt, isInvite }: Sent,
  {
    library,
    text,
    at,
  }: { readonly library: Library | 'all'; readonly text: string; readonly at: number },
): Happening {
  const { who } = order;
  if (order.kind === 'people') {
    return { kind: order.how === 'remove' ? 'removed' : order.how, who, at };
  }
  const isTaking = order.kind === 'panel' && library !== 'all' && order.ends.includes(library);
  if (order.kind === 'revoke' || isTaking || library === 'all')
    return { kind: 'revoked', who, library, at };
  const from = order.kind === 'grant' && order.from !== null ? sentAt + order.from : null;
  const until = order.until === null ? null : sentAt + order.until;
  const isChange = /before it was/.test(text);
  return { kind: 'granted', who, library, from, until, isChange, isInvite, at };
}
