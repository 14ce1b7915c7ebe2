import type { HeldUse } from './heldUse.js';
import { findServer } from './findServer.js';
import { policyLoss, storedPolicy } from './policyLoss.js';
import { setEndPolicy } from './settings.js';

/** Another end policy, held until a second Admin agrees. */
export const heldPolicy: HeldUse = {
  async weigh(parts, { guildId }, wish) {
    const { server: id, policy } = storedPolicy.parse(wish);
    return policyLoss(parts, await findServer(parts.store, guildId, id), policy);
  },
  async carryOut(parts, standing, { wish, count }) {
    const stored = storedPolicy.parse(wish);
    const server = await findServer(parts.store, standing.guildId, stored.server);
    const { people } = await policyLoss(parts, server, stored.policy);
    if (people.length !== count) return null;
    const outcome = await setEndPolicy(parts, standing, {
      ...stored,
      confirmed: true,
      isAgreed: true,
    });
    return outcome.kind === 'done' ? { caseIds: [], people: [], servers: [] } : null;
  },
};
