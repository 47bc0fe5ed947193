import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Lines of the rules and of the use cases that the unit tests must run, of a hundred. */
export const WANTED_PERCENT = 90;

const PACKAGES = ['domain', 'service-layer'] as const;

/** jest's arguments to measure both packages. */
export const COVERED: readonly string[] = [
  '--coverage',
  `--collectCoverageFrom=packages/{${PACKAGES.join(',')}}/src/**/*.ts`,
  '--collectCoverageFrom=!**/*.test.ts',
  '--coverageReporters=json-summary',
];

interface Lines {
  readonly total: number;
  readonly covered: number;
}

/** By package, from the summary that jest left in the folder; nothing measured is zero. */
export function lineCoverage(
  folder: string,
): readonly { readonly name: string; readonly percent: number }[] {
  const summary: Record<string, { lines: Lines }> = JSON.parse(
    readFileSync(join(folder, 'coverage-summary.json'), 'utf8'),
  );
  return PACKAGES.map((name) => {
    const files = Object.entries(summary).filter(([file]) =>
      file.replaceAll('\\', '/').includes(`packages/${name}/src/`),
    );
    const total = files.reduce((sum, [, { lines }]) => sum + lines.total, 0);
    const covered = files.reduce((sum, [, { lines }]) => sum + lines.covered, 0);
    return { name, percent: total === 0 ? 0 : (100 * covered) / total };
  });
}
