import { SaxesParser } from 'saxes';

/** XML as a careless parser gives it: one child is an object, two are an array, none is absent; all values are text. */
export interface Tree {
  readonly [name: string]: string | Tree | readonly Tree[] | undefined;
}

type Building = Record<string, string | Tree | Tree[] | undefined>;

/** Reads XML without a look at what it was asked for: a page of HTML will do. */
export function careless(text: string): Tree {
  const root: Building = {};
  const open: Building[] = [root];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const node: Building = { ...attributes };
    const parent = open.at(-1) ?? root;
    const there = parent[name];
    if (there === undefined || typeof there === 'string') parent[name] = node;
    else parent[name] = Array.isArray(there) ? [...there, node] : [there, node];
    open.push(node);
  });
  parser.on('closetag', () => open.pop());
  parser.write(text).close();
  return root;
}

/** The attributes of every element of that name, in order. */
export function elements(text: string, name: string): Record<string, string>[] {
  const found: Record<string, string>[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', (tag) => {
    if (tag.name === name) found.push(tag.attributes);
  });
  parser.write(text).close();
  return found;
}
