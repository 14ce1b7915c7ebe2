import { randomUUID } from 'node:crypto';
import { UserError } from '../core/errors.js';
import type { CaseId, GuildId, PersonId, ServerId } from '../core/model.js';
import { startManaging, takeOrders } from '../core/orders.js';
import { foldName } from '../core/reads.js';
import { judgeGrant } from '../core/rules.js';
import { bold, dateTime, listed, maskEmail, until } from '../core/text.js';
import type { PersonRow } from '../store/rows.js';
import type { Tables } from '../store/store.js';
import { seekPerson, unknownPerson } from './find.js';
import type { NamedLibrary } from './find.js';
import type { GrantWish } from './grantWish.js';
import { refuseWish } from './grantCase.js';
import { giverOf } from './parts.js';
import type { Parts, Standing } from './parts.js';
import { announce, hold, libraryFacts, libraryNames, openCase, record } from './record.js';

/** Who is meant: somebody known, or a name that an invite could go to. */
export type Whom =
  | { readonly kind: 'known'; readonly person: PersonRow }
  | {
      readonly kind: 'stranger';
      /** The address or username, lower case. */
      readonly as: string;
      readonly isAddress: boolean;
      /** That nobody is called so. */
      readonly refusal: UserError;
    };

/** Asks whether somebody never seen is to be invited: a typo on a phone invites a stranger. */
export interface InviteQuestion {
  readonly kind: 'invite';
  readonly tone: 'attention' | 'refused';
  readonly text: string;
  readonly as: string;
  /** Whether the invite can go before the grant begins. */
  readonly canGoNow: boolean;
}

const ADDRESS = /^[\p{L}\p{N}][\p{L}\p{N}._%+'-]*@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)*\.\p{L}{2,}$/u;
const LONGEST_ADDRESS = 254;
/** What plex.tv takes as a username, as far as anybody knows: no spaces, and nothing that Discord or a mail would. */
const USERNAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{1,49}$/u;

/** Looks somebody up by what was typed. Throws when that is nobody, and no invite could go to it. */
export async function findWhom(tables: Tables, guildId: GuildId, typed: string): Promise<Whom> {
  const person = await seekPerson(tables, guildId, typed);
  if (person) return { kind: 'known', person };
  const refusal = await unknownPerson(tables, guildId, typed.trim());
  const as = foldName(typed);
  const isAddress = as.length <= LONGEST_ADDRESS && ADDRESS.test(as);
  if (!isAddress && !USERNAME.test(as)) throw refusal;
  return { kind: 'stranger', as, isAddress, refusal };
}

interface Asked {
  readonly guildId: GuildId;
  readonly wish: GrantWish;
  readonly whom: Extract<Whom, { kind: 'stranger' }>;
  readonly library: NamedLibrary;
  readonly title: string;
}

/** Repeats to the asker in full who would be invited, to what, and when. */
export async function askToInvite(parts: Parts, asked: Asked): Promise<InviteQuestion> {
  const { wish, whom, library, title } = asked;
  const now = parts.clock.now();
  const verdict = judgeGrant(null, { startsAt: wish.from, endsAt: wish.until }, now);
  if (verdict.kind === 'refuse') {
    const person = { title: whom.as };
    throw refuseWish(verdict.why, { wish, person, title, open: null }, now);
  }
  const names = await libraryNames(parts.store, library.serverId);
  const { defaults } = await parts.store.grants.libraries(library.serverId);
  const kept = defaults.filter((section) => section !== library.sectionId);
  const keptTitles = kept.map((section) => names.get(section) ?? 'a library not read yet');
  const later = wish.from !== null && wish.from > now ? wish.from : null;
  const sent = listed([title, ...keptTitles]);
  const start = later === null ? '' : ` from ${dateTime(later)}`;
  const lines = [
    whom.isAddress
      ? `Nobody here has that address. Invite ${bold(whom.as)} to ${bold(library.serverName)}, with ${sent}${start} ${until(wish.until)}?`
      : `${whom.refusal.message}\nInvite the Plex account ${bold(whom.as)} to ${bold(library.serverName)}, with ${sent}${start} ${until(wish.until)}?`,
    whom.isAddress
      ? 'Check every letter: whoever has this address gets the invitation.'
      : 'A stranger may own that name: ask them how they are called in Plex before you invite them.',
    later === null ? '' : `Nothing is sent before ${dateTime(later)}.`,
    later !== null && defaults.length > 0
      ? `**Invite now** sends it at once, with ${listed(defaults.map((s) => names.get(s) ?? ''))} only, so that they can accept in time.`
      : '',
  ];
  return {
    kind: 'invite',
    tone: whom.isAddress ? 'attention' : 'refused',
    text: lines.filter((line) => line !== '').join('\n'),
    as: whom.as,
    canGoNow: later !== null && defaults.length > 0,
  };
}

/** The row of somebody who is to be invited; who was invited under that name before is the same person. */
export async function addInvited(tables: Tables, guildId: GuildId, as: string): Promise<PersonRow> {
  const isAddress = as.includes('@');
  await tables.people.invite({
    id: randomUUID() as PersonId,
    guildId,
    accountId: null,
    kind: 'invited',
    title: isAddress ? maskEmail(as) : as,
    username: isAddress ? '' : as,
    email: isAddress ? as : '',
    invitedAs: as,
    mergedInto: null,
    missingSince: null,
    goneAt: null,
  });
  const row = await tables.people.invited(guildId, as);
  if (!row) throw new Error('the person to be invited was not stored');
  if (row.goneAt !== null) {
    await tables.people.change(row.id, { goneAt: null, missingSince: null });
  }
  return { ...row, goneAt: null, missingSince: null };
}

interface About {
  readonly guildId: GuildId;
  readonly person: PersonRow;
  readonly serverId: ServerId;
}

/** Whether an invite that is due later can go now: nothing was sent yet, and there is a default to send it with. */
export async function canInviteNow({ store }: Parts, about: About): Promise<boolean> {
  const { person, serverId } = about;
  if (person.kind !== 'invited') return false;
  const [stored] = await store.shares.on(serverId, [person.id]);
  const { defaults } = await store.grants.libraries(serverId);
  const hasRow = (stored?.share.observed?.row ?? null) !== null;
  return stored !== undefined && !stored.share.managed && !hasRow && defaults.length > 0;
}

/** Somebody whose invite was offered to go early, if it still can. */
export async function waitingInvite(
  parts: Parts,
  { guildId, personId, serverId }: { guildId: GuildId; personId: PersonId; serverId: ServerId },
): Promise<About> {
  const person = await parts.store.people.get(guildId, personId);
  const servers = await parts.store.servers.ofGuild(guildId);
  if (!person || person.goneAt !== null || !servers.some((server) => server.id === serverId)) {
    throw new UserError(
      'unknown-person',
      'They are no longer known here. Use /grant to invite them anew.',
    );
  }
  const about = { guildId, person, serverId };
  if (!(await canInviteNow(parts, about))) throw invitedAlready(person);
  return about;
}

/** Sends the invite before the grant begins, with the default libraries only: Usher keeps the share from now on. */
export async function inviteNow(parts: Parts, standing: Standing, about: About): Promise<CaseId> {
  const { guildId, person, serverId } = about;
  const names = await libraryNames(parts.store, serverId);
  const { caseId, recorded } = await parts.store.transaction(async (tables) => {
    const who = { guildId, serverId, personId: person.id, names };
    const held = await hold(tables, who, parts.clock.now());
    const { share } = held.stored;
    const { defaults } = held.entitlement;
    if (share.managed || defaults.length === 0) throw invitedAlready(person);
    const step = takeOrders(startManaging(share), held.entitlement, parts.clock.now());
    const head = { guildId, personId: person.id, serverId, reason: null, at: step.t };
    const facts = { type: 'person.invited', libraries: libraryFacts(names, defaults) } as const;
    const caseId = await openCase(tables, { ...head, actorId: giverOf(standing) }, facts);
    const own = { caseId, sections: defaults };
    return { caseId, recorded: await record(tables, parts, { held, step, own, looks: 0 }) };
  });
  announce(parts, recorded);
  return caseId;
}

const invitedAlready = ({ title }: PersonRow): UserError =>
  new UserError(
    'invited-already',
    `${bold(title)} has been invited already, or there is no default library to invite them with. Use /access show to see what Plex has.`,
  );
