import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eventually, type Json } from '../../sim/tour/drive.js';
import { ids } from '../../sim/tour/world.js';
import { Panel } from '../support/panel.js';
import { startWorld, type TestWorld } from '../support/world.js';

/** No variable but the Discord token and where the simulators are; the rest is what every test world needs. */
const NOTHING_SET = {
  GUILD_ID: undefined,
  AUDIT_CHANNEL_ID: undefined,
  ADMIN_ROLE_IDS: undefined,
  MODERATOR_ROLE_IDS: undefined,
  AUDITOR_ROLE_IDS: undefined,
  PLEX_URL: undefined,
  PLEX_TOKEN: undefined,
  LOG_LEVEL: 'trace',
};
const PLEX_TOKEN = 'demo-plex-token';
const OWNER = { 'x-plex-token': PLEX_TOKEN, 'x-plex-client-identifier': 'plex-web' };

interface PlexState {
  readonly servers: readonly { machineId: string; libraries: { sectionId: number }[] }[];
  readonly pins: readonly { id: number; approved: boolean }[];
  readonly shares: readonly { id: number; email: string }[];
}

let story: TestWorld;
let panel: Panel;

beforeAll(async () => {
  story = await startWorld(NOTHING_SET, 8, 'empty');
  await story.world.startBot();
  panel = new Panel(story);
});
afterAll(() => story.stop());
/** The newest lines of the log after each step. */
let logged = '';
afterEach(() => {
  logged += story.world.botsLastWords();
});

const plexState = () => story.world.plex.state<PlexState>();

/** The owner invites somebody in Plex itself, who accepts. */
async function inviteByHand(email: string): Promise<void> {
  const { servers } = await plexState();
  const [attic] = servers;
  const body = {
    server_id: attic?.machineId,
    shared_server: {
      invited_email: email,
      library_section_ids: [attic?.libraries[0]?.sectionId],
    },
  };
  const url = `${story.world.plex.url}/api/servers/${attic?.machineId ?? ''}/shared_servers`;
  const headers = { ...OWNER, 'content-type': 'application/json' };
  await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const share = (await plexState()).shares.find((one) => one.email === email);
  await story.world.plex.act('accept', { shareId: share?.id });
}

const approve = async (pinId: number): Promise<unknown> =>
  story.world.plex.act('approvePin', { pinId });

async function newestPin(): Promise<number> {
  const { pins } = await plexState();
  return pins.at(-1)?.id ?? 0;
}

describe('a server owner, from nothing to the first expiry, by /setup alone', () => {
  test('sees what is missing, and what comes next', async () => {
    await panel.open('setup');
    const text = await panel.says(/Set up Usher/);
    expect(text).toContain('0 of 6 parts done');
    expect(text).toContain('not connected yet');
    expect(await panel.buttons()).toEqual([
      'Connect Plex',
      'Use a token',
      'Set audit channel',
      'Set roles',
      'Set time zone',
    ]);
  });

  test('logs in at Plex by a code, and takes a new one when the first is of no use', async () => {
    await panel.press('Connect Plex');
    await panel.says(/Open Plex, log in/);
    expect(await panel.link('Open Plex')).toMatch(
      /^https:\/\/app\.plex\.tv\/auth#\?clientID=usher-[^&]+&code=[^&]{9,}&context%5Bdevice%5D/,
    );
    const first = await newestPin();
    await panel.press('New code');
    await panel.says(/Open Plex, log in/);
    expect(await newestPin()).not.toBe(first);
    await approve(await newestPin());
    expect(await panel.says(/Choose another one later/)).toContain(
      'Connected to Plex as **owner**',
    );
  });

  test('chooses the server, which is asked at an address that answers', async () => {
    const [attic] = (await plexState()).servers;
    await panel.choose('Choose the server', [attic?.machineId ?? '']);
    const text = await panel.says(/\*\*Attic\*\* is connected/);
    expect(text).toContain('**Attic** (not read yet)');
  });

  test('is refused a channel in which Usher may not write, and can choose again', async () => {
    const deny = String(1 << 11);
    const closed = { channel: ids.general, id: ids.guild, type: 0, allow: '0', deny };
    await story.world.discord.act('setChannelPermissions', closed);
    await panel.press('Set audit channel');
    await eventually('the bot knows', async () => {
      await panel.choose('Choose the audit channel', [ids.general]);
      return /lacks \*\*Send Messages\*\*/.test(await panel.says(/lacks|is told in/));
    });
    await story.world.discord.act('setChannelPermissions', { ...closed, deny: '0' });
    await eventually('the bot may write', async () => {
      await panel.choose('Choose the audit channel', [ids.general]);
      return /Every change is told in/.test(await panel.says(/lacks|is told in/));
    });
  });

  test('reads Plex, which changes nothing there', async () => {
    await inviteByHand('nia@example.org');
    await panel.press('Read Plex');
    const text = await panel.says(/Nothing was changed in Plex/);
    expect(text).toContain('Took over 1 person with 1 library');
    const writes = (await story.world.plex.log()).entries.filter(
      ({ method, path }) => method !== 'GET' && !/\/pins|\/shared_servers$/.test(path),
    );
    expect(writes).toEqual([]);
  });

  test('binds a role, and reads how to hide commands', async () => {
    const { discord } = story.world;
    const made = (await discord.act('createRole', {
      guild: ids.guild,
      name: 'Cinema',
      permissions: '0',
    })) as Json;
    await panel.press('Set roles');
    await panel.choose('Moderator', [String(made.id)]);
    expect(await panel.says(/Stored/)).toContain('Server Settings → Integrations → Usher');
    expect(await panel.says(/Stored/)).toContain(`<@&${String(made.id)}>`);
    await panel.press('Back');
  });

  test('types a time zone; a wrong one is refused and the panel stays', async () => {
    await panel.press('Set time zone');
    await panel.fill('Type another', { zone: 'Europe/Atlantis' });
    await panel.says(/"Europe\/Atlantis" is no time zone/);
    await panel.fill('Type another', { zone: 'europe/berlin' });
    const text = await panel.says(/Usher is set up/);
    expect(text).toContain('**Time zone**: Europe/Berlin');
  });

  test('gives a library for a few seconds, which ends by itself and is told', async () => {
    const { checks } = story;
    const until = new Date(Date.now() + 4_000).toISOString();
    const options = { person: 'nia', library: 'Shows', until };
    const answer = await checks.command({ user: ids.owner, name: 'grant', options });
    await checks.untilSaid(answer, /Seen in Plex/);
    await checks.untilShared('nia', ['Films', 'Shows']);
    await checks.untilShared('nia', ['Films'], 15_000);
    await eventually('the end is told in the channel', async () =>
      (await story.world.discord.texts(ids.general)).some((text) =>
        /nia.*no longer has.*Shows[^]*Gone from Plex/.test(text),
      ),
    );
  });

  test('finds every step as a case in the channel', async () => {
    const told = (await story.world.discord.texts(ids.general)).join('\n');
    for (const step of [
      /works with the Plex account \*\*owner\*\*/,
      /\*\*Attic\*\* is connected to this Discord server/,
      /Every change is told in <#/,
      /gives Moderator from now on/,
      /Time zone: Europe\/Berlin\. Before: UTC/,
      /1 person with 1 library given in Plex before/,
    ]) {
      expect(told).toMatch(step);
    }
  });

  test('has it all after a restart, with nothing set in the environment', async () => {
    const { world, checks } = story;
    await world.stopBot();
    await world.startBot();
    const sync = await checks.command({ user: ids.owner, name: 'sync' });
    await checks.untilSaid(sync, /Read \*\*Attic\*\*/);
    await panel.open('setup');
    await panel.says(/Usher is set up/);
  });

  test('disconnects the server after reading what that gives up, and Plex stays as it is', async () => {
    const { shares } = await plexState();
    await panel.press('Disconnect server');
    await panel.says(/lets go of \*\*Attic\*\*, and changes nothing in Plex: 1 person keeps/);
    await panel.press('Cancel');
    await panel.says(/Usher is set up/);
    await panel.press('Disconnect server');
    await panel.says(/lets go of/);
    await panel.press('Disconnect');
    const text = await panel.says(/\*\*Attic\*\* is no longer connected here/);
    expect(text).toContain('next: **Choose server**');
    expect((await plexState()).shares).toEqual(shares);
  });
});

describe('the Plex token', () => {
  test('is nowhere in the log, the database or Discord', async () => {
    const client = new pg.Client({ connectionString: story.databaseUrl });
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public'`,
    );
    for (const { name } of rows) {
      const found = await client.query(
        `select 1 from "${name}" t where t::text like '%' || $1 || '%'`,
        [PLEX_TOKEN],
      );
      expect(found.rowCount, `rows of ${name} with the token`).toBe(0);
    }
    const sealed = await client.query<{ token: string }>('select token from owner');
    expect(sealed.rows[0]?.token).toMatch(/^v1\./);
    await client.end();
    expect(JSON.stringify(await story.world.discord.log())).not.toContain(PLEX_TOKEN);
    expect(logged).toContain('Plex call');
    expect(logged).not.toContain(PLEX_TOKEN);
  });
});
