import { z } from 'zod';
import type { ManageWish } from '../../access/manage.js';
import { viewOf } from '../people/view.js';

const instant = z.coerce.date().nullable();
const draftOf = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('give'), library: z.string(), from: instant, until: instant }),
  z.object({ kind: z.literal('end'), library: z.string() }),
]);

/** Where somebody is in the panel: what its parts carry. */
export const managingOf = z.object({
  person: z.string(),
  /** Of the portrait that was seen; null: none yet. */
  seal: z.string().nullable(),
  page: z.number(),
  /** Libraries that the next button is about, on whichever page. */
  chosen: z.array(z.string()),
  drafts: z.array(draftOf),
  reason: z.string().nullable(),
  /** Where in the list of people this person was found. */
  view: viewOf.nullable(),
});

export type Managing = z.infer<typeof managingOf>;

export const opened = (person: string, view: Managing['view']): Managing => ({
  person,
  seal: null,
  page: 1,
  chosen: [],
  drafts: [],
  reason: null,
  view,
});

/** As it is stored: instants as text. */
export const stored = (managing: Managing) => ({
  ...managing,
  drafts: managing.drafts.map((draft) =>
    draft.kind === 'end'
      ? draft
      : {
          ...draft,
          from: draft.from?.toISOString() ?? null,
          until: draft.until?.toISOString() ?? null,
        },
  ),
});

/** The libraries that are chosen get this draft, instead of any other; and are chosen no more. */
export function drafted(
  managing: Managing,
  draft: { kind: 'end' } | { kind: 'give'; from: Date | null; until: Date | null },
): Managing {
  const others = managing.drafts.filter(({ library }) => !managing.chosen.includes(library));
  const fresh = managing.chosen.map((library) => ({ ...draft, library }));
  return { ...managing, chosen: [], drafts: [...others, ...fresh] };
}

/** What saving asks for. */
export const wishOf = ({ person, drafts, reason, seal }: Managing): ManageWish => ({
  person: person as ManageWish['person'],
  drafts,
  reason,
  seal: seal ?? '',
});
