import { UserError } from '../core/errors.js';
import type { ServerId } from '../core/model.js';
import { bold, counted } from '../core/text.js';
import type { ServerRow } from '../store/rows.js';
import { mustBeFree } from './environment.js';
import { note } from './note.js';
import type { Parts, Standing } from './parts.js';
import type { Told } from './tell.js';

/** A server that Usher is to look after no longer. */
export interface DisconnectWish {
  readonly server: string;
  /** How many ends and open changes were shown to be given up; null: nothing was shown. */
  readonly confirmed: { readonly ends: number; readonly open: number } | null;
}

export type DisconnectOutcome =
  | { readonly kind: 'done'; readonly told: Told }
  | {
      readonly kind: 'ask';
      readonly text: string;
      readonly confirmed: { readonly ends: number; readonly open: number };
    };

/**
 * Lets go of a Plex server, after showing what Usher then no longer carries out. Plex itself is not touched: everybody
 * keeps what they have there, so that there is nothing for the brake to hold.
 */
export async function disconnect(
  parts: Parts,
  standing: Standing,
  { server: id, confirmed }: DisconnectWish,
): Promise<DisconnectOutcome> {
  const { store, clock } = parts;
  const { guildId } = standing;
  await mustBeFree(store, guildId, 'plex');
  const server = await connected(parts, standing, id);
  const { people, ends, open } = await store.servers.hangsOn(server.id);
  const isSeen = confirmed !== null && ends <= confirmed.ends && open <= confirmed.open;
  if (!isSeen) return question(server, { people, ends, open });
  const told = await note(parts, standing, {
    facts: { type: 'server.disconnected', server: server.name, people, ends },
    personId: null,
    change: (tables) => tables.servers.letGo(server.id, clock.now()),
  });
  await parts.troubles.clear(guildId, { kinds: ['sweep-overdue'], subject: server.id });
  await forgetOwner(parts, server);
  return { kind: 'done', told };
}

async function connected({ store }: Parts, { guildId }: Standing, id: string): Promise<ServerRow> {
  const server = (await store.servers.ofGuild(guildId)).find((one) => one.id === (id as ServerId));
  if (server) return server;
  throw new UserError(
    'server-left',
    'That server is no longer connected here. Use /setup to see what is.',
  );
}

function question(
  { name }: ServerRow,
  { people, ends, open }: { people: number; ends: number; open: number },
): DisconnectOutcome {
  const lines = [
    `Usher then lets go of ${bold(name)}, and changes nothing in Plex: ${counted(people, 'person keeps', 'people keep')} what they have there.`,
    ends === 0
      ? ''
      : `${counted(ends, 'end that is planned does', 'ends that are planned do')} not come any more.`,
    open === 0
      ? ''
      : `${counted(open, 'change that is on the way is', 'changes that are on the way are')} given up.`,
    'What was given there is forgotten, and what was told of it stays in the audit channel.',
  ];
  const text = lines.filter((line) => line !== '').join('\n');
  return { kind: 'ask', text, confirmed: { ends, open } };
}

/** What stood wrong with an owner none of whose servers is left here, stands wrong no more. */
async function forgetOwner(
  { store, troubles }: Parts,
  { guildId, ownerId }: ServerRow,
): Promise<void> {
  const left = await store.servers.ofGuild(guildId);
  if (left.some((server) => server.ownerId === ownerId)) return;
  const kinds = ['plex-token', 'plex-retired', 'plex-forbidden', 'plex-unreachable'] as const;
  await troubles.clear(guildId, { kinds, subject: String(ownerId) });
}
