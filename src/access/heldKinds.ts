import type { HeldKind } from './brake.js';
import { heldDefault } from './defaults.js';
import { heldDrift } from './driftPolicy.js';
import type { HeldUse } from './heldUse.js';
import { heldPolicy } from './heldPolicy.js';

/** Every use case that can be held, by the name it is stored under. */
const heldKinds: Partial<Readonly<Record<HeldKind, HeldUse>>> = {
  default: heldDefault,
  drift: heldDrift,
  'end-policy': heldPolicy,
};

/** The use case that was stored under a name; null: it is of another release. */
export const heldUse = (kind: string): HeldUse | null =>
  Object.hasOwn(heldKinds, kind) ? (heldKinds[kind as HeldKind] ?? null) : null;
