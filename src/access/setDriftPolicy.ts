import type { CaseFacts } from '../core/cases.js';
import { driftPolicyWords } from '../core/driftCases.js';
import type { DriftPolicy } from '../core/model.js';
import { counted } from '../core/text.js';
import { note } from './note.js';
import type { Parts, Standing } from './parts.js';
import { guildOf, setAlready } from './settings.js';
import type { Told } from './tell.js';

/** What is to become of drift by itself. */
export interface DriftPolicyWish {
  readonly policy: DriftPolicy;
  /** What it does with what is otherwise in Plex now has been shown, and is wanted. */
  readonly confirmed: boolean;
}

export type DriftPolicyOutcome =
  { readonly kind: 'done'; readonly told: Told } | { readonly kind: 'ask'; readonly text: string };

/** Chooses what becomes of drift by itself; what is open now is shown before a policy acts on it. */
export async function setDriftPolicy(
  parts: Parts,
  standing: Standing,
  { policy, confirmed }: DriftPolicyWish,
): Promise<DriftPolicyOutcome> {
  const { driftPolicy: before } = await guildOf(parts, standing);
  const setting = 'What is otherwise in Plex';
  if (before === policy) throw setAlready(setting, driftPolicyWords[policy]);
  if (policy !== 'report' && !confirmed) {
    const now = parts.clock.now();
    const { drifted } = await parts.store.directory.count({
      guildId: standing.guildId,
      search: '',
      now,
    });
    const people = counted(drifted, 'person', 'people');
    const text = [
      `What is otherwise in Plex is then ${driftPolicyWords[policy]}, once two looks show it the same. What takes something from too many people at once waits for an Admin.`,
      drifted === 0
        ? 'Nothing is otherwise in Plex now.'
        : `That begins with ${people} for whom something is otherwise in Plex now.`,
    ].join('\n');
    return { kind: 'ask', text };
  }
  const facts: CaseFacts = {
    type: 'setting.changed',
    setting,
    before: driftPolicyWords[before],
    after: driftPolicyWords[policy],
  };
  const told = await note(parts, standing, {
    facts,
    personId: null,
    change: (tables) => tables.guilds.set(standing.guildId, { driftPolicy: policy }),
  });
  return { kind: 'done', told };
}
