import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MUTATIONS, type Mutation } from './mutation/mutations.ts';

/**
 * Breaks the domain's guards one after another and runs the unit tests on each: a mutant that no test
 * notices has survived. Nothing is written into the sources. An argument narrows the files by a pattern.
 * The last line is the score; exit 1 below the wanted one, or when a mutation does not fit its file.
 */
const WANTED_PERCENT = 85;
/** A mutant that turns in circles is noticed too. */
const TIMEOUT_MS = 180_000;
const DOMAIN = 'packages/domain/';

const root = fileURLToPath(new URL('..', import.meta.url));

function testsPass(tests: string, mutation?: Mutation): boolean {
  const transform = fileURLToPath(new URL('mutation/strip-and-mutate.mjs', import.meta.url));
  const { status } = spawnSync(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--no-warnings',
      join(root, 'node_modules/jest/bin/jest.js'),
      `--config=${join(root, 'tools/jest.config.mjs')}`,
      `--transform=${JSON.stringify({ '\\.ts$': transform })}`,
      `--reporters=${fileURLToPath(new URL('summary-reporter.mjs', import.meta.url))}`,
      '--runInBand',
      '--bail',
      tests,
    ],
    {
      cwd: root,
      stdio: 'ignore',
      timeout: TIMEOUT_MS,
      env: { ...process.env, FLEET_MUTATION: JSON.stringify(mutation ?? {}) },
    },
  );
  return status === 0;
}

/** The tests beside the file know it best; the others are asked when those notice nothing. */
function survives(mutation: Mutation): boolean {
  return testsPass(`${dirname(mutation.file)}/`, mutation) && testsPass(DOMAIN, mutation);
}

/** Undefined when the mutation exchanges exactly one text and what comes of it can be read. */
function problemOf({ file, from, to }: Mutation): string | undefined {
  const source = readFileSync(join(root, file), 'utf8');
  const found = source.split(from).length - 1;
  if (found !== 1) return `${found} times in ${file}: ${from}`;
  try {
    stripTypeScriptTypes(source.replace(from, () => to));
    return undefined;
  } catch (error) {
    return `${file}: ${to}: ${String(error)}`;
  }
}

const pattern = new RegExp(process.argv[2] ?? '');
const chosen = MUTATIONS.filter(({ file }) => pattern.test(file));
const problems = chosen.flatMap((mutation) => problemOf(mutation) ?? []);
if (problems.length > 0 || chosen.length === 0) {
  console.error(problems.join('\n') || 'no mutation of such a file');
  process.exit(1);
}
if (!testsPass(DOMAIN)) {
  console.error('the tests fail without any mutation');
  process.exit(1);
}
let killed = 0;
for (const mutation of chosen) {
  const alive = survives(mutation);
  if (!alive) killed += 1;
  const { file, from, to } = mutation;
  console.log(`${alive ? 'SURVIVED' : 'killed  '} ${file.slice(DOMAIN.length)}: ${from} -> ${to}`);
}
const percent = (100 * killed) / chosen.length;
console.log(`\n${killed} of ${chosen.length} mutants killed: ${percent.toFixed(1)} %`);
process.exitCode = percent >= WANTED_PERCENT ? 0 : 1;
