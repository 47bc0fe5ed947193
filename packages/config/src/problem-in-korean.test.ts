import { describe, expect, it } from '@jest/globals';
import { loadFleetSettings } from './fleet-settings.ts';
import { problemInKorean } from './problem-in-korean.ts';
import { SettingsError } from './settings-error.ts';

const KEYS = { KIS_APP_KEY: 'k'.repeat(36), KIS_APP_SECRET: 's'.repeat(180) };
const ALL = { ...KEYS, KIS_ACCOUNT: '50012345-01', KIS_HTS_ID: 'trader' };
const QUOTES = { KIS_QUOTE_APP_KEY: 'q'.repeat(36), KIS_QUOTE_APP_SECRET: 't'.repeat(180) };

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadFleetSettings(env, { needsBroker: true });
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  throw new Error('nothing is wrong with these settings');
}

describe('what is wrong with settings, in Korean', () => {
  it.each<readonly [string, Record<string, string>]>([
    ['no mode', ALL],
    ['a mode that is none', { MODE: 'REAL' }],
    ['nothing at all', { MODE: 'LIVE' }],
    ['no HTS id', { MODE: 'PAPER', ...ALL, KIS_HTS_ID: '' }],
    ['a blank HTS id', { MODE: 'PAPER', ...ALL, KIS_HTS_ID: ' ' }],
    ['a key cut short', { MODE: 'PAPER', ...ALL, KIS_APP_KEY: 'short' }],
    ['an account without its dash', { MODE: 'PAPER', ...ALL, KIS_ACCOUNT: '5001234501' }],
    ['a simulator without addresses', { MODE: 'SIM', ...ALL }],
    ['paper hosts for LIVE', { MODE: 'LIVE', ...ALL, KIS_WS_URL: 'ws://x' }],
    ['a quote key for LIVE', { MODE: 'LIVE', ...ALL, ...QUOTES }],
    ['half a quote key', { MODE: 'PAPER', ...ALL, KIS_QUOTE_APP_KEY: QUOTES.KIS_QUOTE_APP_KEY }],
    ['a corporation without its key', { MODE: 'PAPER', ...ALL, KIS_CUSTOMER_TYPE: 'B' }],
    ['SOR on paper', { MODE: 'PAPER', ...ALL, VENUE: 'SOR' }],
    ['NXT', { VENUE: 'NXT' }],
    ['a gateway in the clear', { GATEWAY_ADDRESS: 'ws://10.0.0.1:7070' }],
    ['half a certificate', { GATEWAY_TLS_KEY: '/nowhere' }],
    [
      'numbers',
      { SCAN_SECONDS: '0', POLL_SECONDS: '61', SCAN_ROTATION: 'x', DAILY_LOSS_LIMIT: '-' },
    ],
    ['fractions and times', { COMMISSION_RATE: '2', SIZING_FRACTION: '0', MARKET_OPEN_AT: '9' }],
    [
      'texts',
      { DB_URL: 'x', DB_SCHEMA: 'X', GATEWAY_TOKEN: 'x', UNIVERSE: '5930', LOG_LEVEL: 'x' },
    ],
  ])('is said of %s', (_name, env) => {
    const problems = problemsOf({ ...('DB_URL' in env ? { MODE: 'SIM' } : {}), ...env });
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems) {
      const korean = problemInKorean(problem);
      expect(korean).toMatch(/[가-힣]/);
      // What is to be changed keeps its name.
      for (const [name] of problem.matchAll(/\b(KIS|DB|GATEWAY|VENUE|MODE)_\w+/g)) {
        expect(korean).toContain(name);
      }
    }
  });

  it('leaves what it does not know as it is', () => {
    expect(problemInKorean('the sky is green')).toBe('the sky is green');
  });
});
