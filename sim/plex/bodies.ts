import { z } from 'zod';

/** A shape with the name that a problem gives it. */
export interface Shape {
  readonly name: string;
  readonly schema: z.ZodType;
}

const id = z.number().int().positive();
const ids = z.array(id);
const flag = z.union([z.enum(['0', '1']), z.literal([0, 1])]);

const settings1 = z.strictObject({
  allowSync: flag.optional(),
  allowCameraUpload: flag.optional(),
  allowChannels: flag.optional(),
  allowTuners: z.union([z.enum(['0', '1', '2']), z.literal([0, 1, 2])]).optional(),
  allowSubtitleAdmin: flag.optional(),
  filterAll: z.string().nullable().optional(),
  filterMovies: z.string().optional(),
  filterMusic: z.string().optional(),
  filterPhotos: z.string().nullable().optional(),
  filterTelevision: z.string().optional(),
});
const settings2 = z.strictObject({
  allowSync: z.boolean(),
  allowCameraUpload: z.boolean(),
  allowChannels: z.boolean(),
  allowTuners: z.literal([0, 1, 2]),
  allowSubtitleAdmin: z.boolean(),
  filterAll: z.string().nullable().optional(),
  filterMovies: z.string(),
  filterMusic: z.string(),
  filterPhotos: z.string().nullable().optional(),
  filterTelevision: z.string(),
});

const oneOf = (a: string, b: string) => (body: Record<string, unknown>) =>
  (body[a] === undefined) !== (body[b] === undefined);

const create1 = z.strictObject({
  server_id: z.string(),
  shared_server: z
    .strictObject({
      library_section_ids: ids,
      invited_email: z.string().optional(),
      invited_id: id.optional(),
    })
    .refine(oneOf('invited_email', 'invited_id'), 'invited_email or invited_id, one of both'),
  sharing_settings: settings1.optional(),
});
const replace1 = z.strictObject({
  server_id: z.string(),
  shared_server: z.strictObject({ library_section_ids: ids }),
});
const create2 = z
  .strictObject({
    machineIdentifier: z.string(),
    invitedEmail: z.string().optional(),
    invitedId: id.optional(),
    librarySectionIds: ids,
    settings: settings2.partial().optional(),
    skipFriendship: z.boolean().optional(),
  })
  .refine(oneOf('invitedEmail', 'invitedId'), 'invitedEmail or invitedId, one of both');
const replace2 = z.strictObject({
  machineIdentifier: z.string().optional(),
  librarySectionIds: ids.optional(),
  settings: settings2.partial().optional(),
});
const sharingSettings = z
  .strictObject({
    invitedEmail: z.string().optional(),
    invitedId: id.optional(),
    settings: settings2,
  })
  .refine(oneOf('invitedEmail', 'invitedId'), 'invitedEmail or invitedId, one of both');

/** The documented body of every write that has one, by method and path. */
export const BODIES: Readonly<Record<string, Shape>> = {
  'POST /api/servers/:machine/shared_servers': { name: 'create, v1', schema: create1 },
  'PUT /api/servers/:machine/shared_servers/:share': { name: 'replace, v1', schema: replace1 },
  'POST /api/v2/shared_servers': { name: 'create, v2', schema: create2 },
  'POST /api/v2/shared_servers/:share': { name: 'replace, v2', schema: replace2 },
  'POST /api/v2/sharing_settings': { name: 'sharing settings', schema: sharingSettings },
};
