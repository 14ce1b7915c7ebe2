import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { caseWord, tellCase } from '../core/tellCase.js';
import { caseState, isClosed } from '../core/receipts.js';
import type { Receipt } from '../core/receipts.js';
import type { Outage } from '../core/errors.js';
import type { CaseId, PersonId, ServerId } from '../core/model.js';
import { dateTime } from '../core/text.js';
import { TELL_EVERY_MS, bar } from './going.js';
import { openFile } from './caseFiles.js';
import type { CaseFile } from './caseFiles.js';
import type { Parts } from './parts.js';
import { reconcile } from './reconcile.js';
import { tellFiles } from './tell.js';
import type { Told } from './tell.js';

/** Something recorded that Plex must now be brought in line with. */
export interface Recorded {
  readonly caseIds: readonly CaseId[];
  readonly people: readonly PersonId[];
  readonly servers: readonly ServerId[];
}

const stored = z.object({
  caseIds: z.array(z.uuid()),
  people: z.array(z.uuid()),
  servers: z.array(z.uuid()),
});

/** What an answer that is still open follows; null when it is of another release. */
export function readRecorded(follows: unknown): Recorded | null {
  const read = stored.safeParse(follows);
  return read.success ? (read.data as unknown as Recorded) : null;
}

/** Discord lets an answer be edited for 15 minutes. */
const FOLLOWED_FOR_MS = 14 * 60_000;

/** So many cases fit into one answer; of more, it counts. */
const TOLD_IN_FULL = 5;

const isDone = (file: CaseFile, now: Date): boolean => {
  const state = caseState(file.receipts, now);
  return state === 'seen' || state === 'gone' || isClosed(file.receipts);
};

/** How much of a case Plex shows. */
function progress(receipts: readonly Receipt[], now: Date): string {
  const all = receipts.filter((r) => r.closedAs === null || r.seenAt !== null);
  const seen = all.filter((r) => r.seenAt !== null);
  const began = Math.min(...all.map((r) => r.dueAt.getTime()));
  return bar(seen.length, all.length, now.getTime() - began);
}

/** What the asker is told of a case: the audit message without who asked, and why nothing happens yet. */
function tellAsker({ case: told, receipts }: CaseFile, now: Date, outage: Outage | null): Told {
  const own = { ...told, actor: null, reason: null };
  const { tone, text } = tellCase(own, receipts, now);
  const state = caseState(receipts, now);
  if (state !== 'recorded' && state !== 'open') return { tone, text };
  if (isClosed(receipts)) return { tone, text };
  const wait = outage
    ? `Plex is not answering since ${dateTime(now)}; I try again until it does.`
    : receipts.length > 1
      ? progress(receipts, now)
      : 'Waiting for Plex.';
  const word = `-# ${caseWord(own, receipts, now)}`;
  return { tone, text: text.replace(word, `${wait}\n${word}`) };
}

/** Tells what was recorded at once, then again whenever Plex shows something new, until it is done. */
export async function* follow(parts: Parts, recorded: Recorded): AsyncGenerator<Told> {
  const { store, clock, news } = parts;
  const end = AbortSignal.timeout(FOLLOWED_FOR_MS);
  const runs = recorded.servers.map((serverId) =>
    reconcile(parts, serverId, { people: recorded.people, priority: 'person' }),
  );
  const ran = Promise.all(runs).then((all) => all.find((run) => run.outage)?.outage ?? null);
  ran.catch(() => undefined); // awaited below; a throw before that must not end the process
  const read = () => Promise.all(recorded.caseIds.map((id) => openFile(store, id)));
  const tell = (all: readonly CaseFile[], outage: Outage | null): Told => {
    const now = clock.now();
    const open = all.findIndex((file) => !isDone(file, now));
    if (all.length > TOLD_IN_FULL) {
      const many = { ...tellFiles(all, now), buttons: [] };
      return { ...many, ...(open !== -1 && { follows: { ...recorded } }) };
    }
    const told = all.map((file) => tellAsker(file, now, outage));
    const { tone } = told[Math.max(open, 0)] ?? { tone: 'neutral' };
    const text = told.map((one) => one.text).join('\n\n');
    return { tone, text, ...(open !== -1 && { follows: { ...recorded } }) };
  };
  let files = await read();
  yield tell(files, null);
  const outage = await ran;
  let heard = news.next(recorded.caseIds, end);
  files = await read();
  yield tell(files, outage);
  while (!files.every((file) => isDone(file, clock.now())) && (await heard)) {
    // One library is told at once; of many, Discord hears now and then.
    if (files.some((file) => file.receipts.length > 1)) await sleep(TELL_EVERY_MS);
    heard = news.next(recorded.caseIds, end);
    files = await read();
    yield tell(files, outage);
  }
}
