import type { Json } from '../tour/drive.js';
import { wordsOf } from './stage.js';

/** One case as the audit channel tells it. */
export interface Told {
  readonly number: number;
  readonly message: string;
  /** The fixed words of its state: "Seen in Plex". */
  readonly state: string;
  /** All of its lines; of a case in a long list, the line that names it. */
  readonly text: string;
  /** One of many in a list that says of none what happened. */
  readonly isListed: boolean;
}

const END = /Case (\d+) · (Recorded|Seen in Plex|Gone from Plex|Refused|Still open)/;

/** Every case that these messages tell of, once for each time that it is told. */
export function casesIn(messages: readonly (Json & { id: string })[]): readonly Told[] {
  return messages.flatMap((message) => {
    const told: Told[] = [];
    let lines: string[] = [];
    for (const line of wordsOf(message).join('\n').split('\n')) {
      lines.push(line);
      const end = END.exec(line);
      if (!end) continue;
      const isListed = !line.startsWith('-# ');
      const text = isListed ? line : lines.join('\n');
      const [, number, state = ''] = end;
      told.push({ number: Number(number), message: message.id, state, text, isListed });
      lines = [];
    }
    return told;
  });
}

/** The instants in the line of an end: due, written (null: nothing to write) and gone, in epoch seconds. */
export function receiptOf(text: string): { written: number | null; gone: number } | null {
  const found =
    /Due <t:\d+:\w> · (?:nothing to write|written <t:(\d+):\w>) · gone <t:(\d+):\w>/.exec(text);
  if (!found) return null;
  return { written: found[1] === undefined ? null : Number(found[1]), gone: Number(found[2]) };
}
