import { describe, expect, it } from '@jest/globals';
import { price, quantity, won } from '@fleet/domain';
import { parseTradeDate } from '@fleet/krx';
import type { Candidate, ScanSummary } from '@fleet/service-layer';
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
    reasons: [{ code: 'TREND', actual: '0.01', limit: '0' }],
    whyNot: [],
    ...changes,
  };
}

function aScan(changes: Partial<ScanSummary> = {}): ScanSummary {
  return {
    scanId: 'scan-1',
    scannedAt: TEST_MARKET_AT,
    looked: 3,
    tradeDate: TEST_DATE,
    marks: [],
    marketChange: undefined,
    refusals: {},
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
    const scan = aScan({ refusals: { default: { SPREAD: 1 } } });
    const denied = aCandidate({
      symbol: '000020',
      signal: false,
      reasons: [],
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
      reasons: [],
      why_not: [{ code: 'SPREAD', actual: '0.02', limit: '0.01' }],
    });
    expect(await fleet.events({ type: 'CandidateScannedEvent' })).toMatchObject([
      { payload: { looked: 3, candidates: 3, signals: 2, refusals: { default: { SPREAD: 1 } } } },
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

async function count(where: string): Promise<number> {
  const { rows } = await fleet.pool.query<{ count: number }>(
    `SELECT count(*) AS count FROM candidates WHERE ${where}`,
  );
  return rows[0]?.count ?? 0;
}

describe('SC-002: what scans keep', () => {
  it('every signal, and of each stock the newest refusal of the day and strategy', async () => {
    const { trading } = fleet.stores;
    const refused = { signal: false, reasons: [], strategyName: 'keep' } as const;
    for (const [index, symbol] of ['A00001', 'A00001', 'A00002', 'A00001'].entries()) {
      const scannedAt = TEST_MARKET_AT + 100_000 + index;
      const scanId = `keep-${index}`;
      const rows = [
        aCandidate({ scanId, scannedAt, symbol, ...refused, score: String(index) }),
        aCandidate({ scanId, scannedAt, symbol: 'A00003', strategyName: 'keep' }),
        aCandidate({ scanId, scannedAt, symbol, ...refused, strategyName: 'other' }),
      ];
      await trading.saveScan(rows, aScan({ scanId, scannedAt }));
    }
    expect(await count(`strategy_name = 'keep' AND signal`)).toBe(4);
    expect(await count(`strategy_name = 'keep' AND NOT signal`)).toBe(2);
    expect(await count(`strategy_name = 'other'`)).toBe(2);
    expect(
      await count(`strategy_name = 'keep' AND symbol = 'A00001' AND NOT signal AND score = 3`),
    ).toBe(1);
  });

  it('candidates of old days until they are pruned, however many there are', async () => {
    const dates = { old: '2026-02-09', kept: '2026-02-10' };
    for (const [name, date] of Object.entries(dates)) {
      await fleet.pool.query(
        `INSERT INTO scans (scan_id, trade_date, scanned_at, looked, strategies)
         VALUES ($1, $2::date, $2::date::timestamptz, 1, '{}')`,
        [`prune-${name}`, date],
      );
      await fleet.pool.query(
        `INSERT INTO candidates (scan_id, trade_date, scanned_at, strategy_name, symbol, signal, score,
           last_price, volume, turnover, change_rate)
         SELECT $1, $2::date, $2::date::timestamptz, 'pruned', n::text, false, 0, 1, 1, 1, 0 FROM generate_series(1, 4500) n`,
        [`prune-${name}`, date],
      );
    }
    const all = await count('true');
    const { trading } = fleet.stores;
    expect(await trading.pruneCandidates(parseTradeDate('2026-03-12'), 30)).toBe(4_500);
    expect(await count(`trade_date = '2026-02-10'`)).toBe(4_500);
    expect(await count('true')).toBe(all - 4_500);
    expect(await trading.pruneCandidates(parseTradeDate('2026-03-12'), 30)).toBe(0);
  });

  it('marks of prices, the newest of each stock, and the market’s change', async () => {
    const { trading } = fleet.stores;
    const at = (scannedAt: number, last: number, rangeRate?: number) =>
      trading.saveScan(
        [],
        aScan({
          scanId: `marks-${scannedAt}`,
          scannedAt,
          marks: [{ symbol: 'B00001', price: price(last), rangeRate }],
          marketChange: -0.0123456789,
        }),
      );
    await at(TEST_MARKET_AT + 2_000, 10_100, 0.0123456789);
    await at(TEST_MARKET_AT + 1_000, 9_000);
    expect(await fleet.row('stock_marks', 'symbol', 'B00001')).toMatchObject({
      price: '10100',
      range_rate: '0.012346',
      market_at: TEST_MARKET_AT + 2_000,
    });
    expect(await fleet.row('scans', 'scan_id', `marks-${TEST_MARKET_AT + 1_000}`)).toMatchObject({
      market_change: '-0.012346',
    });
  });
});

describe('the day of a stock', () => {
  it('counts entries and stops of today, and knows what is held', async () => {
    const { trading } = fleet.stores;
    const [stopped, held] = [await fleet.holder(), await fleet.holder()];
    await fleet.bought(stopped);
    await fleet.sold(stopped, 10, 9_000, 'STOP_LOSS');
    await fleet.bought(stopped);
    await fleet.sold(stopped, 10, 11_000, 'TAKE_PROFIT');
    await fleet.bought(held);
    const days = await trading.getStockDays(TEST_DATE);
    expect(days.get(stopped.symbol)).toEqual({ held: false, entries: 2, stopOuts: 1 });
    expect(days.get(held.symbol)).toEqual({ held: true, entries: 1, stopOuts: 0 });
    const one = await trading.getStockDays(TEST_DATE, held.symbol);
    expect([...one.keys()]).toEqual([held.symbol]);
    const tomorrow = await trading.getStockDays(parseTradeDate('2026-03-13'));
    expect(tomorrow.get(stopped.symbol)).toBeUndefined();
    expect(tomorrow.get(held.symbol)).toEqual({ held: true, entries: 0, stopOuts: 0 });
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
