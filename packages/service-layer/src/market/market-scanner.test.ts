import { describe, expect, it } from '@jest/globals';
import { price, quantity, UNTOUCHED_STOCK, won, type Candle } from '@fleet/domain';
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
    rotatedStocks: 90,
  });
  const { signal } = new AbortController();
  const scan = () => scanner.scan(signal);
  return { marketClock, events, marketData, trading, strategy, scanner, scan, symbols, signal };
}

/** Minutes at 10,000 won that end just before the test's instant. */
function minutes(count: number, until = TEST_MARKET_AT): Candle[] {
  const close = price(10_000);
  return Array.from({ length: count }, (_, index) => ({
    start: until - (count - index) * MINUTE_MS,
    open: close,
    high: close,
    low: close,
    close,
    volume: quantity(5),
  }));
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
    marketData.candles.set(first, minutes(1));
    marketData.candles.set(second, minutes(1));
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

  it('keeps why a signal is one apart from why another is not, and counts the refusals', async () => {
    const { trading, strategy, scan } = setUp(3);
    const reason = { code: 'SCRIPT', actual: 'x', limit: 'y' };
    strategy.buy = ({ quote }) => quote.symbol === symbolOf(0);
    await scan();
    const [signal, miss] = trading.candidates;
    expect(signal).toMatchObject({ signal: true, reasons: [reason], whyNot: [] });
    expect(miss).toMatchObject({ signal: false, reasons: [], whyNot: [reason] });
    expect(trading.scans[0]?.refusals).toEqual({ 'test-strategy': { SCRIPT: 2 } });
  });

  it('marks the prices of what may be bought, and the market by its median', async () => {
    const { marketClock, marketData, trading, scan, strategy, symbols } = setUp(4);
    strategy.buy = ({ quote }) => quote.symbol !== symbols[3];
    await scan();
    expect(trading.scans[0]).toMatchObject({ marketChange: 10_000 / 9_900 - 1 });
    expect(trading.scans[0]?.marks).toHaveLength(3);
    expect(trading.scans[0]?.marks[0]).toMatchObject({ rangeRate: undefined });
    const [symbol = ''] = symbols;
    for (const [index, last] of [10_000, 10_300, 10_100].entries()) {
      await marketClock.advance(MINUTE_MS);
      const at = marketClock.now();
      const volume = quantity(2_000_000 + index);
      marketData.setQuote(aQuote({ symbol, at, volume, lastPrice: price(last) }));
      await scan();
    }
    const mark = trading.scans.at(-1)?.marks.find((one) => one.symbol === symbol);
    expect(mark?.price.toNumber()).toBe(10_100);
    expect(mark?.rangeRate).toBeCloseTo(300 / 10_100, 9);
  });

  it('EC-004: looks at what the fleet holds in every scan, in the universe or not', async () => {
    const { marketData, trading, scan, symbols } = setUp(400);
    const far = symbols[399] ?? '';
    for (const symbol of [far, '777777']) {
      trading.stockDays.set(symbol, { ...UNTOUCHED_STOCK, held: true });
    }
    marketData.setQuote(aQuote({ symbol: '777777' }));
    await scan();
    expect(marketData.asked[0]).toEqual(expect.arrayContaining([far, '777777']));
    const marked = trading.scans[0]?.marks.map(({ symbol }) => symbol);
    expect(marked).toEqual(expect.arrayContaining([far, '777777']));
    expect(trading.candidates.map(({ symbol }) => symbol)).not.toContain('777777');
  });

  it('tells the strategy what the fleet has done in the stock today', async () => {
    const { trading, strategy, scan, symbols } = setUp(1);
    const day = { held: false, entries: 2, stopOuts: 1 };
    trading.stockDays.set(symbols[0] ?? '', day);
    const seen: unknown[] = [];
    strategy.buy = ({ stockDay }) => seen.push(stockDay) < 0;
    await scan();
    expect(seen).toEqual([day]);
  });
});

/** Looked at once, and again ten minutes later, when a minute has the trades of all ten. */
async function seldomSeen(stocks = 1) {
  const setup = setUp(stocks);
  const { marketClock, marketData, scan, strategy, symbols } = setup;
  strategy.buy = () => false;
  const quoteAll = (volume: number): void => {
    for (const symbol of symbols) {
      const turnover = won(1_000_000 * (stocks - symbols.indexOf(symbol)));
      const at = marketClock.now();
      marketData.setQuote(aQuote({ symbol, at, volume: quantity(volume), turnover }));
    }
  };
  await scan();
  await marketClock.advance(10 * MINUTE_MS);
  quoteAll(2_000_000);
  await scan();
  await marketClock.advance(MINUTE_MS);
  quoteAll(2_000_100);
  strategy.buy = () => true;
  const candlesFor = (count: number): void => {
    for (const symbol of symbols.slice(0, count)) {
      marketData.candles.set(symbol, minutes(30, marketClock.now()));
    }
  };
  return { ...setup, candlesFor };
}

describe('SC-002: stocks that are looked at seldom', () => {
  it('are no signals by bars that hold ten minutes each', async () => {
    const { scan, trading } = await seldomSeen();
    expect(await scan()).toEqual({ looked: 1, signals: 0 });
    expect(trading.candidates.at(-1)).toMatchObject({
      signal: false,
      whyNot: [{ code: 'BARS_COARSE', actual: '0', limit: '6' }],
    });
  });

  it('are judged by the broker’s own minutes, asked for in the same scan', async () => {
    const { scan, strategy, candlesFor } = await seldomSeen();
    candlesFor(1);
    const turnovers: string[] = [];
    strategy.buy = ({ turnoverPerMinute }) => turnovers.push(turnoverPerMinute.toFixed()) > 0;
    expect(await scan()).toEqual({ looked: 1, signals: 1 });
    expect(turnovers).toEqual(['10000000000', '50000']);
  });

  it('are asked for within a bound a scan, the most traded first, the others in the next ones', async () => {
    const { scan, trading, candlesFor, marketClock } = await seldomSeen(25);
    candlesFor(25);
    expect((await scan()).signals).toBe(10);
    const signals = trading.candidates.filter(({ signal }) => signal).map(({ symbol }) => symbol);
    expect(signals.toSorted()).toEqual(Array.from({ length: 10 }, (_, index) => symbolOf(index)));
    await marketClock.advance(30_000);
    expect((await scan()).signals).toBe(20);
  });

  it('are not asked for again at once when the broker has none, or fails', async () => {
    const { scan, marketData, marketClock, candlesFor } = await seldomSeen();
    marketData.failures.next('getMinuteCandles', 1, () => new BrokerError('TIMEOUT', 'slow'));
    expect((await scan()).signals).toBe(0);
    candlesFor(1);
    await marketClock.advance(30_000);
    expect((await scan()).signals).toBe(0);
    await marketClock.advance(90_000);
    expect((await scan()).signals).toBe(1);
  });

  it('are asked for less often while they have hardly traded', async () => {
    const { scan, marketData, marketClock, candlesFor } = await seldomSeen();
    await scan();
    candlesFor(1);
    await marketClock.advance(9 * MINUTE_MS);
    expect((await scan()).signals).toBe(0);
    await marketClock.advance(MINUTE_MS);
    expect((await scan()).signals).toBe(1);
    expect(marketData.asked).toHaveLength(5);
  });

  it('are asked for when only bars are missing, and not when anything else speaks against them', async () => {
    const { strategy, marketClock, marketData, scan, symbols } = setUp(2);
    const [few = '', wide = ''] = symbols;
    const bars = new Map<string, number>();
    strategy.refusals = ({ quote, indicators }) => {
      bars.set(quote.symbol, indicators.bars);
      const codes = quote.symbol === few ? ['BARS', 'TURNOVER'] : ['BARS', 'SPREAD_RATE'];
      return codes.map((code) => ({ code, actual: '0', limit: '1' }));
    };
    strategy.buy = () => false;
    for (const symbol of symbols) marketData.candles.set(symbol, minutes(30, marketClock.now()));
    await scan();
    expect(bars).toEqual(
      new Map([
        [few, 30],
        [wide, 0],
      ]),
    );
  });

  it('stay fine while they signal: they are looked at in every scan', async () => {
    const { marketData, strategy, scan, symbols } = setUp(400);
    const late = symbols[399] ?? '';
    marketData.ranks = [{ symbol: late, rank: 1 }];
    strategy.buy = ({ quote }) => quote.symbol === late;
    await scan();
    marketData.ranks = [];
    for (let scans = 0; scans < 3; scans += 1) await scan();
    expect(marketData.asked.at(-1)).toContain(late);
  });
});
