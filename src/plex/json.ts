import { z } from 'zod';
import type { AccountId, InviteId, MachineId, SectionId, ShareId } from '../core/model.js';
import type { PendingInvite } from '../core/reads.js';
import { PlexProtocolError } from './errors.js';

/** One of a server's addresses as plex.tv announces them. */
export interface Connection {
  readonly address: string;
  readonly port: number;
  readonly uri: string;
  readonly local: boolean;
  readonly relay: boolean;
}

/** A server of this owner, with the token that it takes. */
export interface OwnedServer {
  readonly machineId: MachineId;
  readonly name: string;
  readonly accessToken: string;
  readonly connections: readonly Connection[];
}

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
    /** Set where the invite was declined, taken back or left: it waits for nobody. */
    deletedAt: z.string().nullish(),
    leftAt: z.string().nullish(),
  }),
);
export const pin = z.object({
  id: z.number().int(),
  code: z.string().min(1),
  authToken: z.string().nullish(),
});
/** Of all that an account has in its network only servers are looked at closer. */
export const resources = z.array(z.looseObject({ provides: z.string().default('') }));
const connection = z.object({
  address: z.string(),
  port: z.number().int(),
  uri: z.url({ protocol: /^https?$/ }),
  local: z.boolean(),
  relay: z.boolean(),
});
const server = z.object({
  name: z.string(),
  clientIdentifier: z.string().min(1),
  owned: z.boolean(),
  accessToken: z.string().nullish(),
  connections: z.array(z.unknown()).default([]),
});

/** The owner's servers; those of others are left out, and with them their tokens. An odd entry costs only itself. */
export const serversIn = (
  all: z.infer<typeof resources>,
  accountToken: string,
): readonly OwnedServer[] =>
  all
    .filter(({ provides }) => provides.split(',').includes('server'))
    .flatMap((one) => server.safeParse(one).data ?? [])
    .filter(({ owned }) => owned)
    .map(({ clientIdentifier, accessToken, name, connections }) => ({
      machineId: clientIdentifier as MachineId,
      name,
      accessToken: accessToken ?? accountToken,
      connections: connections.flatMap((one) => connection.safeParse(one).data ?? []),
    }));

/** A share that waits to be accepted; its invite is named by the account, else by the address. */
type PendingShare = z.infer<typeof pendingShares>[number];

/** Whether an invite still waits to be accepted. */
export const isWaiting = ({ deletedAt, leftAt }: PendingShare): boolean =>
  (deletedAt ?? leftAt ?? null) === null;

export function inviteOf(share: PendingShare): PendingInvite {
  const accountId = share.invitedId ?? share.invited?.id ?? null;
  const email = share.invitedEmail ?? share.invited?.email ?? '';
  return {
    shareId: share.id as ShareId,
    inviteId: String(accountId ?? email) as InviteId,
    machineId: share.machineIdentifier,
    accountId: accountId as AccountId | null,
    email,
    username: share.invited?.username ?? '',
    sections: share.libraries.map((library) => library.id as SectionId),
    all: share.allLibraries,
  };
}

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
