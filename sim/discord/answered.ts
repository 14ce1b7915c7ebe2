import type { Json } from './hub.js';
import { list, text } from './validate.js';

/** A file or picture that a component shows, by its url as the sender wrote it. */
export type Media = (url: string) => Json;

interface Numbering {
  readonly media: Media;
  readonly taken: ReadonlySet<unknown>;
  last: number;
}

const nullable = (value: unknown): unknown => value ?? null;
const entity = (one: Json): Json => ({
  min_values: one.min_values ?? 1,
  max_values: one.max_values ?? 1,
});

/** What Discord adds to a component of each type when it tells it again. */
const added: Readonly<Record<number, (one: Json, media: Media) => Json>> = {
  3: entity,
  5: entity,
  6: entity,
  7: entity,
  8: entity,
  11: (one, media) => ({
    media: media(urlOf(one.media)),
    description: nullable(one.description),
    spoiler: one.spoiler ?? false,
  }),
  12: (one, media) => ({
    items: list(one.items).map((item) => ({
      media: media(urlOf(item.media)),
      description: nullable(item.description),
      spoiler: item.spoiler ?? false,
    })),
  }),
  13: (one, media) => {
    const { filename, size, ...file } = media(urlOf(one.file));
    const named = { name: nullable(filename), size: nullable(size) };
    return { file, ...named, spoiler: one.spoiler ?? false };
  },
  14: (one) => ({ divider: one.divider ?? true, spacing: one.spacing ?? 1 }),
  17: (one) => ({ accent_color: nullable(one.accent_color), spoiler: one.spoiler ?? false }),
};

const urlOf = (media: unknown): string => text((media as Json | undefined)?.url);

/** Components as Discord tells them again: numbered, whole, and without what was null. */
export function answered(components: readonly Json[], media: Media): Json[] {
  return each(components, { media, taken: new Set(idsIn(components)), last: 0 });
}

const idsIn = (components: readonly Json[]): unknown[] =>
  components.flatMap((one) => [
    one.id,
    ...idsIn(list(one.components)),
    ...idsIn(one.accessory ? [one.accessory as Json] : []),
  ]);

function each(components: readonly Json[], numbering: Numbering): Json[] {
  return components.map((component) => {
    const own = Object.entries(component).filter(([, value]) => value !== null);
    const one = Object.fromEntries(own);
    return {
      ...one,
      id: typeof one.id === 'number' && one.id > 0 ? one.id : next(numbering),
      ...added[Number(one.type)]?.(one, numbering.media),
      ...(one.options ? { options: list(one.options).map(withoutNulls) } : {}),
      ...(one.components ? { components: each(list(one.components), numbering) } : {}),
      ...(one.accessory ? { accessory: each([one.accessory as Json], numbering)[0] } : {}),
    };
  });
}

const withoutNulls = (one: Json): Json =>
  Object.fromEntries(Object.entries(one).filter(([, value]) => value !== null));

function next(numbering: Numbering): number {
  do numbering.last += 1;
  while (numbering.taken.has(numbering.last));
  return numbering.last;
}
