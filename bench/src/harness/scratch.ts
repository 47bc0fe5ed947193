import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A local socket's path in a folder of its own. */
export function newSocketPath(): string {
  return join(mkdtempSync(join(tmpdir(), 'fleet-bench-')), 'bench.sock');
}
