import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Of worker-acceptance (SPEC-BACKEND-WORKER-004): what must be proved in real processes. */
const IDS = [
  ...Array.from({ length: 11 }, (_, index) => `SC-${String(index + 1).padStart(3, '0')}`),
  ...Array.from({ length: 4 }, (_, index) => `EC-${String(index + 1).padStart(3, '0')}`),
];
const HERE = fileURLToPath(new URL('.', import.meta.url));
const SPEC = fileURLToPath(
  new URL('../../shared/spec/worker-acceptance.SPEC-BACKEND-WORKER-004.md', import.meta.url),
);
/** The first text of `describe(` or `it(`. */
const TITLE = /\b(?:describe|it)\(\s*(['"`])(.*?)\1/gs;

function titlesOf(file: string): readonly string[] {
  const text = readFileSync(`${HERE}${file}`, 'utf8');
  return [...text.matchAll(TITLE)].map(([, , title = '']) => title);
}

const titles = readdirSync(HERE)
  .filter((file) => file.endsWith('.scenario.test.ts'))
  .flatMap(titlesOf);

function isProved(id: string): boolean {
  return titles.some((title) => title.includes(id));
}

describe('the acceptance criteria of the worker', () => {
  it.each(IDS)('%s is named by the title of a scenario', (id) => {
    expect(isProved(id)).toBe(true);
  });

  it('an id that nothing proves is noticed', () => {
    expect(titles.length).toBeGreaterThan(IDS.length);
    expect(isProved('SC-012')).toBe(false);
  });
});

(existsSync(SPEC) ? describe : describe.skip)('the list of acceptance criteria', () => {
  it('is all that the spec names', () => {
    const named = readFileSync(SPEC, 'utf8').match(/^### [SE]C-\d{3}/gm) ?? [];
    expect(named.map((heading) => heading.slice(4))).toEqual(IDS);
  });
});
