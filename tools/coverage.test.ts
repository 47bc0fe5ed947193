import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lineCoverage } from './coverage.ts';

function covered(summary: Record<string, unknown>) {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-coverage-'));
  writeFileSync(join(folder, 'coverage-summary.json'), JSON.stringify(summary));
  const result = lineCoverage(folder);
  rmSync(folder, { recursive: true });
  return result;
}

const lines = (total: number, hit: number) => ({ lines: { total, covered: hit } });

describe('the coverage that the test command reports', () => {
  it('adds lines up by package and leaves every other file out', () => {
    expect(
      covered({
        total: lines(1_000, 1_000),
        '/x/packages/domain/src/a.ts': lines(30, 30),
        'C:\\x\\packages\\domain\\src\\b.ts': lines(10, 0),
        '/x/packages/service-layer/src/c.ts': lines(8, 2),
      }),
    ).toEqual([
      { name: 'domain', percent: 75 },
      { name: 'service-layer', percent: 25 },
    ]);
  });

  it('calls what was not measured uncovered', () => {
    expect(covered({}).map(({ percent }) => percent)).toEqual([0, 0]);
  });
});
