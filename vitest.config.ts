import { defineConfig } from 'vitest/config';
import { ablation } from './test/support/ablation.js';
import { HeavyFirst } from './test/support/sequencer.js';

export default defineConfig({
  plugins: [ablation()],
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Most of a story is waiting for a timer: more files than processors.
    maxWorkers: 3,
    maxConcurrency: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    sequence: { sequencer: HeavyFirst },
    reporters: ['default', './test/support/reporter.ts'],
    globalSetup: ['./test/support/globalSetup.ts'],
  },
});
