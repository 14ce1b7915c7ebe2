import { setTimeout as sleep } from 'node:timers/promises';
import { accounts, isFew, isSane, missingRows, reader } from '../core/reads.js';
import type { Account, PersonKey, SharesAnswer } from '../core/reads.js';
import type { Read, SectionId, Share, ShareId } from '../core/model.js';
import type { PersonRow, ServerRow } from '../store/rows.js';
import type { Parts, Priority } from './parts.js';

/** One reading of everybody's shares on a server. */
export interface ListRead {
  /** When the request for the share list was sent. */
  readonly at: Date;
  /** What it shows of one person; 'unknown' is never "nothing". */
  readonly of: (who: Sought) => Read | 'unknown';
  /** Which account stands behind their row, and whether it has accepted; null: no row was seen. */
  readonly accountOf: (who: Sought) => (Account & { readonly pending: boolean }) | null;
}

/** Somebody who is looked for in a list; the share tells which rows are known to be theirs. */
export interface Sought {
  readonly person: PersonRow;
  readonly share: Pick<Share, 'attempt' | 'observed'> | null;
}

/** Rows that are known to be of this share: the one that took our write, the one last seen. */
export const rowsOf = ({ attempt, observed }: Pick<Share, 'attempt' | 'observed'>): ShareId[] =>
  [attempt?.answerRow, observed?.row, attempt?.row].flatMap((row) => row ?? []);

const keyOf = ({ person, share }: Sought): PersonKey => {
  const { accountId, email, invitedAs, username } = person;
  return { accountId, email, invitedAs, username, shareIds: share ? rowsOf(share) : [] };
};

/** A list that is shorter than the last one is asked for once more after this. */
const ASK_AGAIN_AFTER_MS = 2_000;

interface Ask {
  readonly people: readonly Sought[];
  readonly priority: Priority;
}

/**
 * Reads the share list of a server, and beside it what it needs to be understood: the pending invites when somebody
 * concerned has no accepted row, the server's own catalogue when no row lists a library.
 */
export async function readList(parts: Parts, server: ServerRow, ask: Ask): Promise<ListRead> {
  const answer = await saneShares(parts, server, ask.priority);
  if (answer === null) {
    return { at: parts.clock.now(), of: () => 'unknown', accountOf: () => null };
  }
  const rowOf = accounts({ answer, pending: null });
  const isAccepted = (who: Sought) => rowOf(keyOf(who))?.pending === false;
  const plex = parts.plexOf(server.id);
  const pending = ask.people.every(isAccepted)
    ? null
    : (await plex.pending(ask.priority)).filter((i) => i.machineId === server.machineId);
  const catalogue = await catalogueOf(parts, server, { answer, priority: ask.priority });
  const read = reader({ answer, pending, catalogue });
  const accountOf = accounts({ answer, pending });
  return {
    at: answer.at,
    of: (who) => {
      const seen = read(keyOf(who));
      return seen === 'needs-pending' ? 'unknown' : seen;
    },
    accountOf: (who) => accountOf(keyOf(who)),
  };
}

async function catalogueOf(
  parts: Parts,
  server: ServerRow,
  { answer, priority }: { answer: SharesAnswer; priority: Priority },
): Promise<readonly SectionId[]> {
  const own = answer.rows.find((row) => row.catalogue.length > 0)?.catalogue;
  if (own) return own;
  const { sections } = await parts.plexOf(server.id).catalogue(server.machineId, priority);
  return sections.map((section) => section.sectionId);
}

/** An answer that can be believed, after asking twice where it is shorter than the last; null = unknown. */
async function saneShares(
  parts: Parts,
  server: ServerRow,
  priority: Priority,
): Promise<SharesAnswer | null> {
  const plex = parts.plexOf(server.id);
  const first = await plex.shares(server.machineId, priority);
  if (!isSane(first)) return doubt(parts, server, 'the share list contradicts itself');
  const deleted = await deletedByUs(parts, server, first);
  const missing = missingRows(first, server.saneRows, deleted);
  if (missing.length === 0) return believe(parts, server, first);
  await sleep(ASK_AGAIN_AFTER_MS);
  const second = await plex.shares(server.machineId, priority);
  if (!isSane(second)) return doubt(parts, server, 'the share list contradicts itself');
  const short = missingRows(second, server.saneRows, deleted);
  // Each of the two lacks something that the other has: neither says who left.
  if (short.some((id) => !missing.includes(id))) {
    return doubt(parts, server, 'two share lists contradict each other');
  }
  if (isFew(short.length, server.saneRows.length) || agreesWithDoubt(parts, server, second)) {
    return believe(parts, server, second);
  }
  const rows = second.rows.map((row) => row.id);
  await parts.store.servers.set(server.id, { doubtedRows: { at: second.at.toISOString(), rows } });
  return doubt(parts, server, `${short.length} shares are missing from the list`);
}

function doubt(parts: Parts, server: ServerRow, why: string): null {
  parts.log.warn(
    { serverId: server.id, why },
    'what Plex answers is not believed; nothing is written',
  );
  return null;
}

function agreesWithDoubt(
  { times }: Parts,
  { doubtedRows }: ServerRow,
  answer: SharesAnswer,
): boolean {
  if (doubtedRows === null) return false;
  const age = answer.at.getTime() - Date.parse(doubtedRows.at);
  const rows = answer.rows.map((row) => row.id);
  return (
    age > times.lagMs &&
    rows.length === doubtedRows.rows.length &&
    rows.every((id) => doubtedRows.rows.includes(id))
  );
}

async function believe(parts: Parts, server: ServerRow, answer: SharesAnswer) {
  const saneRows = answer.rows.map((row) => row.id);
  const isSame =
    server.doubtedRows === null &&
    saneRows.length === server.saneRows.length &&
    saneRows.every((id, i) => id === server.saneRows[i]);
  if (!isSame) await parts.store.servers.set(server.id, { saneRows, doubtedRows: null });
  return answer;
}

async function deletedByUs(
  { store, times }: Parts,
  server: ServerRow,
  answer: SharesAnswer,
): Promise<ReadonlySet<ShareId>> {
  const present = new Set(answer.rows.map((row) => row.id));
  if (server.saneRows.every((id) => present.has(id))) return new Set();
  return new Set(await store.endings.deletedRows(server.id, times.settleMs));
}
