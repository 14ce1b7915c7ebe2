import { stringify } from 'csv-stringify/sync';
import { caseNouns } from '../core/batch.js';
import { librariesOf } from '../core/cases.js';
import { caseState, latest } from '../core/receipts.js';
import type { Receipt } from '../core/receipts.js';
import { stateWord } from '../core/tellCase.js';
import { maskEmail, plainName } from '../core/text.js';
import type { CaseFile } from './caseFiles.js';

const COLUMNS = [
  'case',
  'time',
  'person',
  'library',
  'server',
  'what',
  'due',
  'written',
  'seen',
  'state',
] as const;

type Line = Readonly<Record<(typeof COLUMNS)[number], string | number>>;

const LONGEST = 200;
const ADDRESS = /[^\s@"'<>(),;]+@[^\s@"'<>(),;]+\.[^\s@"'<>(),;]+/g;

/** A name as a table may show it: on one line, an address in it masked. */
const plain = (text: string): string => plainName(text, LONGEST).replace(ADDRESS, maskEmail);

const instant = (at: Date | null): string => at?.toISOString() ?? '';

/**
 * Cases as a table that spreadsheets open: UTF-8 with a mark, times in UTC, no cell that is a formula. A line is one
 * case; a case that concerns several people has a line for each.
 */
export function casesCsv(files: readonly CaseFile[], now: Date): Uint8Array {
  const text = stringify(
    files.flatMap((file) => linesOf(file, now)),
    {
      header: true,
      columns: [...COLUMNS],
      bom: true,
      quoted_string: true,
      escape_formulas: true,
      record_delimiter: 'windows',
    },
  );
  return Buffer.from(text);
}

function linesOf(file: CaseFile, now: Date): Line[] {
  const concerned = [...file.people];
  if (file.case.person !== null || concerned.length < 2) {
    return [lineOf(file, { person: file.case.person, receipts: file.receipts, now })];
  }
  return concerned.map(([id, person]) => {
    const receipts = file.receipts.filter((receipt) => receipt.personId === id);
    return lineOf(file, { person, receipts, now });
  });
}

function lineOf(
  { case: told, server }: CaseFile,
  { person, receipts, now }: { person: string | null; receipts: readonly Receipt[]; now: Date },
): Line {
  const counted = receipts.filter((receipt) => receipt.closedAs !== 'replaced');
  const isSeen = counted.length > 0 && counted.every((receipt) => receipt.seenAt !== null);
  return {
    case: told.number,
    time: instant(told.at),
    person: person === null ? '' : plain(person),
    library: librariesOf(told.facts)
      .map((library) => plain(library.title))
      .join(', '),
    server: server === null ? '' : plain(server),
    what: caseNouns[told.facts.type][0],
    due: instant(latest(receipts.map((receipt) => receipt.dueAt))),
    written: instant(latest(receipts.map((receipt) => receipt.writtenAt))),
    seen: isSeen ? instant(latest(counted.map((receipt) => receipt.seenAt))) : '',
    state: stateWord[caseState(receipts, now)],
  };
}
