import { z } from 'zod';
import { PEOPLE_STATES } from '../../core/peopleStates.js';

/** Where somebody is in the list of people: what its buttons carry. */
export const viewOf = z.object({
  /** The panel that the list stands on. */
  home: z.enum(['dashboard', 'people']),
  state: z.enum(PEOPLE_STATES),
  search: z.string(),
  edge: z
    .object({ way: z.enum(['after', 'before']), sortedBy: z.string(), id: z.string() })
    .nullable(),
  /** 1 is the first page. */
  page: z.number(),
});

export type View = z.infer<typeof viewOf>;

export const firstPage = (home: View['home'], of: Partial<View> = {}): View => ({
  home,
  state: 'everybody',
  search: '',
  ...of,
  edge: null,
  page: 1,
});
