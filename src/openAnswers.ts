import { Readable } from 'node:stream';
import type { Reply } from './commands/reply.js';
import { follow, readRecorded } from './access/follow.js';
import type { Parts } from './access/parts.js';
import type { Discord } from './discord/client.js';
import { resumeAnswer } from './discord/resume.js';
import type { OpenAnswer } from './discord/steps.js';

/** What was going on and is not begun again by itself says so. */
function brokenOff(follows: object): AsyncIterable<Reply> | null {
  const text = 'interrupted' in follows ? follows.interrupted : null;
  if (typeof text !== 'string') return null;
  return Readable.from([{ tone: 'attention', text } satisfies Reply]);
}

/** Answers that an earlier life of the process left open are told to their end. */
export async function resumeOpenAnswers(parts: Parts, { client }: Discord): Promise<void> {
  const { store, clock, log } = parts;
  const tell = ({ follows }: OpenAnswer) => {
    const recorded = readRecorded(follows);
    return recorded ? follow(parts, recorded) : brokenOff(follows);
  };
  const drop = (id: string) => store.openAnswers.drop(id);
  const open = await store.openAnswers.open(clock.now());
  const resume = { rest: client.rest, tell, drop, log };
  await Promise.all(open.map((answer) => resumeAnswer(resume, answer)));
}
