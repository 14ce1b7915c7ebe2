import type { CaseFacts } from '../core/cases.js';
import type { PersonId, ServerId } from '../core/model.js';
import type { Tables } from '../store/store.js';
import { openFile } from './caseFiles.js';
import { giverOf } from './parts.js';
import type { Parts, Standing } from './parts.js';
import { openCase } from './record.js';
import type { CaseHead } from './record.js';
import { tellFiles } from './tell.js';
import type { Told } from './tell.js';

/** What is changed, and what its case says. */
export interface Change {
  readonly facts: CaseFacts;
  readonly personId: PersonId | null;
  readonly serverId?: ServerId | null;
  readonly change: (tables: Tables) => Promise<void>;
}

/** Who acts, for a case about nobody in particular. */
export const headOf = (standing: Standing, at: Date): CaseHead => ({
  guildId: standing.guildId,
  personId: null,
  serverId: null,
  actorId: giverOf(standing),
  reason: null,
  at,
});

/** A change that Plex has no part in: done with its case in one transaction, and told at once. */
export async function note(
  parts: Parts,
  standing: Standing,
  { facts, personId, serverId = null, change }: Change,
): Promise<Told> {
  const { store, clock } = parts;
  const head = { ...headOf(standing, clock.now()), personId, serverId };
  const caseId = await store.transaction(async (tables) => {
    await change(tables);
    return openCase(tables, head, facts);
  });
  parts.knock(standing.guildId);
  return tellFiles([await openFile(store, caseId)], clock.now());
}
