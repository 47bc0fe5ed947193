import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COVERED, lineCoverage, WANTED_PERCENT } from './coverage.ts';

/**
 * Runs the test suites: `unit`, `integration`, `scenario`, or all of them in that order. Further
 * arguments go to jest. Scenario tests start whole fleets, so they run one at a time. All unit tests
 * together must cover the rules and the use cases. The last line of output sums up:
 * `N passed, N failed, N skipped`.
 */
interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const SUITES: Readonly<Record<string, readonly string[]>> = {
  unit: ['--testPathIgnorePatterns=\\.(integration|scenario)\\.test\\.ts$', '--maxWorkers=2'],
  integration: ['--testMatch=**/*.integration.test.ts', '--maxWorkers=2'],
  scenario: ['--testMatch=**/*.scenario.test.ts', '--runInBand'],
};

interface Scratch {
  readonly counts: string;
  readonly coverage: string;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const jest = join(root, 'node_modules/jest/bin/jest.js');

function runSuite(name: string, jestArguments: readonly string[], scratch: Scratch): number {
  const nodeOptions = ['--experimental-vm-modules', '--no-warnings'];
  const config = ['--config', join(root, 'tools/jest.config.mjs'), '--passWithNoTests'];
  console.log(`\n== ${name} tests ==`);
  const suite = SUITES[name] ?? [];
  const done = spawnSync(
    process.execPath,
    [...nodeOptions, jest, ...config, ...suite, ...jestArguments],
    { cwd: root, stdio: 'inherit', env: { ...process.env, FLEET_TEST_COUNTS: scratch.counts } },
  );
  return done.status ?? 1;
}

function sum(countsFile: string): Counts {
  if (!existsSync(countsFile)) return { passed: 0, failed: 0, skipped: 0 };
  return readFileSync(countsFile, 'utf8')
    .trim()
    .split('\n')
    .map((line): Counts => JSON.parse(line))
    .reduce((a, b) => ({
      passed: a.passed + b.passed,
      failed: a.failed + b.failed,
      skipped: a.skipped + b.skipped,
    }));
}

/** False when the unit tests cover too little. */
function tellCoverage(folder: string): boolean {
  const covered = lineCoverage(folder);
  const told = covered.map(({ name, percent }) => `${name} ${percent.toFixed(1)} %`).join(', ');
  console.log(`\nlines covered by unit tests: ${told} (wanted: ${WANTED_PERCENT} %)`);
  return covered.every(({ percent }) => percent >= WANTED_PERCENT);
}

const [first, ...rest] = process.argv.slice(2);
const named = first !== undefined && first in SUITES;
const suites = named ? [first] : Object.keys(SUITES);
const jestArguments = named || first === undefined ? rest : [first, ...rest];
const folder = mkdtempSync(join(tmpdir(), 'fleet-test-counts-'));
const scratch: Scratch = {
  counts: join(folder, 'counts.jsonl'),
  coverage: join(folder, 'coverage'),
};
const failures = suites.filter((name) => {
  const isMeasured = name === 'unit' && jestArguments.length === 0;
  const measuring = isMeasured ? [...COVERED, `--coverageDirectory=${scratch.coverage}`] : [];
  const code = runSuite(name, [...measuring, ...jestArguments], scratch);
  return code !== 0 || (isMeasured && !tellCoverage(scratch.coverage));
});
const { passed, failed, skipped } = sum(scratch.counts);
rmSync(folder, { recursive: true, force: true });
if (failures.length > 0) console.log(`\nfailing suites: ${failures.join(', ')}`);
console.log(
  `\n${passed} passed, ${Math.max(failed, failures.length > 0 ? 1 : 0)} failed, ${skipped} skipped`,
);
process.exitCode = failures.length > 0 || passed === 0 ? 1 : 0;
