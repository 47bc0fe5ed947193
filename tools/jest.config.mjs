import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Tests run what production runs: Node's own type stripping, no compiler. */
export default {
  rootDir: root,
  roots: [
    '<rootDir>/apps',
    '<rootDir>/packages',
    '<rootDir>/tools',
    '<rootDir>/scenarios',
    '<rootDir>/bench',
    '<rootDir>/chaos',
  ],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': fileURLToPath(new URL('strip-types.mjs', import.meta.url)) },
  testPathIgnorePatterns: ['/node_modules/', '/tools/fixtures/'],
  modulePathIgnorePatterns: ['<rootDir>/.data', '<rootDir>/tools/fixtures'],
  coverageProvider: 'v8',
  testTimeout: 60_000,
  reporters: ['default', fileURLToPath(new URL('summary-reporter.mjs', import.meta.url))],
};
