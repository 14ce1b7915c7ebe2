import type { Answer } from '../common/server.js';

const XML = { 'content-type': 'application/xml; charset=utf-8' };
const HTML = { 'content-type': 'text/html; charset=utf-8' };
/** plex.tv's own id, on containers: never that of the server asked for. */
const PLEX_TV_MACHINE = 'f0'.repeat(20);

const escape = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

type Value = string | number | boolean | null;

/** One element; booleans are 0 and 1, null is left out. */
export function tag(name: string, attributes: Record<string, Value>, children = ''): string {
  const text = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(
      ([key, value]) =>
        ` ${key}="${escape(String(typeof value === 'boolean' ? Number(value) : value))}"`,
    )
    .join('');
  return children === '' ? `<${name}${text}/>` : `<${name}${text}>\n${children}\n</${name}>`;
}

export const xml = (body: string, status = 200): Answer => ({
  status,
  headers: XML,
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}\n`,
});

export const json = (body: unknown, status = 200): Answer => ({ status, body });

/** v1 errors: XML whatever was asked for. */
export const v1Error = (status: number, text: string): Answer =>
  xml(tag('Response', { code: String(status), status: text }), status);

/** v2 errors: JSON only when it was asked for. */
export function v2Error(
  accept: string | undefined,
  error: { code: number; message: string; status: number; field?: string; http?: number },
): Answer {
  const { http = error.status, ...shown } = error;
  if (accept?.includes('application/json')) return json({ errors: [shown] }, http);
  return xml(tag('errors', {}, tag('error', shown)), http);
}

/** A v2 value as XML: fields are attributes, a list is an element named in the plural with one in the singular each. */
function element(name: string, value: object): string {
  if (Array.isArray(value)) {
    const singular = name.replace(/ies$/, 'y').replace(/s$/, '');
    const rows = value.map((row: object) => element(singular, row));
    return tag(name, {}, rows.join('\n'));
  }
  const fields = Object.entries(value) as [string, unknown][];
  const isInner = (field: unknown): field is object => typeof field === 'object' && field !== null;
  const attributes = fields.filter(([, field]) => !isInner(field) && field !== undefined);
  const children = fields.flatMap(([key, field]) => (isInner(field) ? [element(key, field)] : []));
  return tag(name, Object.fromEntries(attributes) as Record<string, Value>, children.join('\n'));
}

/** A v2 answer: JSON only when it was asked for, else XML with `name` as its root. */
export const v2 = (
  accept: string | undefined,
  { name, value, status = 200 }: { name: string; value: object; status?: number },
): Answer =>
  accept?.includes('application/json') ? json(value, status) : xml(element(name, value), status);

/** Keeps the first `n` rows of an answer's root, and says so in `size`: a short answer that contradicts nothing. */
export function truncate(answer: Answer, n: number): Answer {
  const { body } = answer;
  if (Array.isArray(body)) return { ...answer, body: body.slice(0, n) };
  if (typeof body === 'string') return { ...answer, body: truncateXml(body, n) };
  const root = (body as { MediaContainer?: Record<string, unknown> } | undefined)?.MediaContainer;
  const list = Object.entries(root ?? {}).find(([, value]) => Array.isArray(value));
  if (!list) return answer;
  const rows = (list[1] as unknown[]).slice(0, n);
  return { ...answer, body: { MediaContainer: { ...root, size: rows.length, [list[0]]: rows } } };
}

const TAG = /<(\/?)[A-Za-z][^\s/>]*(?:"[^"]*"|[^">])*?(\/?)>/g;

function truncateXml(text: string, n: number): string {
  let depth = 0;
  let rows = 0;
  let cut = { from: text.length, to: text.length };
  for (const { 0: whole, 1: closes, 2: closed, index } of text.matchAll(TAG)) {
    if (closes !== '') depth -= 1;
    // The end of the root: from the first row too many to here, nothing stays.
    if (depth === 0 && closes !== '') cut = { from: Math.min(cut.from, index), to: index };
    if (depth === 1 && closes === '') {
      rows += 1;
      if (rows === n + 1) cut = { from: index, to: index };
    }
    if (closes === '' && closed === '' && whole !== '') depth += 1;
  }
  if (rows <= n) return text;
  return `${text.slice(0, cut.from)}${text.slice(cut.to)}`.replace(/ size="\d+"/, ` size="${n}"`);
}

export const html = (status: number, title: string): Answer => ({
  status,
  headers: HTML,
  body: `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
});

/** A container as plex.tv's v1 lists send it. */
export const container = (children: readonly string[], more: Record<string, Value> = {}): Answer =>
  xml(
    tag(
      'MediaContainer',
      {
        friendlyName: 'myPlex',
        identifier: 'com.plexapp.plugins.myplex',
        machineIdentifier: PLEX_TV_MACHINE,
        size: children.length,
        ...more,
      },
      children.join('\n'),
    ),
  );
