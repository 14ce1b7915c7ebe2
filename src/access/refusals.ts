import { maskEmail } from '../core/text.js';
import type { PersonRow } from '../store/rows.js';

type Invited = Pick<PersonRow, 'accountId' | 'invitedAs' | 'email'>;

interface Advice {
  readonly said: RegExp;
  readonly advise: (person: Invited) => string;
}

const advices: readonly Advice[] = [
  {
    said: /yourself|your own|yours?elf/i,
    advise: () => 'That is the owner of the server, who has everything anyway.',
  },
  {
    said: /limit|maximum|too many|no more (users|friends|people)/i,
    advise: () => 'Plex lets an owner share with about 100 people: end the share of another first.',
  },
  {
    said: /invalid|not found|could not be found|does(n't| not) exist|unknown/i,
    advise: ({ accountId, invitedAs, email }) => {
      if (accountId !== null) return 'Plex does not know that account any more: use /sync.';
      return (invitedAs || email).includes('@')
        ? 'Plex does not take that address: check every letter, and use /grant again.'
        : 'Plex knows nobody of that name: check every letter, or use their e-mail address.';
    },
  },
];

const ADDRESS = /[^\s@"'<>(),;:]+@[^\s@"'<>(),;:]+/g;

/** Why Plex will never take it: its own words, addresses in them masked, and the way out as far as we know one. */
export function refusalSentence(sentence: string, person: Invited): string {
  const words = sentence.replace(ADDRESS, (address) => maskEmail(address)).trim();
  if (words === '') return 'it gave no reason. Check in Plex whether they can be shared with.';
  const advice = advices.find(({ said }) => said.test(words))?.advise(person);
  const closed = /[.!?]$/.test(words) ? words : `${words}.`;
  return advice === undefined ? closed : `${closed} ${advice}`;
}

const SHARING_WITH = /already sharing .*? with (.+?)\.?(?:\s+Please|$)/i;

/** Under which name Plex has the share that it says is there already; null: it does not say. */
export const sharedName = (sentence: string): string | null =>
  SHARING_WITH.exec(sentence)?.[1]?.trim() ?? null;
