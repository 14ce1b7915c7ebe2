/** `npm run demo`: a small world that keeps running. `-- --tour`: what Usher promises, shown step by step. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { Checks, sectionsOf } from './tour/checks.js';
import { problemLines } from './tour/problems.js';
import { steps } from './tour/steps.js';
import type { Step } from './tour/step.js';
import { World, ids } from './tour/world.js';

/** So that a whole history, settling included, takes seconds. */
const TOUR_SETTLE_SECONDS = 8;
const DEMO_SETTLE_SECONDS = 30;
const CELLAR_PATH = (machineId: string): string => `/pms/${machineId}`;

interface StepReport {
  readonly n: number;
  readonly name: string;
  readonly ok: boolean;
  readonly at: string;
  readonly discord: readonly { channel: string; private: boolean; text: string }[];
  readonly plex: { readonly before: unknown; readonly after: unknown };
  readonly calls: { readonly read: number; readonly write: number };
  readonly lateMs: number | null;
}

async function runStep(world: World, step: Step, n: number): Promise<StepReport> {
  const checks = new Checks(world, step.server);
  const mark = await checks.mark();
  const before = await checks.everybody();
  const number = String(n).padStart(2, '0');
  const outcome = await step.run(checks).catch((error: unknown) => error as Error);
  const ok = !(outcome instanceof Error);
  console.log(
    `${ok ? 'ok' : 'not ok'} ${number} ${step.name}  ${ok ? outcome.line : outcome.message}`,
  );
  if (!ok) {
    console.error(world.botsLastWords());
    await world.plex.healed();
    await world.plex.knobs({ lagMs: 0 });
  }
  const { reads, writes } = await checks.calls(mark.seq);
  return {
    n,
    name: step.name,
    ok,
    at: new Date(mark.at).toISOString(),
    discord: await checks.seen(mark.posts),
    plex: { before, after: await checks.everybody() },
    calls: { read: reads.length, write: writes.length },
    lateMs: ok ? (outcome.lateMs ?? null) : null,
  };
}

async function tour(
  world: World,
  { json, bail, only = [] }: { json?: string; bail: boolean; only?: readonly string[] },
): Promise<boolean> {
  const began = Date.now();
  const reports: StepReport[] = [];
  let server: Step['server'] = 'Attic';
  await world.startBot();
  for (const [i, step] of steps.entries()) {
    if (only.length > 0 && !only.includes(step.name)) continue;
    if (step.server !== server) {
      server = step.server;
      await world.stopBot();
      await world.startBot({ fresh: true, pms: CELLAR_PATH(await machineOf(world, server)) });
    }
    reports.push(await runStep(world, step, i + 1));
    if (bail && reports.at(-1)?.ok !== true) break;
  }
  const { writes } = await new Checks(world, server).calls(0);
  const empty = writes.filter((write) => sectionsOf(write)?.length === 0).length;
  if (empty > 0) console.log(`not ok    ${empty} of ${writes.length} writes had an empty list`);
  const problems = { plex: await world.plex.problems(), discord: await world.discord.problems() };
  const complaints = [
    ...(await problemLines('plex', world.plex)),
    ...(await problemLines('discord', world.discord)),
  ];
  const isForgiven = (complaint: string) =>
    steps.some(({ forgives }) => forgives?.test(complaint) === true);
  const unforgiven = complaints.filter((complaint) => !isForgiven(complaint));
  for (const complaint of unforgiven) console.log(`not ok    ${complaint}`);
  const passed = reports.filter((report) => report.ok).length;
  const seconds = Math.round((Date.now() - began) / 1000);
  if (json !== undefined)
    await writeFile(json, JSON.stringify({ steps: reports, problems }, null, 2));
  console.log(`tour: ${passed} passed, ${reports.length - passed} failed, ${seconds} s`);
  return passed === reports.length && empty === 0 && unforgiven.length === 0;
}

async function machineOf(world: World, name: string): Promise<string> {
  const state = await world.plex.state<{ servers: { name: string; machineId: string }[] }>();
  const server = state.servers.find((one) => one.name === name);
  if (!server) throw new Error(`the world has no server called ${name}`);
  return server.machineId;
}

function explain(world: World): void {
  const body = JSON.stringify({
    kind: 'command',
    guild: ids.guild,
    channel: ids.general,
    user: ids.moderator,
    name: 'grant',
    options: { person: 'mara', library: 'Kids', until: '2m' },
  });
  console.log(`
Usher is running between two simulators. Nothing here leaves this machine.

  Discord  ${world.discord.url}   (guild, #general, #audit, six people)
  Plex     ${world.plex.url}   (servers Attic and Cellar, people mara, jonas, tove)

Be the moderator and give Mara the Kids library for two minutes:

  curl -s ${world.discord.url}/_sim/interactions -d '${body}'

Then look at what happened, in Plex and in the audit channel:

  curl -s ${world.plex.url}/_sim/state
  curl -s '${world.discord.url}/_sim/messages?channel=${ids.audit}'

More to try: sim/plex/README.md and sim/discord/README.md. Ctrl-C ends it all.
`);
}

function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    // A second signal must not end us before our own programs have ended.
    process.on('SIGINT', () => resolve());
    process.on('SIGTERM', () => resolve());
  });
}

const { values } = parseArgs({
  options: {
    tour: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    json: { type: 'string' },
    break: { type: 'string' },
    bail: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
  },
});

const unknown = (values.only ?? []).filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`no step of the tour is called ${unknown.join(', ')}`);
  process.exit(2);
}

const world = await World.start({
  breaks: values.break,
  settleSeconds: values.tour ? TOUR_SETTLE_SECONDS : DEMO_SETTLE_SECONDS,
});
let ok = true;
try {
  if (values.tour) ok = await tour(world, values);
  else await world.startBot();
  if (!values.tour || values.keep) {
    explain(world);
    await untilInterrupted();
  }
} finally {
  await world.stop();
}
process.exitCode = ok ? 0 : 1;
