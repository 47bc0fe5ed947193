import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { ENGLISH } from './en.ts';
import { EVENT_TYPES } from './event-types.ts';
import { KOREAN } from './ko.ts';
import { eventWords, reasonWords, textsOf } from './texts-of.ts';

/** Paths of every text, for example 'card.columns.worker'. */
function keysOf(value: object, path = ''): readonly string[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const here = path === '' ? key : `${path}.${key}`;
    return typeof inner === 'object' && inner !== null ? keysOf(inner, here) : [here];
  });
}

/** Every event type spelled in the sources of the fleet. */
function writtenEventTypes(): ReadonlySet<string> {
  const root = fileURLToPath(new URL('../../../../', import.meta.url));
  const found = new Set<string>();
  const files = globSync('{apps,packages}/**/src/**/*.{ts,sql}', {
    cwd: root,
    exclude: (path) => /(node_modules|testkit|\.test\.ts)$/.test(path),
  });
  for (const file of files) {
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, type] of text.matchAll(/'([A-Z][A-Za-z]+Event)'/g)) found.add(type!);
  }
  return found;
}

describe('texts', () => {
  it('have the same keys in both languages', () => {
    expect(keysOf(KOREAN)).toHaveLength(keysOf(ENGLISH).length);
    expect(new Set(keysOf(KOREAN))).toEqual(new Set(keysOf(ENGLISH)));
  });

  it('leave no word empty', () => {
    for (const catalog of [KOREAN, ENGLISH]) {
      expect(JSON.stringify(catalog)).not.toContain('""');
    }
  });

  it('have words for every event that the fleet writes', () => {
    expect(writtenEventTypes().size).toBeGreaterThan(30);
    const missing = [...writtenEventTypes()].filter((type) => !EVENT_TYPES.some((t) => t === type));
    expect(missing).toEqual([]);
  });

  it('are Korean unless English is asked for', () => {
    expect(textsOf('ko')).toBe(KOREAN);
    expect(textsOf('en')).toBe(ENGLISH);
  });

  it('show what they have no word for as it is', () => {
    expect(eventWords(ENGLISH, 'PositionEnteredEvent 900001')).toBe('bought 900001');
    expect(eventWords(ENGLISH, 'NeverHeardOfEvent')).toBe('NeverHeardOfEvent');
    expect(reasonWords(ENGLISH.gateReasons, 'lunch break')).toBe('lunch break');
    expect(reasonWords(ENGLISH.gateReasons, 'constructor')).toBe('constructor');
  });
});
