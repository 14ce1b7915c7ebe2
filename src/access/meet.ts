import { foldName } from '../core/reads.js';
import type { Account } from '../core/reads.js';
import type { PersonRow } from '../store/rows.js';
import type { SamePerson } from './census.js';
import type { Subject } from './look.js';
import { merge } from './merge.js';
import type { Parts } from './parts.js';
import type { ListRead } from './readList.js';

interface Met {
  readonly subjects: readonly Subject[];
  readonly list: ListRead;
}

/**
 * Learns from a list which accounts stand behind people who were invited, and who has accepted. Gives those who turned
 * out to be somebody known already, and so must be looked up again.
 */
export async function meet(parts: Parts, { subjects, list }: Met): Promise<readonly SamePerson[]> {
  const merged: SamePerson[] = [];
  for (const { person, stored } of subjects) {
    if (person.kind !== 'invited' && person.accountId !== null) continue;
    const seen = list.accountOf({ person, share: stored.share });
    const same = seen && (await learn(parts, person, seen));
    if (same) merged.push(same);
  }
  return merged;
}

type Seen = Account & { readonly pending: boolean };

async function learn(parts: Parts, person: PersonRow, seen: Seen) {
  const { people } = parts.store;
  const { guildId } = person;
  const { accountId } = seen;
  const isNew = accountId !== null && accountId !== person.accountId;
  const other = isNew ? await people.byAccount(guildId, accountId) : null;
  if (other) {
    const same = { into: other.id, from: person.id };
    return (await merge(parts, guildId, same)) ? same : null;
  }
  const news = {
    kind: seen.pending ? person.kind : ('friend' as const),
    accountId: accountId ?? person.accountId,
    email: foldName(seen.email) || person.email,
    username: seen.username || person.username,
  };
  const isNews = (Object.keys(news) as (keyof typeof news)[]).some(
    (key) => news[key] !== person[key],
  );
  if (isNews) await people.change(person.id, news);
  return null;
}
