import { SaxesParser } from 'saxes';
import { PlexProtocolError } from './errors.js';

/** An element as it opens: its name and its attributes, all of them text. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** 0 for the root. */
  readonly depth: number;
}

/** Between two chunks other work gets its turn. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const CHUNK = 64 * 1024;

/**
 * Reads XML as a stream: `onOpen` sees each element, `onClose` each end. Throws unless the root is the one asked for,
 * everything is well formed and the closing tag has come, so that HTML or half an answer never passes.
 */
export async function readXml(
  body: AsyncIterable<Uint8Array>,
  {
    root,
    onOpen,
    onClose,
  }: {
    root: string;
    onOpen: (element: Element) => void;
    onClose?: (name: string, depth: number) => void;
  },
): Promise<void> {
  const parser = new SaxesParser();
  let depth = 0;
  const state = { closed: false };
  parser.on('error', (error) => {
    throw new PlexProtocolError(`Plex's XML cannot be read: ${error.message}`);
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (depth === 0 && name !== root) {
      throw new PlexProtocolError(`Plex answered <${name}> where <${root}> was asked for`);
    }
    onOpen({ name, attributes, depth });
    depth += 1;
  });
  parser.on('closetag', ({ name }) => {
    depth -= 1;
    state.closed = depth === 0;
    onClose?.(name, depth);
  });
  const decoder = new TextDecoder('utf-8', { fatal: false });
  for await (const bytes of body) {
    for (let at = 0; at < bytes.length; at += CHUNK) {
      parser.write(decoder.decode(bytes.subarray(at, at + CHUNK), { stream: true }));
      await breathe();
    }
  }
  parser.close();
  if (!state.closed) throw new PlexProtocolError('Plex broke off in the middle of its answer');
}

/** plex.tv's own sentence from an error body, whatever its form: `<Response status>`, `<error message>`, or JSON. */
export function sentenceIn(text: string): string {
  const xml =
    /<Response[^>]*\bstatus="([^"]*)"/.exec(text) ?? /<error[^>]*\bmessage="([^"]*)"/.exec(text);
  if (xml?.[1] !== undefined) return unescapeXml(xml[1]);
  const json = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1];
  if (json === undefined) return '';
  try {
    return JSON.parse(`"${json}"`) as string;
  } catch {
    return json;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  '#39': "'",
};
const unescapeXml = (text: string): string =>
  text.replace(/&(#?\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
