import { z } from 'zod';
import { policyWords } from '../core/caseWords.js';
import { endPolicyOf } from '../core/decide.js';
import type { EndPolicy } from '../core/model.js';
import { bold } from '../core/text.js';
import type { ServerRow } from '../store/rows.js';
import type { Loss } from './brake.js';
import type { Parts } from './parts.js';

/** How much an end policy takes from whoever has nothing else left. */
const TAKES: Readonly<Record<EndPolicy, number>> = { 'keep-default': 0, unshare: 1, remove: 2 };

/** Who loses more by a policy when their last library ends than by the one that is set. */
export async function policyLoss(
  { store }: Pick<Parts, 'store'>,
  server: Pick<ServerRow, 'id' | 'name' | 'endPolicy'>,
  policy: EndPolicy,
): Promise<Loss> {
  const shares = await store.shares.on(server.id, null);
  const managed = shares.filter(({ share }) => share.managed && share.observed?.row);
  const endings = await store.endings.on(server.id, null);
  const { defaults, gone } = await store.grants.libraries(server.id);
  const people = managed
    .map(({ personId }) => personId)
    .filter((personId) => {
      const ending = endings.get(personId);
      if (!ending) return false;
      const takes = (chosen: EndPolicy) =>
        // Whether a friend may be removed is found out when it comes to it: here each is counted.
        TAKES[
          endPolicyOf({
            grants: [],
            defaults,
            gone,
            ending: { ...ending, policy: chosen, isRemovable: true },
          })
        ];
      return takes(policy) > takes(server.endPolicy);
    });
  const words = `change what happens on ${bold(server.name)} when a last library ends: ${policyWords[policy]}`;
  return { words, people };
}

/** A wish to change an end policy, as it is stored. */
export const storedPolicy = z.object({
  server: z.string(),
  policy: z.enum(['keep-default', 'unshare', 'remove']),
});
