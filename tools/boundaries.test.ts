import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

interface Rule {
  readonly name: string;
  readonly comment: string;
}

interface Report {
  readonly summary: {
    readonly violations: readonly { from: string; to: string; rule: { name: string } }[];
  };
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const CONFIG = here('boundaries.cjs');
const DEPCRUISE = here('../node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
/** Laid out like the repository, so that the rules' paths mean the same there. */
const PLANTED = here('fixtures/boundaries');

function cruise(folder: string): Report {
  const command = [DEPCRUISE, '--config', CONFIG, '--output-type', 'json', 'apps', 'packages'];
  const ran = spawnSync(process.execPath, command, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const report: Report = JSON.parse(ran.stdout);
  return report;
}

const WRONG: readonly (readonly [file: string, rule: string])[] = [
  ['packages/krx/src/reads-a-file.ts', 'krx-is-pure'],
  ['packages/domain/src/knows-an-adapter.ts', 'domain-is-pure'],
  ['packages/domain/src/knows-a-type.ts', 'domain-is-pure'],
  ['packages/domain/src/parses.ts', 'parsing-at-the-edges'],
  ['packages/service-layer/src/knows-an-adapter.ts', 'service-layer-imports-inwards'],
  ['packages/service-layer/src/uses-the-back-door.ts', 'one-door'],
  ['packages/config/src/knows-the-domain.ts', 'config-imports-krx-alone'],
  ['packages/gateway-contract/src/knows-an-adapter.ts', 'contract-imports-inwards'],
  ['packages/adapters/broker-kis/src/knows-another-adapter.ts', 'adapters-import-inwards'],
  ['packages/adapters/broker-kis/src/asks-the-database.ts', 'sql-in-storage-only'],
  ['packages/adapters/clock/src/calls-the-broker.ts', 'http-to-the-broker-in-its-adapter'],
  ['packages/adapters/clock/src/opens-a-socket.ts', 'sockets-at-both-ends-of-a-wire'],
  ['packages/adapters/clock/src/reads-arguments.ts', 'arguments-in-apps-only'],
  ['packages/adapters/clock/src/uses-a-fake.ts', 'testkit-is-for-tests'],
  ['packages/adapters/clock/src/starts-an-app.ts', 'apps-are-not-imported'],
  ['apps/worker/src/chooses-an-adapter.ts', 'adapters-are-named-in-bootstrap'],
  ['apps/worker/src/names-an-adapters-type.ts', 'adapters-are-named-in-bootstrap'],
  ['apps/worker/src/uses-the-back-door.ts', 'one-door-for-apps'],
  ['apps/gateway/src/knows-another-app.ts', 'apps-do-not-import-each-other'],
  ['apps/simulator/src/knows-the-fleet.ts', 'simulator-is-the-other-side'],
  ['apps/worker/src/left.ts', 'no-cycles'],
  ['apps/worker/src/misses-a-file.ts', 'imports-are-found'],
];

const RIGHT = [
  'packages/domain/src/is-fine.ts',
  'packages/adapters/clock/test/uses-a-fake.ts',
  'apps/worker/src/bootstrap.ts',
  'apps/worker/src/logs.ts',
  'apps/simulator/src/is-fine.ts',
];

const { forbidden }: { readonly forbidden: readonly Rule[] } = createRequire(import.meta.url)(
  CONFIG,
);
const planted = cruise(PLANTED).summary;
// The fixtures have no packages to install, so a library in them is not found either.
const found = planted.violations.filter(
  ({ from, to, rule }) => rule.name !== 'imports-are-found' || to.startsWith('.') || !from,
);
const isBroken = (file: string, name: string): boolean =>
  found.some(({ from, rule }) => from === file && rule.name === name);

describe('import directions', () => {
  it.each(WRONG)('%s is rejected by %s', (file, name) => {
    expect(isBroken(file, name)).toBe(true);
  });

  it.each(RIGHT)('%s is let through', (file) => {
    expect(found.filter(({ from }) => from === file)).toEqual([]);
  });

  it('each rule has a wrong import that it rejects, or needs an installation to show itself', () => {
    const proved = new Set(WRONG.map(([, name]) => name));
    const unproved = forbidden.filter(({ name }) => !proved.has(name)).map(({ name }) => name);
    expect(unproved).toEqual(['imports-are-declared', 'tests-need-stay-in-tests']);
  });

  it('each rule says why and what to do instead', () => {
    for (const { comment } of forbidden) expect(comment.split(/[.:] /).length).toBeGreaterThan(1);
  });
});
