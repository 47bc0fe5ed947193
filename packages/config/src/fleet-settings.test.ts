import { describe, expect, it } from '@jest/globals';
import { loadFleetSettings } from './fleet-settings.ts';
import { SettingsError } from './settings-error.ts';

const keys = {
  KIS_APP_KEY: 'k'.repeat(36),
  KIS_APP_SECRET: 's'.repeat(180),
  KIS_ACCOUNT: '50012345-01',
  KIS_HTS_ID: 'trader',
};

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadFleetSettings(env, { needsBroker: true });
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

describe('fleet settings', () => {
  it('is SIM when nothing is configured', () => {
    const settings = loadFleetSettings({});
    expect(settings.mode).toBe('SIM');
    expect(settings.kis).toBeUndefined();
    expect(settings.trading).toMatchObject({ costTolerance: '0', answerDeadlineMs: 5_000 });
  });

  it('refuses keys or a database without a mode, so that nobody trades a simulation believing it real', () => {
    expect(problemsOf({ ...keys })[0]).toContain('without MODE');
    expect(problemsOf({ DB_URL: 'postgresql://localhost/x' })[0]).toContain('without MODE');
  });

  it('takes the paper hosts for PAPER and the live hosts for LIVE, and no others for LIVE', () => {
    const paper = loadFleetSettings({ MODE: 'PAPER', ...keys });
    expect(paper.kis?.restUrl).toContain('openapivts');
    expect(paper.kis?.callsPerSecond).toBe(1);
    expect(paper.trading).toMatchObject({ costTolerance: '100', answerDeadlineMs: 15_000 });
    const live = { MODE: 'LIVE', DB_URL: 'postgresql://db/x', DAILY_LOSS_LIMIT: '500000', ...keys };
    expect(loadFleetSettings(live).kis?.profile).toBe('live');
    expect(problemsOf({ ...live, KIS_REST_BASE_URL: 'http://127.0.0.1:1' })[0]).toContain(
      'live hosts',
    );
  });

  it('wants a database and a daily loss limit for LIVE', () => {
    expect(problemsOf({ MODE: 'LIVE', ...keys })).toEqual([
      expect.stringContaining('DB_URL'),
      expect.stringContaining('DAILY_LOSS_LIMIT'),
    ]);
  });

  it('names every missing key to who talks to KIS, and asks none of a worker', () => {
    expect(problemsOf({ MODE: 'PAPER' })).toHaveLength(4);
    expect(loadFleetSettings({ MODE: 'PAPER' }).kis).toBeUndefined();
  });

  it('ignores the driver suffix of a SQLAlchemy URL', () => {
    const settings = loadFleetSettings({ MODE: 'SIM', DB_URL: 'postgresql+psycopg://u@h/db' });
    expect(settings.dbUrl).toBe('postgresql://u@h/db');
  });

  it('says what is wrong with a number', () => {
    expect(problemsOf({ LOCK_TTL_MS: 'soon' })).toEqual(['LOCK_TTL_MS must be a whole number']);
    expect(problemsOf({ LIQUIDATION_MINUTES: '3' })).toEqual([
      'LIQUIDATION_MINUTES must be at least 10',
    ]);
  });

  it('EC-004: limits losses by realised results, with the volatility guard on, unless told otherwise', () => {
    expect(loadFleetSettings({}).risk).toMatchObject({
      lossBasis: 'REALIZED',
      maxSharesPerSymbol: undefined,
      maxStockRangeRate: '0.1',
      maxMarketMoveRate: '0.025',
      markAgeSeconds: 180,
    });
    const told = { LOSS_BASIS: 'total', MAX_SHARES_PER_SYMBOL: '500', VOLATILITY_GUARD: 'off' };
    expect(loadFleetSettings(told).risk).toMatchObject({
      lossBasis: 'TOTAL',
      maxSharesPerSymbol: 500,
      maxStockRangeRate: undefined,
      maxMarketMoveRate: undefined,
    });
    expect(problemsOf({ LOSS_BASIS: 'net', MAX_MARKET_MOVE_RATE: '0' })).toEqual([
      expect.stringContaining('LOSS_BASIS must be'),
      expect.stringContaining('MAX_MARKET_MOVE_RATE must be'),
    ]);
  });

  it('SC-005: invests all of the capital by limits, unless told otherwise', () => {
    expect(loadFleetSettings({}).entry).toMatchObject({
      sizing: 'ALL_IN',
      entryOrder: 'BY_URGENCY',
    });
    const told = { SIZING: 'FIXED_FRACTION', SIZING_FRACTION: '0.25', ENTRY_ORDER: 'MARKET' };
    expect(loadFleetSettings(told).entry).toMatchObject({
      sizing: 'FIXED_FRACTION',
      sizingFraction: '0.25',
      entryOrder: 'MARKET',
    });
    expect(problemsOf({ SIZING: 'HALF', SIZING_FRACTION: '1.5' })).toHaveLength(2);
  });

  it('is frozen', () => {
    const settings = loadFleetSettings({});
    expect(Object.isFrozen(settings)).toBe(true);
    expect(Object.isFrozen(settings.lock)).toBe(true);
  });

  it('speaks English only when asked to', () => {
    expect(loadFleetSettings({}).locale).toBe('ko');
    expect(loadFleetSettings({ LANG: 'en_US.UTF-8' }).locale).toBe('en');
    expect(loadFleetSettings({ LANG: 'en_US.UTF-8', FLEET_LOCALE: 'ko' }).locale).toBe('ko');
  });
});
