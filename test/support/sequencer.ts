import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files that take longest, about longest first: one that began last would leave the other workers idle. The tour
 * measures how late things are, so what runs beside it is not a crowd of bots.
 */
const HEAVY = [
  'stories/tour',
  'core/historyExhaustive',
  'core/history',
  'jobs/scheduler',
  'stories/killed',
  'stories/matrix',
  'stories/breaks',
  'stories/auditChannel',
  'stories/manyEnds',
  'stories/lives',
  'stories/edges',
  'access/surprises',
];
/** Then by folder: whole bots take longer than parts of one. */
const FOLDERS = ['stories', 'store', 'access', 'discord', 'sim'];

const ranked = [...HEAVY, ...FOLDERS.map((folder) => `${folder}/`)];

/** Where a file comes; those that nobody named last. */
function rankOf(path: string): number {
  const [, name = ''] = /\/test\/(.*)$/.exec(path) ?? [];
  const rank = ranked.findIndex((one) =>
    one.endsWith('/') ? name.startsWith(one) : name === `${one}.test.ts`,
  );
  return rank === -1 ? ranked.length : rank;
}

/** The same order on every machine, also on a clean clone, which does not know how long a file takes. */
export class HeavyFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const byRank = (a: TestSpecification, b: TestSpecification) =>
      rankOf(a.moduleId) - rankOf(b.moduleId) || a.moduleId.localeCompare(b.moduleId);
    return Promise.resolve([...files].sort(byRank));
  }
}
