import type { z } from 'zod';

/** Knobs with those changed that `body` names; throws a ZodError for a name or a value that does not exist. */
export function patched<Shape extends z.core.$ZodLooseShape>(
  schema: z.ZodObject<Shape, z.core.$strict>,
  knobs: z.infer<z.ZodObject<Shape, z.core.$strict>>,
  body: unknown,
): z.infer<z.ZodObject<Shape, z.core.$strict>> {
  // Not `schema.partial()`: zod fills in the defaults of what is missing, which would turn every other knob back.
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return schema.parse(body);
  return schema.parse({ ...knobs, ...body });
}
