import { randomUUID } from 'node:crypto';
import type { CaseId, GuildId, Order, SectionId } from '../core/model.js';
import type { OwedDm } from '../store/dms.js';
import type { StoredShare } from '../store/shares.js';
import type { Tables } from '../store/store.js';

interface News {
  readonly guildId: GuildId;
  /** Orders as they are now, each with its case. */
  readonly after: readonly Order[];
  /** Cases of what began or ended by itself. */
  readonly edges: ReadonlyMap<SectionId, CaseId>;
  /** The case that the transaction is about. */
  readonly own: { readonly caseId: CaseId; readonly isQuiet?: boolean } | undefined;
  readonly now: Date;
}

/** New orders of which the person concerned hears: of what began or ended, and of a case that is not quiet. */
function toldOf(before: readonly Order[], { after, edges, own }: News): readonly Order[] {
  const isTold = ({ caseId, section }: Order): boolean =>
    edges.has(section) || (own !== undefined && caseId === own.caseId && own.isQuiet !== true);
  const isKnown = ({ caseId, section }: Order): boolean =>
    before.some((old) => old.section === section && old.caseId === caseId);
  return after.filter((order) => order.caseId !== null && isTold(order) && !isKnown(order));
}

/** Owes the Discord users who are this person a word on what begins or ends: it is sent when Plex has shown it. */
export async function oweDms(tables: Tables, before: StoredShare, news: News): Promise<void> {
  const { guildId, now } = news;
  const { personId, serverId, share } = before;
  const fresh = toldOf(share.orders, news);
  if (fresh.length === 0) return;
  const members = await tables.people.membersOf(guildId, personId);
  if (members.length === 0 || !(await tables.guilds.find(guildId))?.dms) return;
  await tables.dms.owe(
    members.flatMap((userId) =>
      fresh.map((order): OwedDm => ({
        id: randomUUID(),
        guildId,
        userId,
        kind: order.want === 'add' ? 'began' : 'ended',
        personId,
        serverId,
        sectionId: order.section,
        caseId: order.caseId,
        owedAt: now,
        dueAt: null,
      })),
    ),
  );
}
