import { Outage, UserError } from '../core/errors.js';
import { endedAt, handsOff } from '../core/release.js';
import type { LibraryFact } from '../core/cases.js';
import type { PersonId } from '../core/model.js';
import { bold } from '../core/text.js';
import type { PersonRow, ServerRow } from '../store/rows.js';
import type { Tables } from '../store/store.js';
import { findPerson } from './find.js';
import { unwatched } from './going.js';
import { importAll } from './importAll.js';
import { openFile } from './caseFiles.js';
import { headOf } from './note.js';
import type { Parts, Standing } from './parts.js';
import { readList } from './readList.js';
import { announce, hold, libraryFacts, libraryNames, openCase, record } from './record.js';
import type { Recorded } from './record.js';
import { tellFiles } from './tell.js';
import type { Told } from './tell.js';

/** Whether Usher looks after a person. */
export interface HandsWish {
  readonly person: string;
  readonly managed: boolean;
}

/** Lets go of a person, or takes over again what Plex shows of them. Neither changes anything in Plex. */
export async function setHands(
  parts: Parts,
  standing: Standing,
  { person: typed, managed }: HandsWish,
): Promise<Told> {
  const person = await findPerson(parts.store, standing.guildId, typed);
  const servers = await parts.store.servers.ofGuild(standing.guildId);
  return managed
    ? takeBack(parts, standing, { person, servers })
    : letGoOf(parts, standing, { person, servers });
}

interface Subject {
  readonly person: PersonRow;
  readonly servers: readonly ServerRow[];
}

const byId = (servers: readonly ServerRow[]) => [...servers].sort((a, b) => (a.id < b.id ? -1 : 1));

async function letGoOf(parts: Parts, standing: Standing, { person, servers }: Subject) {
  const { caseId, recorded } = await parts.store.transaction(async (tables) => {
    const before = await lockAll(tables, parts, { person, servers });
    if (before.every((share) => share.handsOff)) {
      throw new UserError(
        'hands-off-already',
        `Usher keeps its hands off ${bold(person.title)} already. Use /people manage with managed: Yes to change that.`,
      );
    }
    const recorded: Recorded[] = [];
    const ended: LibraryFact[] = [];
    for (const server of byId(servers)) {
      const done = await letGoOn(tables, parts, { standing, person, server });
      recorded.push(done.recorded);
      ended.push(...done.ended);
    }
    const head = { ...headOf(standing, parts.clock.now()), personId: person.id };
    const facts = { type: 'person.unmanaged', libraries: ended } as const;
    return { caseId: await openCase(tables, head, facts), recorded };
  });
  recorded.forEach((one) => announce(parts, one));
  parts.knock(standing.guildId);
  return tellFiles([await openFile(parts.store, caseId)], parts.clock.now());
}

async function lockAll(tables: Tables, { clock }: Parts, { person, servers }: Subject) {
  const locked = [];
  for (const { id } of byId(servers)) {
    locked.push(await tables.shares.lock(id, person.id, clock.now()));
  }
  return locked;
}

async function letGoOn(
  tables: Tables,
  parts: Parts,
  about: { readonly standing: Standing; readonly person: PersonRow; readonly server: ServerRow },
): Promise<{ readonly recorded: Recorded; readonly ended: readonly LibraryFact[] }> {
  const { standing, person, server } = about;
  const names = await libraryNames(tables, server.id);
  const who = { guildId: standing.guildId, serverId: server.id, personId: person.id, names };
  const held = await hold(tables, who, parts.clock.now());
  const step = handsOff(held.stored.share, held.entitlement, parts.clock.now());
  // What ended until now has been taken, and is told as an end.
  const open = held.entitlement.grants.filter((grant) => !step.ended.includes(grant));
  for (const grant of open) {
    const { revokedAt } = endedAt(grant, step.t);
    if (revokedAt) await tables.grants.change(grant.id, { revokedAt });
  }
  await tables.grants.close(
    open.map((grant) => grant.id),
    step.t,
  );
  const over = held.entitlement.grants.filter((grant) => !open.includes(grant));
  const after = {
    ...held,
    stored: { ...held.stored, handsOff: true },
    entitlement: { ...held.entitlement, grants: over },
  };
  const recorded = await record(tables, parts, { held: after, step });
  const sections = open.map((grant) => grant.section);
  return { recorded, ended: libraryFacts(names, sections) };
}

async function takeBack(parts: Parts, standing: Standing, { person, servers }: Subject) {
  const { store, clock } = parts;
  const caseId = await store.transaction(async (tables) => {
    const before = await lockAll(tables, parts, { person, servers });
    if (!before.some((share) => share.handsOff)) {
      throw new UserError(
        'managed-already',
        `Usher looks after ${bold(person.title)} already. Use /people show to see what they have.`,
      );
    }
    await tables.people.handsOn(person.id);
    const head = { ...headOf(standing, clock.now()), personId: person.id };
    return openCase(tables, head, { type: 'person.managed' });
  });
  parts.knock(standing.guildId);
  const late = await takeOver(parts, servers, person.id);
  const told = tellFiles([await openFile(store, caseId)], clock.now());
  if (late.length === 0) return told;
  const wait = `Plex is not answering for ${late.map(({ name }) => bold(name)).join(' and ')}; the next sync takes that over.`;
  return { ...told, text: told.text.replace('\n-#', `\n${wait}\n-#`) };
}

/** Takes over what Plex shows of them now; gives the servers that do not answer. */
async function takeOver(
  parts: Parts,
  servers: readonly ServerRow[],
  personId: PersonId,
): Promise<readonly ServerRow[]> {
  const late: ServerRow[] = [];
  for (const server of servers) {
    try {
      const [person] = await parts.store.people.byIds([personId]);
      const [stored] = await parts.store.shares.on(server.id, [personId]);
      if (!person) continue;
      const people = [{ person, share: stored?.share ?? null }];
      const list = await readList(parts, server, { people, priority: 'person' });
      await importAll(parts, server, { people, list, going: unwatched });
    } catch (error) {
      if (!(error instanceof Outage)) throw error;
      late.push(server);
    }
  }
  return late;
}
