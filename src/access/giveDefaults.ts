import { UserError } from '../core/errors.js';
import type { CaseId, SectionId, ServerId } from '../core/model.js';
import { minus } from '../core/sections.js';
import type { Sections } from '../core/sections.js';
import { bold, counted, listed } from '../core/text.js';
import type { ServerRow } from '../store/rows.js';
import type { Tables } from '../store/store.js';
import { takeOne } from './defaults.js';
import type { Recorded } from './follow.js';
import { countLacking, lackedBy, sharesLacking } from './lacking.js';
import { touchOffers } from './offers.js';
import { giverOf } from './parts.js';
import type { Parts, Standing } from './parts.js';
import { announce, hold, libraryFacts, libraryNames, openCase } from './record.js';
import type { Held, LibraryNames, Recorded as Stored } from './record.js';

/** How many people lack which default. */
export type Lacked = readonly { readonly section: number; readonly people: number }[];

/** The defaults of a server are to be given to people who were taken over without them. */
export interface GiveWish {
  readonly server: string;
  /** Who lacks what, as the asker has seen; null: nothing was shown. */
  readonly seen: Lacked | null;
}

export type GiveOutcome =
  | { readonly kind: 'recorded'; readonly recorded: Recorded }
  | {
      readonly kind: 'ask';
      readonly text: string;
      readonly people: number;
      readonly seen: Lacked;
    }
  | { readonly kind: 'nobody'; readonly text: string };

/** Gives the defaults to everybody who was taken over without them; asks with the numbers when others were shown. */
export async function giveDefaults(
  parts: Parts,
  standing: Standing,
  { server: serverId, seen }: GiveWish,
): Promise<GiveOutcome> {
  const { store } = parts;
  const server = await connected(parts, standing, serverId);
  const at = { guildId: standing.guildId, serverId: server.id };
  const { defaults, shares } = await sharesLacking(store, at);
  if (shares.length === 0) return nobody(parts, server);
  const now = countLacking(shares.map((stored) => lackedBy(stored, defaults)));
  const names = await libraryNames(store, server.id);
  if (!isSame(now, seen)) return question(server, { names, now, people: shares.length });
  const people = shares.map((stored) => stored.personId);
  const done = await give(parts, standing, { server, names, defaults, people });
  if (done === null) return nobody(parts, server);
  done.stored.forEach((one) => announce(parts, one));
  parts.knock(standing.guildId);
  return {
    kind: 'recorded',
    recorded: { caseIds: [done.caseId], people, servers: [server.id] },
  };
}

async function connected(
  { store }: Parts,
  { guildId }: Standing,
  serverId: string,
): Promise<ServerRow> {
  const server = (await store.servers.ofGuild(guildId)).find(({ id }) => id === serverId);
  if (server) return server;
  throw new UserError(
    'server-left',
    'The server of this message is no longer connected here. Use /library list to see what is.',
  );
}

const isSame = (now: Lacked, seen: Lacked | null): boolean =>
  seen !== null &&
  now.length === seen.length &&
  now.every((a) => seen.some((b) => a.section === b.section && a.people === b.people));

/** Whatever answered it meanwhile, its button goes. */
async function nobody(parts: Parts, { id, guildId, name }: ServerRow): Promise<GiveOutcome> {
  await parts.store.transaction((tables) => touchOffers(tables, id, parts.clock.now()));
  parts.knock(guildId);
  return { kind: 'nobody', text: `Nobody on ${bold(name)} lacks a default library any more.` };
}

function question(
  { name }: ServerRow,
  { names, now, people }: { names: LibraryNames; now: Lacked; people: number },
): GiveOutcome {
  const lines = now.map((one) => {
    const titles = libraryFacts(names, [one.section as SectionId]).map(({ title }) => title);
    return `${listed(titles)}: ${counted(one.people, 'person', 'people')}`;
  });
  const verb = people === 1 ? 'lacks' : 'lack';
  const text = `${counted(people, 'person', 'people')} on ${bold(name)} ${verb} a default library now.`;
  return { kind: 'ask', text: [text, ...lines].join('\n'), people, seen: now };
}

interface Giving {
  readonly server: ServerRow;
  readonly names: LibraryNames;
  readonly defaults: Sections;
  readonly people: readonly Held['stored']['personId'][];
}

/** null: meanwhile nobody lacks one. */
function give(parts: Parts, standing: Standing, { server, names, defaults, people }: Giving) {
  const { guildId } = standing;
  return parts.store.transaction(async (tables) => {
    const helds: Held[] = [];
    const there = await tables.shares.on(server.id, people);
    for (const { personId } of there) {
      const who = { guildId, serverId: server.id, personId, names };
      const held = await hold(tables, who, parts.clock.now());
      if (lackedBy(held.stored, defaults).length > 0) helds.push(held);
    }
    if (helds.length === 0) return null;
    const lacked = helds.map((held) => lackedBy(held.stored, defaults));
    const given = countLacking(lacked).map(({ section }) => section);
    const about = { server, given, names, people: helds.length };
    const caseId = await open(tables, parts, { standing, about });
    const stored: Stored[] = [];
    for (const held of helds) {
      const sections = lackedBy(held.stored, defaults);
      const { share } = held.stored;
      const freed = { ...share, exempt: minus(share.exempt, sections) };
      const own = { caseId, sections, isQuiet: true };
      stored.push(await takeOne(tables, parts, { held, share: freed, own }));
    }
    await touchOffers(tables, server.id, parts.clock.now());
    return { caseId, stored };
  });
}

interface Opening {
  readonly standing: Standing;
  readonly about: {
    readonly server: Pick<ServerRow, 'name'> & { readonly id: ServerId };
    readonly given: Sections;
    readonly names: LibraryNames;
    readonly people: number;
  };
}

function open(tables: Tables, { clock }: Parts, { standing, about }: Opening): Promise<CaseId> {
  const { server, given, names, people } = about;
  const head = { guildId: standing.guildId, personId: null, serverId: server.id, reason: null };
  return openCase(
    tables,
    { ...head, actorId: giverOf(standing), at: clock.now() },
    {
      type: 'default.given',
      libraries: libraryFacts(names, given),
      server: server.name,
      people,
    },
  );
}
