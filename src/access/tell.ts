import { loudest, range, tellBatch } from '../core/batch.js';
import { tellCase } from '../core/tellCase.js';
import type { Tone } from '../core/text.js';
import type { CaseFile } from './caseFiles.js';
import { casesCsv } from './csv.js';
import { buttonsOf } from './offers.js';
import type { OfferButton } from './offers.js';

/** What is said of something, with its symbol: markdown, safe to post. */
export interface Told {
  readonly tone: Tone;
  readonly text: string;
  readonly files?: readonly { readonly name: string; readonly content: Uint8Array }[];
  /** What can still be done about it; they live as long as the message. */
  readonly buttons?: readonly OfferButton[];
  /** Still going on: what is needed to go on telling it later (`Recorded`). */
  readonly follows?: { readonly [part in 'caseIds' | 'people' | 'servers']: readonly string[] };
}

/** As many cases as one message tells in full; and people of one case, before they come as a table too. */
const IN_FULL = 3;
const PEOPLE_IN_FULL = 5;

/** Several cases in one message: a few in their own words, many counted, with all of them in a file. */
export function tellFiles(files: readonly CaseFile[], now: Date): Told {
  const isTold = files.length <= IN_FULL;
  const offers = files.map((file) => file.offers);
  const buttons = buttonsOf(offers, { isTold });
  const told = isTold ? tellFew(files, now) : tellMany(files, now);
  return buttons.length === 0 ? told : { ...told, buttons };
}

const tellMany = (files: readonly CaseFile[], now: Date): Told => ({
  ...tellBatch(files, now),
  files: [csvOf(files, now)],
});

function tellFew(files: readonly CaseFile[], now: Date): Told {
  const told = files.map((file) => ({ file, ...tellCase(file.case, file.receipts, now) }));
  const isFiled = ({ file, isWhole }: (typeof told)[number]) =>
    !isWhole || file.people.size > PEOPLE_IN_FULL;
  const text = told.map((one) => (isFiled(one) ? withPointer(one.text) : one.text)).join('\n\n');
  const tone = loudest(told.map((one) => one.tone));
  return told.some(isFiled) ? { tone, text, files: [csvOf(files, now)] } : { tone, text };
}

/** The fixed words stay last. */
const withPointer = (text: string): string =>
  text.replace(/\n(?=-# [^\n]*$)/, '\nThe file has it in full.\n');

const csvOf = (files: readonly CaseFile[], now: Date) => ({
  name:
    files.length === 1
      ? `case-${range(files)}.csv`
      : `cases-${range(files)}.csv`.replaceAll(' ', '-'),
  content: casesCsv(files, now),
});
