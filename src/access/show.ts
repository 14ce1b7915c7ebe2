import { UserError } from '../core/errors.js';
import { isActive } from '../core/intended.js';
import type { Order, SectionId } from '../core/model.js';
import { atLeast } from '../core/power.js';
import { bold, dateTime, escapeName, escapeText, exactTime, until } from '../core/text.js';
import type { OpenGrant } from '../store/grants.js';
import type { PersonRow, ServerRow } from '../store/rows.js';
import type { StoredShare } from '../store/shares.js';
import { findPerson } from './find.js';
import type { Parts, Standing } from './parts.js';
import { libraryNames } from './record.js';
import type { LibraryNames } from './record.js';
import type { Told } from './tell.js';

const LONGEST_REASON = 200;

/** What a person has, why, from when until when, what Plex shows and what is open: one server a paragraph. */
export async function show(parts: Parts, standing: Standing, typed: string | null): Promise<Told> {
  const person =
    typed === null
      ? await self(parts, standing)
      : await findPerson(parts.store, standing.guildId, typed);
  const shares = await parts.store.shares.ofPerson(person.id);
  const blocks: string[] = [];
  for (const server of await parts.store.servers.ofGuild(standing.guildId)) {
    const share = shares.find((stored) => stored.serverId === server.id);
    blocks.push(await onServer(parts, { person, server, share }));
  }
  const shown = blocks.filter((block) => block !== '');
  const who = `${bold(person.title)}${addressFor(standing, person)}`;
  const nothing = `${who} has no access yet. Use /grant to give some.`;
  return {
    tone: 'neutral',
    text: [
      ...(shown.length === 0 ? [nothing] : [who, ...shown]),
      await linkedLine(parts, standing, person),
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
  };
}

/** Admins see an address in full, and nobody else does: this answer is private. */
const addressFor = ({ actor }: Standing, { email }: PersonRow): string =>
  email !== '' && actor.kind === 'member' && atLeast(actor.power, 'admin')
    ? ` · ${escapeName(email)}`
    : '';

/** Who of the guild this person is; leaving it changes no access by itself, so it is said. */
async function linkedLine(parts: Parts, standing: Standing, { id }: PersonRow): Promise<string> {
  const { guildId, actor } = standing;
  const members = await parts.store.people.membersOf(guildId, id);
  const mayKnow = actor.kind === 'member' && atLeast(actor.power, 'auditor');
  const closed = mayKnow ? await parts.store.dms.closed(members) : [];
  const lines = members.map(async (member) => {
    const isHere = await parts.isMember(guildId, member);
    const left = isHere === false ? ', who has left this Discord server' : '';
    return `Linked to <@${member}>${left}.${closed.includes(member) ? ' DMs are closed.' : ''}`;
  });
  return (await Promise.all(lines)).join('\n');
}

async function self({ store }: Parts, { guildId, actor }: Standing): Promise<PersonRow> {
  const person =
    actor.kind === 'member' ? await store.people.linkedTo(guildId, actor.userId) : null;
  if (person) return person;
  throw new UserError(
    'not-linked',
    'You are not linked to a person in Plex yet. Ask a moderator to use /people link.',
  );
}

interface OnServer {
  readonly person: PersonRow;
  readonly server: ServerRow;
  readonly share: StoredShare | undefined;
}

async function onServer({ store, clock }: Parts, about: OnServer): Promise<string> {
  const { person, server, share } = about;
  const grants = await store.grants.open(server.id, [person.id]);
  if (grants.length === 0 && !share?.share.observed?.row) return '';
  const names = await libraryNames(store, server.id);
  const { defaults } = await store.grants.libraries(server.id);
  const kept = share?.share.managed
    ? defaults.filter((section) => !share.share.exempt.includes(section))
    : [];
  const granted = grants.map((grant) => grantLine(grant, names, clock.now()));
  const keptLines = kept.map((section) => `${title(names, section)} · default, stays`);
  return [
    `On ${bold(server.name)}`,
    ...granted,
    ...keptLines,
    shownLine(share, names),
    ...(share?.share.orders.map((order) => orderLine(order, names)) ?? []),
  ].join('\n');
}

const title = (names: LibraryNames, section: SectionId): string =>
  bold(names.get(section) ?? 'a library not read yet');

function grantLine(grant: OpenGrant, names: LibraryNames, now: Date): string {
  const from = isActive(grant, now) ? '' : ` from ${dateTime(grant.startsAt)}`;
  const why =
    grant.source === 'import'
      ? 'had it before Usher'
      : grant.giver === null
        ? 'given by Usher'
        : `given by <@${grant.giver}>`;
  const reason = grant.reason === null ? '' : ` · ${escapeText(grant.reason, LONGEST_REASON)}`;
  return `${title(names, grant.section)}${from} ${until(grant.endsAt)} · ${why}${reason}`;
}

function shownLine(stored: StoredShare | undefined, names: LibraryNames): string {
  const read = stored?.share.observed;
  if (!read) return 'Plex has not been read yet.';
  const at = exactTime(read.at);
  if (read.row === null) return `Plex shows no share (${at}).`;
  const libraries = read.sections.map((section) => title(names, section)).join(', ');
  const state = read.pending ? ', invited, not accepted yet' : '';
  return `Plex shows ${read.all ? 'everything, also libraries to come' : libraries || 'nothing'} (${at}${state}).`;
}

function orderLine(order: Order, names: LibraryNames): string {
  const isAdd = order.want === 'add';
  const wish = `⏳ ${title(names, order.section)} is to be ${isAdd ? 'given' : 'taken'} since ${exactTime(order.since)}`;
  if (order.seenAt)
    return `${wish}; ${isAdd ? 'seen in' : 'gone from'} Plex ${exactTime(order.seenAt)}.`;
  return `${wish}; Plex does not show it yet.`;
}
