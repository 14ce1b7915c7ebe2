import { z } from 'zod';

/** What can be turned while it runs; the README says what each does. */
export const knobsSchema = z.strictObject({
  emptyPut: z.enum(['all', 'delete', 'error']).default('all'),
  reshare: z.enum(['accepted', 'pending']).default('accepted'),
  pendingInV1List: z.boolean().default(true),
  pendingMark: z.enum(['missing', 'zero', 'flag']).default('missing'),
  pendingFixed: z.boolean().default(false),
  cancelLeavesRow: z.boolean().default(true),
  declinedStays: z.boolean().default(false),
  emptyAnswers: z.boolean().default(false),
  putSharings: z.boolean().default(false),
  plexPass: z.boolean().default(true),
  lagMs: z.number().min(0).default(0),
  partialSections: z.number().int().min(0).nullable().default(null),
  rateLimit: z
    .strictObject({ perSecond: z.number().positive(), retryAfter: z.number().optional() })
    .nullable()
    .default(null),
  limitPeople: z.number().int().default(100),
  limitText: z.string().default('You have reached the limit of people you can share with.'),
  pmsLag: z.boolean().default(false),
});

export type Knobs = z.infer<typeof knobsSchema>;
