import { defineConfig } from 'vitest/config';
import { ablation } from './test/support/ablation.js';
import base from './vitest.config.js';

const { globalSetup = [], ...common } = base.test ?? {};

/**
 * What `npm test` has no time for: its searches with a hundred times the histories (`HISTORY_SEED=7 npm run test:long`
 * for others), what is long by itself, and every story with alarms in MongoDB.
 */
export default defineConfig({
  test: {
    ...common,
    projects: [
      {
        plugins: [ablation()],
        test: {
          ...common,
          globalSetup,
          name: 'long',
          include: ['test/core/history*.test.ts', 'test/**/*.long.ts'],
          testTimeout: 3_600_000,
          env: { HISTORY_RUNS: process.env.HISTORY_RUNS ?? '500000' },
        },
      },
      {
        test: {
          ...common,
          globalSetup: ['./test/support/globalSetup.ts', './test/support/mongoSetup.ts'],
          name: 'on MongoDB',
          include: ['test/stories/*.test.ts'],
        },
      },
    ],
  },
});
