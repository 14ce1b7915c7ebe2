import { must } from './checks.js';
import type { Checks } from './checks.js';
import { eventually } from './drive.js';
import type { Interaction, Json } from './drive.js';
import { inSeconds, pause } from './step.js';
import type { Step } from './step.js';
import { ids } from './world.js';

const { moderator, admin } = ids;
const SHARES = '/shared_servers';

/** A library that somebody lacks. */
interface Wish {
  readonly person: string;
  readonly library: string;
  readonly before: readonly string[];
}

/** A new library each time: nobody has or had it, whatever the steps before have left behind. */
async function wish(checks: Checks): Promise<Wish> {
  const { plex } = checks.world;
  const server = await checks.serverNow();
  const library = `Extra ${server.libraries.length}`;
  await plex.act('addLibrary', { machineId: server.machineId, title: library, type: 'movie' });
  const sync = await checks.command({ user: moderator, name: 'sync', waitMs: 6_000 });
  await checks.untilSaid(sync, /Read \*\*/);
  return { person: 'mara', library, before: (await checks.shared('mara')) ?? [] };
}

const give = (checks: Checks, { person, library }: Wish, until?: string) =>
  checks.command({
    user: moderator,
    name: 'grant',
    options: { person, library, ...(until === undefined ? {} : { until }) },
    waitMs: 1_500,
  });

const isShared = async (checks: Checks, { person, library }: Wish): Promise<boolean> =>
  (await checks.shared(person))?.includes(library) === true;

const untilGiven = (checks: Checks, wanted: Wish, withinMs = 20_000) =>
  eventually(`${wanted.person} has ${wanted.library}`, () => isShared(checks, wanted), withinMs);

/** Nothing that was there may have been lost on the way. */
async function mustKeep(checks: Checks, { person, before }: Wish): Promise<void> {
  const now = (await checks.shared(person)) ?? [];
  must(
    before.every((title) => now.includes(title)),
    `${person} lost something on the way`,
  );
}

const sweep = (checks: Checks) =>
  checks.command({ user: moderator, name: 'sweep now', waitMs: 6_000 });

/** Plex is well again, and somebody has it looked at: then it must be there, and be said. */
async function healedAndGiven(checks: Checks, wanted: Wish, answer: Interaction): Promise<void> {
  await checks.world.plex.healed();
  await sweep(checks);
  await untilGiven(checks, wanted);
  await checks.untilSaid(answer, /Seen in Plex/, 15_000);
  await mustKeep(checks, wanted);
}

/** While this is so, a grant is recorded and owed; nothing is written, and nobody is told that it is done. */
async function owedWhile(checks: Checks, trouble: Json, path = SHARES) {
  const wanted = await wish(checks);
  const mark = await checks.mark();
  await checks.world.plex.fault({ path }, trouble, 0);
  const answer = await give(checks, wanted);
  await checks.untilTold(mark.posts, [
    new RegExp(wanted.person, 'i'),
    new RegExp(wanted.library),
    /Recorded/,
  ]);
  const swept = await sweep(checks);
  const said = await checks.words(swept);
  must(!/nothing to change/.test(said), 'a sweep that saw nothing says that all is well');
  must(!(await isShared(checks, wanted)), 'the fault did not take');
  must(!/Seen in Plex/.test(await checks.words(answer)), 'what nobody saw is called seen');
  const { reads, writes } = await checks.calls(mark.seq);
  const done = writes.filter((write) => (write.status ?? 500) < 400);
  must(done.length === 0, 'something was written although nothing could be read');
  await healedAndGiven(checks, wanted, answer);
  return { reads, writes, said };
}

const storm: Step = {
  name: 'storm-of-429',
  server: 'Attic',
  async run(checks) {
    const refusal = { status: 429, headers: { 'retry-after': '1' } };
    const { reads, writes } = await owedWhile(checks, refusal);
    const turned = [...reads, ...writes]
      .filter(({ status }) => status === 429)
      .sort((one, other) => one.at - other.at);
    const gaps = turned.slice(1).map((next, i) => next.at - (turned[i]?.at ?? 0));
    must(turned.length <= 6, `Plex was asked ${turned.length} times while it said "later"`);
    must(
      gaps.every((gap) => gap >= 950),
      `asked again after ${Math.min(...gaps)} ms, told to wait for 1 s`,
    );
    return {
      line: `asked ${turned.length} times, never sooner than told; done when it was let in`,
    };
  },
};

const hang: Step = {
  name: 'plex-hangs',
  server: 'Attic',
  async run(checks) {
    const wanted = await wish(checks);
    await checks.world.plex.fault({ method: 'GET', path: SHARES }, { hangMs: 3_500 }, 0);
    const answer = await give(checks, wanted);
    must((answer.firstAnswerMs ?? 9_999) < 3_000, 'the answer hangs with Plex');
    const help = await checks.command({ user: moderator, name: 'help' });
    must((help.firstAnswerMs ?? 9_999) < 3_000, 'everybody hangs with Plex');
    await checks.untilSaid(answer, /Plex is not answering/, 10_000);
    await healedAndGiven(checks, wanted, answer);
    const firstMs = answer.firstAnswerMs ?? 0;
    return { line: `answered after ${firstMs} ms all the same, done when Plex came to` };
  },
};

const deadToken: Step = {
  name: 'dead-token',
  server: 'Attic',
  async run(checks) {
    const { writes } = await owedWhile(checks, { status: 401 }, '.*');
    return { line: `owed while Plex let nobody in, ${writes.length} writes; done with the token` };
  },
};

const retired: Step = {
  name: 'call-retired-410',
  server: 'Attic',
  async run(checks) {
    const { writes } = await owedWhile(checks, { status: 410 });
    return { line: `owed while the call was gone, ${writes.length} writes; done when it was back` };
  },
};

const late: Step = {
  name: 'write-lands-late',
  server: 'Attic',
  async run(checks) {
    const wanted = await wish(checks);
    const mark = await checks.mark();
    for (const method of ['PUT', 'POST']) {
      await checks.world.plex.fault({ method, path: SHARES }, { lateMs: 2_500 });
    }
    const answer = await give(checks, wanted);
    must(!(await isShared(checks, wanted)), 'it was not late');
    must(!/Seen in Plex/.test(await checks.words(answer)), 'called seen before it landed');
    await untilGiven(checks, wanted);
    await checks.untilSaid(answer, /Seen in Plex/, 20_000);
    await checks.world.plex.healed();
    await mustKeep(checks, wanted);
    const { writes } = await checks.calls(mark.seq);
    must(writes.length <= 2, `${writes.length} writes for one grant`);
    return { line: `called seen only when it was there, ${writes.length} writes` };
  },
};

const shortList: Step = {
  name: 'short-list-believed-by-nobody',
  server: 'Attic',
  async run(checks) {
    const mark = await checks.mark();
    const before = await checks.everybody();
    // Once short, and whole when asked again; then empty each time.
    await checks.world.plex.fault({ method: 'GET', path: SHARES }, { truncate: 1 });
    await sweep(checks);
    await checks.world.plex.fault({ method: 'GET', path: SHARES }, { truncate: 0 }, 0);
    await checks.untilSaid(await sweep(checks), /cannot be believed/);
    await checks.world.plex.healed();
    const swept = await sweep(checks);
    await checks.untilSaid(swept, /Looked at \d+/);
    const { writes } = await checks.calls(mark.seq);
    must(writes.length === 0, `a short list led to ${writes.length} writes`);
    const after = await checks.everybody();
    must(JSON.stringify(after) === JSON.stringify(before), 'a short list changed what people have');
    const told = (await checks.audit()).slice(mark.posts);
    must(
      told.every(({ text }) => !/left the server/.test(text)),
      'somebody is said to have left',
    );
    return { line: 'one row instead of all: 0 writes, nobody is said to have left' };
  },
};

const STALE_MS = 2_000;

const staleList: Step = {
  name: 'stale-list',
  server: 'Attic',
  async run(checks) {
    const wanted = await wish(checks);
    const mark = await checks.mark();
    await pause(STALE_MS); // so that an old list knows the library, too
    await checks.world.plex.knobs({ lagMs: STALE_MS });
    const answer = await give(checks, wanted);
    await untilGiven(checks, wanted, 5_000);
    must(!/Seen in Plex/.test(await checks.words(answer)), 'called seen before any read showed it');
    await checks.untilSaid(answer, /Seen in Plex/, 20_000);
    await checks.world.plex.knobs({ lagMs: 0 });
    await mustKeep(checks, wanted);
    const { writes } = await checks.calls(mark.seq);
    must(writes.length <= 2, `${writes.length} writes while the list was old`);
    return { line: `lists of 2 s ago: ${writes.length} writes, seen when a list showed it` };
  },
};

const gatewayDrop: Step = {
  name: 'gateway-drop',
  server: 'Attic',
  async run(checks) {
    const wanted = await wish(checks);
    const mark = await checks.mark();
    const until = inSeconds(5);
    await give(checks, wanted, until);
    await untilGiven(checks, wanted, 4_000);
    await checks.world.discord.gateway({ do: 'drop', silentMs: 4_000 });
    await eventually('it ended', async () => !(await isShared(checks, wanted)), 10_000);
    const removal = (await checks.calls(mark.seq)).writes.at(-1);
    const lateMs = (removal?.at ?? Infinity) - Date.parse(until);
    must(lateMs >= 0 && lateMs < 1_500, `the end was written ${lateMs} ms after its instant`);
    await checks.untilTold(mark.posts, [new RegExp(wanted.library), /Gone from Plex/], 12_000);
    const isBack = async () => {
      const help = await checks.command({ user: moderator, name: 'help', waitMs: 1_000 });
      return help.answer !== null;
    };
    await eventually('commands are answered again', isBack, 15_000);
    return {
      line: `ended ${(lateMs / 1000).toFixed(2)} s after its instant without Discord`,
      lateMs,
    };
  },
};

/** VIEW_CHANNEL and SEND_MESSAGES. */
const WRITING = String((1n << 10n) | (1n << 11n));

const forbidden: Step = {
  name: 'audit-channel-forbidden',
  server: 'Attic',
  forgives: /^discord refused with (?:50001|50013) /,
  async run(checks) {
    const wanted = await wish(checks);
    const mark = await checks.mark();
    const { discord } = checks.world;
    const door = (rights: Json) =>
      discord.act('setChannelPermissions', {
        channel: ids.audit,
        id: ids.bot,
        type: 1,
        ...rights,
      });
    await door({ deny: WRITING });
    const answer = await give(checks, wanted);
    await untilGiven(checks, wanted);
    await checks.untilSaid(answer, /Seen in Plex/, 15_000);
    must((await checks.audit()).length === mark.posts, 'posted where it must not');
    const help = await checks.command({ user: admin, name: 'help' });
    await checks.untilSaid(help, /not allowed to write/);
    await door({ allow: WRITING });
    await checks.untilTold(
      mark.posts,
      [new RegExp(wanted.person, 'i'), new RegExp(wanted.library), /Seen in Plex/],
      45_000,
    );
    return { line: 'access was given all the same; told once, when the channel was open again' };
  },
};

/** What the bot wrote, or tried to write, to somebody directly. */
async function directly(checks: Checks, user: string, after: number) {
  const { entries } = await checks.world.discord.log(after);
  const channel = await checks.world.openDm(user);
  const tries = entries.filter(
    ({ method, path }) => method === 'POST' && path.endsWith(`/channels/${channel}/messages`),
  );
  return { tries: tries.length, texts: await checks.world.discord.dms(user) };
}

const closedDm: Step = {
  name: 'closed-dm',
  server: 'Attic',
  forgives: /^discord refused with 50007 /,
  async run(checks) {
    const { discord } = checks.world;
    const { last } = await discord.log(Number.MAX_SAFE_INTEGER);
    await checks.command({
      user: moderator,
      name: 'people link',
      options: { member: ids.member, person: 'mara' },
    });
    await discord.act('closeDm', { user: ids.member });
    const untold = await wish(checks);
    await give(checks, untold);
    await untilGiven(checks, untold);
    await eventually(
      'she was to be told',
      async () => (await directly(checks, ids.member, last)).tries === 1,
      15_000,
    );
    await discord.act('openDm', { user: ids.member });
    const told = await wish(checks);
    await give(checks, told);
    const texts = await eventually(
      'she is told',
      async () => {
        const all = (await directly(checks, ids.member, last)).texts;
        return all.some((text) => text.includes(told.library)) && all;
      },
      20_000,
    );
    must(texts.length === 1, `${texts.length} direct messages for one that could arrive`);
    const { tries } = await directly(checks, ids.member, last);
    must(tries === 2, `a closed door was knocked at ${tries - 1} times`);
    return { line: 'given all the same; the closed door was tried once, the open one used' };
  },
};

/** What Plex and Discord are known to do to everybody, one a step. */
export const faults: readonly Step[] = [
  storm,
  hang,
  deadToken,
  retired,
  late,
  shortList,
  staleList,
  gatewayDrop,
  forbidden,
  closedDm,
];
