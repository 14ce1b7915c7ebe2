import type { Case, CaseFacts } from '../core/cases.js';
import type { CaseId, PersonId } from '../core/model.js';
import type { Receipt } from '../core/receipts.js';
import { revive } from '../store/documents.js';
import { bold, escapeName, maskEmail } from '../core/text.js';
import type { CaseRow, PersonRow, ReceiptRow } from '../store/rows.js';
import type { Tables } from '../store/store.js';
import { cardStates } from './driftCards.js';
import { openOffers } from './offers.js';
import type { Offer } from './offers.js';

/** A case with what Plex showed of it. */
export interface CaseFile {
  readonly case: Case;
  /** Name of the Plex server it is about, if it is about one. */
  readonly server: string | null;
  readonly receipts: readonly (Receipt & { readonly personId: PersonId })[];
  /** Titles of the people whom receipts are about. */
  readonly people: ReadonlyMap<PersonId, string>;
  /** What can still be done about it. */
  readonly offers: readonly Offer[];
}

const receiptOf = (row: ReceiptRow): CaseFile['receipts'][number] => ({
  personId: row.personId,
  section: row.sectionId,
  want: row.want,
  dueAt: row.dueAt,
  writtenAt: row.writtenAt,
  seenAt: row.seenAt ?? row.shownAt,
  closedAs: row.how,
  why: row.why,
});

/** The account that an invite by username went to: a name may be another's than was meant. */
const behind = ({ invitedAs, accountId, username, email }: PersonRow): string | null => {
  const isByName = invitedAs !== '' && !invitedAs.includes('@');
  if (!isByName || accountId === null) return null;
  return email === '' ? bold(username) : `${bold(username)}, ${escapeName(maskEmail(email))}`;
};

/** Whose invite waits where, as their cases say. */
async function waitingIn(tables: Tables, known: ReadonlyMap<PersonId, PersonRow>) {
  const invites = await tables.people.waiting([...known.keys()]);
  return ({ personId, serverId }: CaseRow): Pick<Case, 'waiting'> => {
    const waits = invites.some((one) => one.personId === personId && one.serverId === serverId);
    const person = personId === null ? undefined : known.get(personId);
    return waits && person ? { waiting: { behind: behind(person) } } : {};
  };
}

const driftOf = (drift: Case['drift']): Pick<Case, 'drift'> =>
  drift === undefined ? {} : { drift };

/** Reads cases of one guild with their people and receipts, in the order given. */
export async function openFiles(tables: Tables, rows: readonly CaseRow[]): Promise<CaseFile[]> {
  const [first] = rows;
  if (!first) return [];
  const receipts = new Map<CaseId, ReceiptRow[]>();
  for (const row of await tables.cases.receipts(rows.map((one) => one.id))) {
    receipts.set(row.caseId, [...(receipts.get(row.caseId) ?? []), row]);
  }
  const concerned = [...receipts.values()].flat().map((row) => row.personId);
  const personIds = new Set([...rows.flatMap((row) => row.personId ?? []), ...concerned]);
  const known = new Map((await tables.people.byIds([...personIds])).map((p) => [p.id, p]));
  const people = new Map([...known.values()].map((p) => [p.id, p.title]));
  const waiting = await waitingIn(tables, known);
  const servers = await tables.servers.ofGuild(first.guildId);
  const cards = await cardStates(tables, rows);
  const offers = await openOffers(tables, rows, { cards, people });
  return rows.map((row, index) => {
    const own = receipts.get(row.id) ?? [];
    return {
      case: {
        id: row.id,
        number: row.number,
        at: row.at,
        actor: row.actorId,
        reason: row.reason,
        person: row.personId && (people.get(row.personId) ?? null),
        ...waiting(row),
        ...driftOf(cards.get(row.id)),
        facts: revive(row.facts) as CaseFacts,
      },
      server: servers.find((server) => server.id === row.serverId)?.name ?? null,
      receipts: own.map(receiptOf),
      people: new Map(own.map(({ personId }) => [personId, people.get(personId) ?? ''])),
      offers: offers[index] ?? [],
    };
  });
}

/** One case by its id. */
export async function openFile(tables: Tables, id: CaseId): Promise<CaseFile> {
  const row = await tables.cases.find(id);
  const [file] = row ? await openFiles(tables, [row]) : [];
  if (!file) throw new Error(`case ${id} is not there`);
  return file;
}
