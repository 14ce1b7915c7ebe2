/**
 * The contract of `Plex` with plex.tv and a server, told by what the client itself reads back. It runs against sim/plex.
 * With `REAL_PLEX_TOKEN` set it runs against a real Plex instead, and changes shares there:
 *
 * - `REAL_PLEX_TOKEN`: the owner's token;
 * - `REAL_PLEX_URL`: a server of that owner with at least two libraries, e.g. http://192.168.1.20:32400;
 * - `REAL_PLEX_PERSON`: account id of a friend who has no share of that server, and will have none afterwards;
 * - `REAL_PLEX_ADDRESS`: an address that may be invited, and whose invite is taken back;
 * - `REAL_PLEX_TV_URL`, `REAL_PLEX_CLIENTS_URL`: only when they are not https://plex.tv and https://clients.plex.tv.
 *
 * The other files beside this one need the simulator's faults and knobs, and never look at these variables.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isSane } from '../../src/core/reads.js';
import type { AccountId, MachineId, SectionId, ShareId } from '../../src/core/model.js';
import { PlexRejected, PlexUnauthorised } from '../../src/plex/errors.js';
import { Plex } from '../../src/plex/plex.js';
import type { PlexWrite } from '../../src/plex/plex.js';
import { eventually } from '../../sim/tour/drive.js';
import { JONAS, refusal, simulated } from './target.js';
import { TOKEN } from '../sim/start.js';

interface Target {
  readonly plexTvUrl: string;
  readonly clientsUrl: string;
  readonly pmsUrl: string;
  readonly token: string;
  readonly person: AccountId;
  readonly address: string;
  readonly writesPerSecond: number;
  fresh(): Promise<void>;
  stop(): Promise<unknown>;
}

const real = process.env.REAL_PLEX_TOKEN;

function realTarget(token: string): Target {
  const need = (name: string): string => {
    const value = process.env[name];
    if (value === undefined || value === '') throw new Error(`${name} is needed as well`);
    return value;
  };
  const plexTvUrl = process.env.REAL_PLEX_TV_URL ?? 'https://plex.tv';
  return {
    plexTvUrl,
    clientsUrl: process.env.REAL_PLEX_CLIENTS_URL ?? 'https://clients.plex.tv',
    pmsUrl: need('REAL_PLEX_URL'),
    token,
    person: Number(need('REAL_PLEX_PERSON')) as AccountId,
    address: need('REAL_PLEX_ADDRESS'),
    writesPerSecond: 1,
    fresh: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  };
}

async function simTarget(): Promise<Target> {
  const { sim, fresh } = await simulated();
  const { url } = sim;
  return {
    plexTvUrl: url,
    clientsUrl: url,
    pmsUrl: url,
    token: TOKEN,
    person: JONAS,
    address: 'new.person@example.org',
    writesPerSecond: 0,
    fresh,
    stop: () => sim.stop(),
  };
}

let target: Target;
let plex: Plex;
let machineId: MachineId;
/** Two libraries of the server. */
let first: SectionId;
let second: SectionId;

const client = (token = target.token): Plex =>
  new Plex({
    ...target,
    token,
    clientIdentifier: 'usher-test',
    writeTimeoutMs: 15_000,
    clock: { now: () => new Date() },
  });
const send = (write: PlexWrite) => plex.writeSlot('person', (sendIt) => sendIt(machineId, write));
const rows = async () => (await plex.shares(machineId, 'person')).rows;
const rowOf = async (person: AccountId) => (await rows()).find((row) => row.accountId === person);
/** plex.tv's lists may lag behind a write. */
const shows = (sections: readonly SectionId[]) =>
  eventually('the list shows what was written', async () => {
    const row = await rowOf(target.person);
    return row && [...row.sections].sort().join() === [...sections].sort().join() ? row : null;
  });

beforeAll(async () => {
  target = real === undefined ? await simTarget() : realTarget(real);
});
afterAll(() => target.stop());
beforeEach(async () => {
  await target.fresh();
  plex = client();
  ({ machineId } = await plex.identity(target.pmsUrl));
  const { sections } = await plex.catalogue(machineId, 'person');
  const [one, two] = sections.map((section) => section.sectionId);
  if (one === undefined || two === undefined) throw new Error('the server needs two libraries');
  [first, second] = [one, two];
});
afterEach(async () => {
  const left = await rowOf(target.person);
  if (left) await send({ kind: 'delete', shareId: left.id });
  plex.close();
});

describe('a server', () => {
  test('says which it is to a client without a token', () => {
    expect(machineId).toMatch(/^[0-9a-f]{40}$/);
  });

  test('is listed at plex.tv as owned, with its libraries', async () => {
    const { owned, name, sections } = await plex.catalogue(machineId, 'person');
    expect(owned).toBe(true);
    expect(name).not.toBe('');
    expect(new Set(sections.map((section) => section.sectionId)).size).toBe(sections.length);
  });

  test('has libraries whose ids at plex.tv are not the keys it uses itself', async () => {
    const libraries = await plex.libraries({ machineId, pmsUrl: target.pmsUrl }, 'person');
    const { sections } = await plex.catalogue(machineId, 'person');
    expect(libraries.map(({ key, sectionId }) => ({ key, sectionId }))).toEqual(
      expect.arrayContaining(sections.map(({ key, sectionId }) => ({ key, sectionId }))),
    );
    for (const { key, sectionId, uuid } of libraries) {
      expect(String(sectionId)).not.toBe(key);
      expect(uuid).not.toBe('');
    }
  });
});

describe('the owner', () => {
  test('is known by the token', async () => {
    const { id, username } = await plex.account('person');
    expect(id).toBeGreaterThan(0);
    expect(username).not.toBe('');
  });

  test('is not one of the people', async () => {
    const [{ id }, people] = await Promise.all([plex.account('person'), plex.people('person')]);
    expect(people.map((person) => person.accountId)).not.toContain(id);
    expect(people.map((person) => person.accountId)).toContain(target.person);
  });

  test('is not let in with a token that is not theirs', async () => {
    const stranger = client('not-a-token');
    for (const ask of [
      () => stranger.account('person'),
      () => stranger.shares(machineId, 'person'),
      () => stranger.pending('person'),
      () => stranger.catalogue(machineId, 'person'),
    ]) {
      const error = await refusal(ask());
      expect(error).toBeInstanceOf(PlexUnauthorised);
      expect(error).toMatchObject({ status: 401 });
    }
  });
});

describe('shares', () => {
  test('of a server come whole and sane in one answer', async () => {
    const answer = await plex.shares(machineId, 'person');
    expect(isSane(answer)).toBe(true);
  });

  test('are made, replaced as a whole and deleted', async () => {
    const { row } = await send({ kind: 'create', accountId: target.person, sections: [first] });
    const made = await shows([first]);
    expect(made).toMatchObject({ id: row, all: false });
    await send({ kind: 'replace', shareId: made.id, sections: [second] });
    expect((await shows([second])).id).toBe(made.id);
    await send({ kind: 'replace', shareId: made.id, sections: [first, second] });
    await shows([first, second]);
    await send({ kind: 'delete', shareId: made.id });
    await eventually('the share is gone', async () => !(await rowOf(target.person)));
  });

  test('leave the person known when they end', async () => {
    await send({ kind: 'create', accountId: target.person, sections: [first] });
    const { id } = await shows([first]);
    await send({ kind: 'delete', shareId: id });
    await eventually('the share is gone', async () => !(await rowOf(target.person)));
    const people = await plex.people('person');
    expect(people.map((person) => person.accountId)).toContain(target.person);
  });

  test('are refused to somebody who has one already', async () => {
    await send({ kind: 'create', accountId: target.person, sections: [first] });
    await shows([first]);
    const again = send({ kind: 'create', accountId: target.person, sections: [second] });
    const error = await refusal(again);
    expect(error).toBeInstanceOf(PlexRejected);
    expect(error).toMatchObject({ meaning: 'already-sharing' });
    expect((await rowOf(target.person))?.sections).toEqual([first]);
  });

  test('that do not exist are neither replaced nor deleted', async () => {
    const shareId = 1 as ShareId;
    for (const write of [
      { kind: 'replace', shareId, sections: [first] },
      { kind: 'delete', shareId },
    ] as const) {
      expect(await refusal(send(write))).toMatchObject({ meaning: 'not-found' });
    }
  });

  test('with an empty list of libraries never leave the house', async () => {
    const before = await rows();
    for (const write of [
      { kind: 'create', accountId: target.person, sections: [] },
      { kind: 'create', email: target.address, sections: [] },
      { kind: 'replace', shareId: before[0]?.id ?? (1 as ShareId), sections: [] },
    ] as const) {
      expect(String(await refusal(send(write)))).toContain('empty list');
    }
    expect(await rows()).toEqual(before);
  });
});

describe('an invite by address', () => {
  const invited = async () =>
    (await plex.pending('person')).find((invite) => invite.email === target.address);

  test('waits to be accepted, with its libraries, until it is taken back', async () => {
    await send({ kind: 'create', email: target.address, sections: [first] });
    const invite = await eventually('the invite is listed', invited);
    expect(invite).toMatchObject({ machineId, sections: [first], all: false });
    const { shareId, accountId, email } = invite;
    await send({ kind: 'cancelInvite', shareId, accountId, email });
    await eventually('the invite is gone', async () => !(await invited()));
    expect((await rows()).map((row) => row.id)).not.toContain(shareId);
  });

  test('taken back a second time is no error', async () => {
    await send({ kind: 'create', email: target.address, sections: [first] });
    const { shareId, accountId, email } = await eventually('the invite is listed', invited);
    await send({ kind: 'cancelInvite', shareId, accountId, email });
    await send({ kind: 'cancelInvite', shareId, accountId, email });
    await eventually('the invite is gone', async () => !(await invited()));
  });
});
