import { appendFileSync } from 'node:fs';

/** Adds each run's counts to the file that run-tests.ts sums up at its end. */
export default class SummaryReporter {
  onRunComplete(_contexts, results) {
    const file = process.env.FLEET_TEST_COUNTS;
    if (!file) return;
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    appendFileSync(
      file,
      `${JSON.stringify({ passed: results.numPassedTests, failed, skipped })}\n`,
    );
  }
}
