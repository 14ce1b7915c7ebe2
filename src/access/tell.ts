import { tellCase } from '../core/tellCase.js';
import type { Case, CaseFacts } from '../core/cases.js';
import type { Receipt } from '../core/receipts.js';
import type { CaseId } from '../core/model.js';
import type { Tone } from '../core/text.js';
import { revive } from '../store/documents.js';
import type { CaseRow, ReceiptRow } from '../store/rows.js';
import type { Tables } from '../store/store.js';

/** What is said of something, with its symbol: markdown, safe to post. */
export interface Told {
  readonly tone: Tone;
  readonly text: string;
  /** Still going on: what is needed to go on telling it later (`Recorded`). */
  readonly follows?: { readonly [part in 'caseIds' | 'people' | 'servers']: readonly string[] };
}

/** A case with what Plex showed of it. */
export interface CaseFile {
  readonly case: Case;
  readonly receipts: readonly Receipt[];
}

const receiptOf = (row: ReceiptRow): Receipt => ({
  section: row.sectionId,
  want: row.want,
  dueAt: row.dueAt,
  writtenAt: row.writtenAt,
  seenAt: row.seenAt ?? row.shownAt,
  closedAs: row.how,
  why: row.why,
});

/** Reads cases with their people and receipts, in the order given. */
export async function openFiles(tables: Tables, rows: readonly CaseRow[]): Promise<CaseFile[]> {
  const personIds = rows.flatMap((row) => row.personId ?? []);
  const people = new Map((await tables.people.byIds(personIds)).map((p) => [p.id, p.title]));
  const receipts = await tables.cases.receipts(rows.map((row) => row.id));
  return rows.map((row) => ({
    case: {
      id: row.id,
      number: row.number,
      at: row.at,
      actor: row.actorId,
      reason: row.reason,
      person: row.personId && (people.get(row.personId) ?? null),
      facts: revive(row.facts) as CaseFacts,
    },
    receipts: receipts.filter((receipt) => receipt.caseId === row.id).map(receiptOf),
  }));
}

/** One case by its id. */
export async function openFile(tables: Tables, id: CaseId): Promise<CaseFile> {
  const row = await tables.cases.find(id);
  const [file] = row ? await openFiles(tables, [row]) : [];
  if (!file) throw new Error(`case ${id} is not there`);
  return file;
}

/** Several cases in one message: the first one's tone, each in its own words. */
export function tellFiles(files: readonly CaseFile[], now: Date): Told {
  const told = files.map((file) => tellCase(file.case, file.receipts, now));
  return { tone: told[0]?.tone ?? 'neutral', text: told.map((one) => one.text).join('\n\n') };
}
