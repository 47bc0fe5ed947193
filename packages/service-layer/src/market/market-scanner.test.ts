import { describe, expect, it } from '@jest/globals';
import { price, quantity, won, type Candle } from '@fleet/domain';
import {
  anInstrument,
  aQuote,
  FakeClock,
  FakeEventStore,
  FakeMarketData,
  FakeTradingStore,
  newId,
  RecordingLog,
  ScriptedStrategy,
  TEST_DATE,
  TEST_MARKET_AT,
} from '@fleet/testkit';
import { BrokerError } from '../ports/broker.ts';
import { MarketScanner } from './market-scanner.ts';

const MINUTE_MS = 60_000;
const symbolOf = (index: number): string => String(index + 1).padStart(6, '0');

function setUp(stocks: number) {
  const marketClock = new FakeClock(TEST_MARKET_AT);
  const events = new FakeEventStore();
  const marketData = new FakeMarketData();
  const trading = new FakeTradingStore(events);
  const strategy = new ScriptedStrategy();
  const symbols = Array.from({ length: stocks }, (_, index) => symbolOf(index));
  const universe = symbols.map((symbol) => anInstrument({ symbol }));
  symbols.forEach((symbol, index) => {
    const turnover = won(1_000_000 * (stocks - index));
    marketData.setQuote(aQuote({ symbol, turnover, at: TEST_MARKET_AT }));
  });
  const scanner = new MarketScanner({
    marketData,
    trading,
    marketClock,
    newId,
    log: new RecordingLog(),
    tradeDate: TEST_DATE,
    universe,
    strategies: [{ strategy, params: {} }],
    openAt: TEST_MARKET_AT - 60 * MINUTE_MS,
    liquidationAt: TEST_MARKET_AT + 300 * MINUTE_MS,
  });
  const { signal } = new AbortController();
  const scan = () => scanner.scan(signal);
  return { marketClock, events, marketData, trading, strategy, scanner, scan, symbols, signal };
}

describe('SC-002: the scan of the market', () => {
  it('looks at every stock of the universe in turn, and at the most traded each time', async () => {
    const { marketData, scan, symbols } = setUp(400);
    for (let scans = 0; scans < 5; scans += 1) await scan();
    expect(new Set(marketData.asked.flat())).toEqual(new Set(symbols));
    const last = marketData.asked.at(-1) ?? [];
    for (const hot of symbols.slice(0, 90)) expect(last).toContain(hot);
    expect(last.length).toBeLessThanOrEqual(180);
    expect(new Set(last).size).toBe(last.length);
  });

  it('looks at what the broker ranks, before rotation reaches it', async () => {
    const { marketData, scan, symbols } = setUp(400);
    const late = symbols[399] ?? '';
    marketData.ranks = [
      { symbol: late, rank: 1 },
      { symbol: '999999', rank: 2 },
    ];
    await scan();
    expect(marketData.asked[0]).toContain(late);
    expect(marketData.asked[0]).not.toContain('999999');
  });

  it('writes signals best first, the nearest misses with their reasons, and the event', async () => {
    const { events, trading, strategy, scan } = setUp(40);
    strategy.buy = ({ quote }) => quote.symbol === symbolOf(7) || quote.symbol === symbolOf(3);
    expect(await scan()).toEqual({ looked: 40, signals: 2 });
    const signals = trading.candidates.filter(({ signal }) => signal);
    const misses = trading.candidates.filter(({ signal }) => !signal);
    expect(signals.map(({ symbol }) => symbol).toSorted()).toEqual([symbolOf(3), symbolOf(7)]);
    expect(misses).toHaveLength(10);
    expect(misses[0]?.whyNot).toEqual([{ code: 'SCRIPT', actual: 'x', limit: 'y' }]);
    expect(new Set(trading.candidates.map(({ scanId }) => scanId)).size).toBe(1);
    expect(trading.candidates[0]).toMatchObject({
      scannedAt: TEST_MARKET_AT,
      changeRate: '0.010101',
    });
    expect(events.types()).toEqual(['CandidateScannedEvent']);
  });

  it('makes bars of the quotes that it has seen, and judges by full ones', async () => {
    const { marketClock, marketData, strategy, scan, symbols } = setUp(1);
    const symbol = symbols[0] ?? '';
    const bars: number[] = [];
    const turnovers: string[] = [];
    strategy.buy = ({ indicators, turnoverPerMinute }) => {
      bars.push(indicators.bars);
      turnovers.push(turnoverPerMinute.toFixed());
      return false;
    };
    for (let minute = 0; minute < 3; minute += 1) {
      const at = marketClock.now();
      marketData.setQuote(aQuote({ symbol, at, volume: quantity(1_000 + 50 * minute) }));
      await scan();
      await marketClock.advance(MINUTE_MS);
    }
    await scan();
    expect(bars).toEqual([0, 0, 1, 2]);
    expect(turnovers.at(-1)).toBe('500000');
  });

  it('EC-001: tries a read again, and fails when it stays away', async () => {
    const { marketClock, marketData, trading, scan } = setUp(3);
    marketData.failures.next('getQuotes', 3, () => new BrokerError('TIMEOUT', 'slow'));
    const work = scan();
    await marketClock.advance(10_000);
    expect((await work).looked).toBe(3);
    marketData.failures.next('getQuotes', 9, () => new BrokerError('TIMEOUT', 'slow'));
    const failing = scan().catch((error: unknown) => error);
    await marketClock.advance(10_000);
    expect(await failing).toBeInstanceOf(BrokerError);
    expect(new Set(trading.candidates.map(({ scanId }) => scanId)).size).toBe(1);
  });

  it('starts with the morning’s bars after a restart, as far as they can be had', async () => {
    const { marketData, strategy, scanner, scan, symbols, signal } = setUp(2);
    const [first = '', second = ''] = symbols;
    const close = price(10_000);
    const candle: Candle = {
      start: TEST_MARKET_AT - 2 * MINUTE_MS,
      open: close,
      high: close,
      low: close,
      close,
      volume: quantity(5),
    };
    marketData.candles.set(first, [candle]);
    marketData.candles.set(second, [candle]);
    marketData.ranks = [
      { symbol: first, rank: 1 },
      { symbol: second, rank: 2 },
    ];
    marketData.failures.next('getMinuteCandles', 1);
    await scanner.warmUp(signal);
    const bars: number[] = [];
    strategy.buy = ({ indicators }) => {
      bars.push(indicators.bars);
      return false;
    };
    await scan();
    expect(bars.toSorted((a, b) => a - b)).toEqual([0, 1]);
  });
});
