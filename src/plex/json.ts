import { z } from 'zod';
import { PlexProtocolError } from './errors.js';

export const account = z.object({ id: z.number().int(), username: z.string(), title: z.string() });
export const identity = z.object({
  MediaContainer: z.object({
    machineIdentifier: z.string().min(1),
    version: z.string().default(''),
  }),
});
export const localSections = z.object({
  MediaContainer: z.object({
    Directory: z
      .array(
        z.object({
          key: z.string(),
          uuid: z.string().default(''),
          title: z.string(),
          type: z.string(),
        }),
      )
      .default([]),
  }),
});
export const pendingShares = z.array(
  z.object({
    id: z.number().int(),
    machineIdentifier: z.string(),
    invitedId: z.number().int().nullish(),
    invitedEmail: z.string().nullish(),
    invited: z
      .object({
        id: z.number().int().nullish(),
        email: z.string().nullish(),
        username: z.string().nullish(),
      })
      .nullish(),
    allLibraries: z.boolean().default(false),
    libraries: z.array(z.object({ id: z.number().int() })).default([]),
  }),
);

/** The body of an answer in the shape that was asked for; a field too many is no harm. */
export async function parsed<T>(schema: z.ZodType<T>, response: Response): Promise<T> {
  const text = await response.text();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new PlexProtocolError('Plex answered something that is not JSON');
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const where = result.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new PlexProtocolError(`Plex answered JSON of another shape (${where})`);
}
