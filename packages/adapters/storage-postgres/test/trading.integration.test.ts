import { describe, expect, it } from '@jest/globals';
import { price, quantity, won } from '@fleet/domain';
import { parseTradeDate } from '@fleet/krx';
import type { Candidate } from '@fleet/service-layer';
import { aBaseline, anInstrument, TEST_DATE, TEST_MARKET_AT } from '@fleet/testkit';
import { withFleet } from './support/fleet.ts';

const fleet = withFleet();

function aCandidate(changes: Partial<Candidate> = {}): Candidate {
  return {
    scanId: 'scan-1',
    scannedAt: TEST_MARKET_AT,
    strategyName: 'default',
    symbol: '005930',
    signal: true,
    score: '1.25',
    lastPrice: price(10_000),
    bid: price(9_990),
    ask: undefined,
    volume: quantity(10),
    turnover: won('123456789012'),
    changeRate: '-0.0123',
    indicators: { ma5: '9999.5' },
    whyNot: [],
    ...changes,
  };
}

describe('the universe', () => {
  it('comes back as it was saved, and is there for a single stock', async () => {
    const instruments = [
      anInstrument(),
      anInstrument({
        symbol: '0001A0',
        market: 'KOSDAQ',
        referencePrice: undefined,
        warnings: ['관리종목'],
      }),
    ];
    await fleet.stores.trading.saveUniverse(TEST_DATE, instruments, TEST_MARKET_AT);
    await fleet.stores.trading.saveUniverse(TEST_DATE, instruments, TEST_MARKET_AT);
    expect(await fleet.stores.trading.getUniverse(TEST_DATE)).toEqual(
      instruments.toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1)),
    );
    expect(await fleet.stores.trading.getInstrument(TEST_DATE, '0001A0')).toEqual(instruments[1]);
    expect(await fleet.stores.trading.getInstrument(TEST_DATE, '999999')).toBeUndefined();
  });
});

describe('scans', () => {
  it('SC-002 keep every candidate with its reasons, and give the newest signals best first', async () => {
    const scan = { scanId: 'scan-1', scannedAt: TEST_MARKET_AT, looked: 3, tradeDate: TEST_DATE };
    const denied = aCandidate({
      symbol: '000020',
      signal: false,
      whyNot: [{ code: 'SPREAD', actual: '0.02', limit: '0.01' }],
    });
    const rows = [aCandidate(), aCandidate({ symbol: '000010', score: '10' }), denied];
    await fleet.stores.trading.saveScan(rows, scan);
    const signals = await fleet.stores.trading.getSignals('default', TEST_MARKET_AT, 10);
    expect(signals).toEqual([rows[1], rows[0]]);
    expect(await fleet.stores.trading.getSignals('default', TEST_MARKET_AT, 1)).toEqual([rows[1]]);
    expect(await fleet.stores.trading.getSignals('default', TEST_MARKET_AT + 1, 10)).toEqual([]);
    expect(await fleet.stores.trading.getSignals('other', TEST_MARKET_AT, 10)).toEqual([]);
    expect(await fleet.row('candidates', 'symbol', '000020')).toMatchObject({
      signal: false,
      why_not: [{ code: 'SPREAD', actual: '0.02', limit: '0.01' }],
    });
    expect(await fleet.events({ type: 'CandidateScannedEvent' })).toMatchObject([
      { payload: { looked: 3, candidates: 3, signals: 2 } },
    ]);
    const later = TEST_MARKET_AT + 3_000;
    const next = { ...scan, scanId: 'scan-2', scannedAt: later };
    await fleet.stores.trading.saveScan(
      [aCandidate({ scanId: 'scan-2', scannedAt: later, signal: false })],
      next,
    );
    expect(await fleet.stores.trading.getSignals('default', TEST_MARKET_AT, 10)).toEqual([]);
  });
});

describe('parameters and baseline', () => {
  const params = {
    strategyName: 'default',
    strategyVersion: '1.0.0',
    paramsVersion: 1,
    values: { stopLoss: '0.02' },
  };
  const next = parseTradeDate('2026-03-13');

  it('are seeded once, active from their day on, and pinned for it', async () => {
    const { trading } = fleet.stores;
    expect(await trading.getActiveParams(TEST_DATE, 'default')).toBeUndefined();
    await trading.seedParams(params, TEST_DATE);
    await trading.seedParams({ ...params, values: { stopLoss: '0.9' } }, next);
    expect(await trading.getActiveParams(TEST_DATE, 'default')).toEqual(params);
    expect(await trading.getActiveParams(next, 'default')).toEqual(params);
    expect(await trading.getActiveParams(parseTradeDate('2026-03-11'), 'default')).toBeUndefined();
    await trading.pinParams(TEST_DATE, params);
    await trading.pinParams(TEST_DATE, { ...params, paramsVersion: 2 });
    expect(await trading.getPinnedParams(TEST_DATE, 'default')).toEqual(params);
    await expect(fleet.pool.query('UPDATE pinned_params SET params_version = 9')).rejects.toThrow(
      'append-only',
    );
  });

  it('keep the morning’s baseline through restarts', async () => {
    const { settlement } = fleet.stores;
    const morning = aBaseline({
      tradeDate: next,
      openingCashD2: won(5_000_000),
      foreignHoldings: { '005930': 2 },
      limits: { dailyLossLimit: won(70_000), coolDownMs: 60_000 },
    });
    expect(await settlement.saveBaseline(morning, TEST_MARKET_AT)).toEqual(morning);
    const noon = aBaseline({ tradeDate: next, openingCashD2: won(1) });
    expect(await settlement.saveBaseline(noon, TEST_MARKET_AT)).toEqual(morning);
    expect(await settlement.getBaseline(next)).toEqual(morning);
  });
});
