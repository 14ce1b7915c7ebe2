import type { Entitlement, Grant, Share } from './model.js';
import { minus, setOf, union } from './sections.js';
import type { Sections } from './sections.js';

/** When a grant ends, early or as planned; null = when it is taken away. */
export const endOf = (grant: Grant): Date | null => grant.revokedAt ?? grant.endsAt;

/** When a grant began to count: never before it was made. */
export const startOf = (grant: Grant): Date =>
  grant.startsAt > grant.createdAt ? grant.startsAt : grant.createdAt;

/** Active in [start, end): at the instant of its end a grant no longer counts. */
export function isActive(grant: Grant, t: Date): boolean {
  const end = endOf(grant);
  return startOf(grant) <= t && (end === null || t < end);
}

/** Whether a grant counts, or counted, at any instant: one cancelled before its start never does. */
export function isEverActive(grant: Grant): boolean {
  const end = endOf(grant);
  return end === null || startOf(grant) < end;
}

/** Whether a grant neither counts at `t` nor ever will again. */
export function isOver(grant: Grant, t: Date): boolean {
  const end = endOf(grant);
  return end !== null && end <= t;
}

/** What a person should see at `t`: active grants, and the default libraries of a managed person. */
export function intendedLibraries(
  {
    share,
    entitlement,
  }: {
    share: Pick<Share, 'managed' | 'exempt'>;
    entitlement: Pick<Entitlement, 'grants' | 'defaults' | 'gone'>;
  },
  t: Date,
): Sections {
  const granted = setOf(
    entitlement.grants.filter((grant) => isActive(grant, t)).map((grant) => grant.section),
  );
  const kept = share.managed ? minus(entitlement.defaults, share.exempt) : [];
  return minus(union(granted, kept), entitlement.gone);
}

/** The next start or end strictly after `t`; null when nothing more will happen by itself. */
export function nextEdge(grants: readonly Grant[], t: Date): Date | null {
  const instants = grants
    .filter(isEverActive)
    .flatMap((grant) => [startOf(grant), endOf(grant)])
    .filter((at) => at !== null)
    .filter((at) => at > t);
  return instants.reduce<Date | null>((a, b) => (a === null || b < a ? b : a), null);
}
