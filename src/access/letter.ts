import { createHash } from 'node:crypto';
import { STILL_OPEN_MS, caseState } from '../core/receipts.js';
import { heldState, tellHeld } from '../core/brake.js';
import { tellTrouble } from '../core/troubles.js';
import { counted, dateTime } from '../core/text.js';
import type { HeldRow } from '../store/held.js';
import type { NoticeRow } from '../store/rows.js';
import type { Tables } from '../store/store.js';
import { hasOthers } from './brake.js';
import { openFiles } from './caseFiles.js';
import type { CaseFile } from './caseFiles.js';
import type { OfferButton } from './offers.js';
import { tellFiles } from './tell.js';
import type { Told } from './tell.js';
import { openTrouble } from './troubles.js';

/** What a notice says now. */
export interface Letter {
  readonly told: Told;
  /** Of what it says: the same again need not be sent. */
  readonly print: string;
  /** Words by which it is known again among the messages of a channel, whatever else it said then. */
  readonly marks: readonly RegExp[];
  /** When it is to be looked at again though there is no news. */
  readonly dueAt: Date | null;
}

/** Writes what a notice has to say: its cases, or the trouble or held wish it is about. null: it has nothing to say. */
export async function writeLetter(
  tables: Tables,
  notice: NoticeRow,
  now: Date,
): Promise<Letter | null> {
  const files = await openFiles(tables, await tables.cases.ofNotice(notice.id));
  if (files.length > 0) {
    const told = tellFiles(files, now);
    const marks = files.map((file) => new RegExp(`\\bCase ${file.case.number} ·`));
    return { told, print: printOf(told), marks, dueAt: stillOpenAt(files, now) };
  }
  const held = await tables.held.ofNotice(notice.id);
  if (held) return heldLetter(tables, held, now);
  const row = await tables.troubles.ofNotice(notice.id);
  if (!row) return null;
  const told = tellTrouble(await openTrouble(tables, row));
  return { told, print: printOf(told), marks: [new RegExp(dateTime(row.since))], dueAt: null };
}

/** What waits for a second Admin, with their buttons; it is looked at again when it is dropped. */
async function heldLetter(tables: Tables, row: HeldRow, now: Date): Promise<Letter> {
  const { id: held, guildId, authorId, count, seal, expiresAt, heldAt } = row;
  const isWaiting = heldState(row, now) === 'waiting';
  const isAlone = authorId !== null && !(await hasOthers(tables, { guildId, authorId }, now));
  const buttons: readonly OfferButton[] = [
    {
      label: `Take from ${counted(count, 'person', 'people')}`,
      style: 'danger',
      press: { button: isAlone ? 'brake-alone' : 'brake-agree', payload: { held, count, seal } },
    },
    {
      label: 'Leave it',
      style: 'secondary',
      press: { button: 'brake-leave', payload: { held } },
    },
  ];
  const told = { ...tellHeld(row, now), ...(isWaiting && { buttons }) };
  const marks = [new RegExp(`Held ${dateTime(heldAt)}`)];
  return { told, print: printOf(told), marks, dueAt: isWaiting ? expiresAt : null };
}

function printOf({ tone, text, files = [], buttons = [] }: Told): string {
  const hash = createHash('sha256').update(`${tone}\n${text}`);
  for (const { name, content } of files) hash.update(name).update(content);
  if (buttons.length > 0) hash.update(JSON.stringify(buttons));
  return hash.digest('base64url').slice(0, 22);
}

/** When a case that waits for Plex is to say that it is still open; null when none does. */
function stillOpenAt(files: readonly CaseFile[], now: Date): Date | null {
  const instants = files
    .filter((file) => caseState(file.receipts, now) === 'recorded')
    .flatMap((file) => file.receipts)
    .filter((r) => r.seenAt === null && r.closedAs === null)
    .map((r) => r.dueAt.getTime() + STILL_OPEN_MS)
    .filter((at) => at > now.getTime());
  return instants.length === 0 ? null : new Date(instants.reduce((a, b) => Math.min(a, b)));
}
