import { describe, expect, it } from '@jest/globals';
import { loadFleetSettings } from './fleet-settings.ts';
import { kisEnvironment } from './kis-access.ts';
import { SettingsError } from './settings-error.ts';

const keys = {
  KIS_APP_KEY: 'k'.repeat(36),
  KIS_APP_SECRET: 's'.repeat(180),
  KIS_ACCOUNT: '50012345-01',
  KIS_HTS_ID: 'trader',
};
const quoteKeys = {
  KIS_QUOTE_APP_KEY: 'q'.repeat(36),
  KIS_QUOTE_APP_SECRET: 't'.repeat(180),
};
const live = { MODE: 'LIVE', DB_URL: 'postgresql://db/x', DAILY_LOSS_LIMIT: '500000', ...keys };

const load = (env: Record<string, string>) => loadFleetSettings(env, { needsBroker: true });

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    load(env);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

describe('access to KIS', () => {
  it('may read quotes with a live key while it trades on paper, each at its own pace', () => {
    const { kis } = load({ MODE: 'PAPER', ...keys, ...quoteKeys });
    expect(kis).toMatchObject({ profile: 'paper', callsPerSecond: 1, appKey: keys.KIS_APP_KEY });
    expect(kis?.quotes).toMatchObject({
      profile: 'live',
      restUrl: 'https://openapi.koreainvestment.com:9443',
      callsPerSecond: 18,
      appKey: quoteKeys.KIS_QUOTE_APP_KEY,
      htsId: 'trader',
    });
    expect(kis?.quotes).not.toHaveProperty('accountId');
    expect(load({ MODE: 'PAPER', ...keys }).kis?.quotes).toBeUndefined();
  });

  it('takes no quote key in halves, for LIVE, or for a simulator without an address', () => {
    const [half] = problemsOf({ MODE: 'PAPER', ...keys, KIS_QUOTE_APP_KEY: 'q'.repeat(36) });
    expect(half).toContain('go together');
    expect(problemsOf({ ...live, ...quoteKeys })[0]).toContain('MODE=LIVE reads quotes');
    const simulated = { KIS_REST_BASE_URL: 'http://127.0.0.1:1', KIS_WS_URL: 'ws://127.0.0.1:2' };
    const [where] = problemsOf({ MODE: 'SIM', ...keys, ...quoteKeys, ...simulated });
    expect(where).toContain('KIS_QUOTE_REST_BASE_URL');
  });

  it.each(['PAPER', 'LIVE'])(
    'is not complete without the HTS id that notices go to: %s',
    (MODE) => {
      for (const KIS_HTS_ID of ['', ' ']) {
        const problems = problemsOf({ ...live, MODE, KIS_HTS_ID });
        expect(problems).toEqual([expect.stringContaining('KIS_HTS_ID')]);
      }
    },
  );

  it('cannot be changed once it is read', () => {
    const { kis, trading, kill } = load({ MODE: 'PAPER', ...keys, ...quoteKeys });
    for (const part of [kis, kis?.quotes, trading.universe, kill]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it('knows a corporation by its key, and a person by none', () => {
    const env = { MODE: 'PAPER', ...keys, KIS_CUSTOMER_TYPE: 'B' };
    expect(problemsOf(env)).toEqual(['KIS_CUSTOMER_TYPE=B needs KIS_PERSONAL_SECKEY']);
    const { kis } = load({ ...env, KIS_PERSONAL_SECKEY: 'seckey', KIS_IP_ADDRESS: '10.0.0.1' });
    expect(kis?.corporate).toEqual({
      personalSecretKey: 'seckey',
      ipAddress: '10.0.0.1',
      phoneNumber: undefined,
      macAddress: undefined,
    });
    expect(load({ MODE: 'PAPER', ...keys }).kis?.corporate).toBeUndefined();
  });

  it('can be said again in variables, to the last one', () => {
    const env = {
      MODE: 'PAPER',
      ...keys,
      ...quoteKeys,
      KIS_CUSTOMER_TYPE: 'B',
      KIS_PERSONAL_SECKEY: 'seckey',
      KIS_MAC_ADDRESS: '00-00',
      KIS_QUOTE_CALLS_PER_SECOND: '7',
    };
    const { kis } = load(env);
    if (kis === undefined) throw new Error('no access');
    expect(load({ MODE: 'PAPER', ...kisEnvironment(kis) }).kis).toEqual(kis);
  });
});

describe('the universe', () => {
  it('is the whole market but where quotes come one by one: there it is fixed', () => {
    const whole = { symbols: undefined, size: undefined };
    expect(load({}).trading.universe).toEqual(whole);
    expect(load({ MODE: 'PAPER', ...keys, ...quoteKeys }).trading.universe).toEqual(whole);
    expect(load({ MODE: 'PAPER', ...keys }).trading.universe).toEqual({ ...whole, size: 20 });
    expect(load({ SIM_PROFILE: 'paper' }).trading.universe).toEqual({ ...whole, size: 20 });
    expect(load({ SIM_PROFILE: 'paper', UNIVERSE_SIZE: '7' }).trading.universe.size).toBe(7);
    expect(load({ MODE: 'PAPER', ...keys, UNIVERSE: '005930,0126Z0' }).trading.universe).toEqual({
      symbols: ['005930', '0126Z0'],
      size: undefined,
    });
    expect(problemsOf({ UNIVERSE: '5930' })[0]).toContain('codes');
  });
});

describe('the venue', () => {
  it('is KRX unless said otherwise, and only a live server has another', () => {
    expect(load({}).trading.venue).toBe('KRX');
    expect(load({ ...live, VENUE: 'SOR' }).trading.venue).toBe('SOR');
    expect(problemsOf({ MODE: 'PAPER', ...keys, VENUE: 'SOR' })[0]).toContain('KRX only');
    expect(problemsOf({ SIM_PROFILE: 'paper', VENUE: 'SOR' })[0]).toContain('KRX only');
    expect(problemsOf({ ...live, VENUE: 'NXT' })[0]).toContain('market orders');
  });

  it('a rehearsal of paper is asked for by name', () => {
    expect(load({}).simProfile).toBe('live');
    expect(load({ SIM_PROFILE: 'paper' }).simProfile).toBe('paper');
  });
});
