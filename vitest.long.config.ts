import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

/** The searches of the suite with a hundred times the histories (`HISTORY_SEED=7 npm run test:long` for others), and what is long by itself. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/core/history*.test.ts', 'test/**/*.long.ts'],
    testTimeout: 3_600_000,
    env: { HISTORY_RUNS: process.env.HISTORY_RUNS ?? '500000' },
  },
});
