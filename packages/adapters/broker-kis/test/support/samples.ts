import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe } from '@jest/globals';

/** Published replies and frames of KIS, and real master files: read where they lie, never copied. */
function sharedFolder(): string | undefined {
  const root = fileURLToPath(new URL('../../../../../', import.meta.url));
  // oxlint-disable-next-line node/no-process-env -- where the test data lies is the machine's affair
  const dataFolder = process.env['FLEET_DATA_DIR'];
  const candidates = [
    ...(dataFolder === undefined ? [] : [dirname(dataFolder)]),
    join(root, '../shared'),
  ];
  return candidates.find((folder) => existsSync(join(folder, 'kis/samples')));
}

const folder = sharedFolder();

/** Undefined where the samples are not there. */
export const sampleFolder = folder === undefined ? undefined : join(folder, 'kis/samples');

/** Skipped, and counted as skipped, where the samples are not there. */
export const describeWithSamples = folder === undefined ? describe.skip : describe;

export function sampleBytes(path: string): Buffer {
  return readFileSync(join(folder ?? '', path));
}
