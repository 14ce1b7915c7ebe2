import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { read, readYaml, root, scripts } from './files.js';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly uses?: string;
  readonly steps?: readonly Step[];
  readonly env?: Readonly<Record<string, string>>;
  readonly services?: Readonly<Record<string, { readonly image: string }>>;
  readonly strategy?: { readonly matrix: { readonly node: readonly string[] } };
}
interface Workflow {
  readonly on: Readonly<Record<string, { readonly tags?: readonly string[] } | null>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = '.github/workflows/';
const all = readdirSync(`${root}${folder}`).map((name) => `${folder}${name}`);
const workflows = all.map((path) => [path, readYaml(path) as Workflow] as const);
const stepsOf = ({ jobs }: Workflow): readonly Step[] =>
  Object.values(jobs).flatMap(({ steps }) => steps ?? []);

/** The npm scripts that a text runs. */
const scriptsIn = (text: string): readonly string[] => [
  ...[...text.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name]) => name ?? ''),
  ...(/npm test\b/.test(text) ? ['test'] : []),
];

describe('every workflow', () => {
  test.each(workflows)('%s runs only scripts that package.json has', (_, workflow) => {
    for (const { run = '' } of stepsOf(workflow)) {
      for (const name of scriptsIn(run)) expect(Object.keys(scripts)).toContain(name);
    }
  });

  test.each(workflows)('%s may only read, but for the job that publishes', (_, workflow) => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    const more = Object.values(workflow.jobs).flatMap(({ permissions }) =>
      permissions === undefined ? [] : [permissions],
    );
    const isRelease = workflow.on.push?.tags !== undefined;
    expect(more).toEqual(isRelease ? [{ contents: 'read', packages: 'write' }] : []);
  });

  test.each(workflows)('%s uses actions of a named major version, and ends by itself', (_, one) => {
    for (const { uses } of stepsOf(one)) {
      if (uses !== undefined) expect(uses).toMatch(/^(actions|docker)\/[\w-]+@v\d+$/);
    }
    for (const job of Object.values(one.jobs)) {
      if (job.uses === undefined) expect(job['timeout-minutes']).toBeGreaterThan(0);
      else expect(all).toContain(job.uses.replace(/^\.\//, ''));
    }
  });
});

describe('the tests', () => {
  const { test: job, check } = (readYaml(`${folder}test.yml`) as Workflow).jobs;

  test('run on every version of Node that package.json allows, the oldest one exactly', () => {
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    const [oldest = ''] = /\d+\.\d+/.exec(engines.node) ?? [];
    const majors = [...engines.node.matchAll(/(?:\^|>=)(\d+)/g)].map(([, major]) => major);
    expect(job?.strategy?.matrix.node).toContain(oldest);
    expect(job?.strategy?.matrix.node.map((version) => version.split('.')[0])).toEqual(majors);
  });

  test('have both databases, so that nothing is skipped', () => {
    expect(Object.keys(job?.services ?? {}).sort()).toEqual(['mongodb', 'postgres']);
    expect(job?.env).toMatchObject({
      MONGODB_URI: expect.stringMatching(/^mongodb:/) as string,
      TEST_POSTGRES_URL: expect.stringMatching(/^postgres:/) as string,
    });
    const oldest = /PostgreSQL \((\d+) or newer\)/.exec(read('.env.example'))?.[1];
    expect(job?.services?.postgres?.image).toBe(`postgres:${oldest ?? '?'}`);
  });

  test('are those that stand in the way of a commit here, too', () => {
    const ran = [...(check?.steps ?? []), ...(job?.steps ?? [])].map(({ run }) => run);
    expect(ran).toEqual(expect.arrayContaining(['npm ci', 'npm run check', 'npm test']));
  });
});

describe('the image', () => {
  test('is built for both processors, and pushed for a tag alone, after the tests', () => {
    const builds = workflows.flatMap(([path, workflow]) =>
      stepsOf(workflow)
        .filter(({ uses }) => uses?.startsWith('docker/build-push-action'))
        .map((step) => ({ path, platforms: step.with?.platforms, push: step.with?.push })),
    );
    expect(builds.map(({ platforms }) => platforms)).toEqual(
      Array(2).fill('linux/amd64,linux/arm64'),
    );
    expect(builds.filter(({ push }) => push === true).map(({ path }) => path)).toEqual([
      `${folder}release.yml`,
    ]);
    const release = readYaml(`${folder}release.yml`) as Workflow & {
      jobs: { publish: { needs: string } };
    };
    expect(Object.keys(release.on)).toEqual(['push']);
    expect(release.jobs.publish.needs).toBe('test');
  });
});

describe('what else GitHub reads', () => {
  const forms = readdirSync(`${root}.github/ISSUE_TEMPLATE`).filter(
    (name) => name !== 'config.yml',
  );

  test.each(forms)('the form %s asks for no token, and says so', (name) => {
    const form = read(`.github/ISSUE_TEMPLATE/${name}`);
    const { body } = readYaml(`.github/ISSUE_TEMPLATE/${name}`) as {
      body: readonly { type: string; attributes: { label?: string } }[];
    };
    expect(form).toMatch(/Leave tokens.* out/);
    const asked = body.filter(({ type }) => type !== 'checkboxes' && type !== 'markdown');
    for (const { attributes } of asked) expect(attributes.label).not.toMatch(/token|key|password/i);
  });

  test('updates come for npm, the image, compose and the actions', () => {
    const { updates } = readYaml('.github/dependabot.yml') as {
      updates: readonly { 'package-ecosystem': string }[];
    };
    expect(updates.map((one) => one['package-ecosystem']).sort()).toEqual([
      'docker',
      'docker-compose',
      'github-actions',
      'npm',
    ]);
  });
});
