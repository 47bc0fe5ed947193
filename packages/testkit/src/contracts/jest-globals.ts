import type { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

interface JestGlobals {
  readonly afterAll: typeof afterAll;
  readonly beforeAll: typeof beforeAll;
  readonly describe: typeof describe;
  readonly expect: typeof expect;
  readonly it: typeof it;
}

/** Jest's globals: importing them would tie this package to jest, and benches use it too. */
export function jestGlobals(): JestGlobals {
  if (!('describe' in globalThis)) throw new Error('a contract suite is for test files');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- inside jest they are there
  return globalThis as unknown as JestGlobals;
}
