import type { Reporter, TestModule } from 'vitest/node';

/** Closes a run with the one plain line that CI reads: `N passed, N failed, N skipped`. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: errors.length, skipped: 0 };
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      for (const test of tests) {
        const { state } = test.result();
        counts[state === 'pending' ? 'skipped' : state] += 1;
      }
      // A file that cannot be read holds no tests, and one whose set-up failed only skipped ones: both still fail.
      const hasFailed = tests.some((test) => test.result().state === 'failed');
      if (module.state() === 'failed' && !hasFailed) counts.failed += 1;
    }
    // After the other reporters have said what they say at the end of a run.
    process.once('exit', () => {
      process.stdout.write(
        `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`,
      );
    });
  }
}
