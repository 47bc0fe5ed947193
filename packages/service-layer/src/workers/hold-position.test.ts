import { describe, expect, it } from '@jest/globals';
import {
  defaultParameters,
  defaultStrategy,
  price,
  quantity,
  validateParameters,
  type Candle,
  type Order,
} from '@fleet/domain';
import { kstInstant } from '@fleet/krx';
import { aSellSignal, FakeFleet, TEST_DATE } from '@fleet/testkit';
import { BrokerError } from '../ports/broker.ts';
import { holdPosition, type HoldResult } from './hold-position.ts';
import type { TradingDay } from './worker-context.ts';

const SYMBOL = '000001';
const MINUTE_MS = 60_000;

interface Options {
  readonly at?: string;
  readonly shares?: number;
  readonly realStrategy?: boolean;
}

/** Of the real strategy, what these tests depend on. */
const PINNED = {
  fastBars: '3',
  slowBars: '6',
  stopLossRate: '0.02',
  takeProfitRate: '0.03',
  trendBreakRate: '0.002',
  trendBreakBars: '2',
  holdMinutesMin: '10',
  holdMinutesMax: '40',
};

function realParameters() {
  const values = { ...defaultParameters(defaultStrategy), ...PINNED };
  const checked = validateParameters(defaultStrategy, values);
  if (!checked.ok) throw new Error(checked.problems.join('; '));
  return checked.values;
}

async function setUp({ at = '10:00:00', shares = 10, realStrategy = false }: Options = {}) {
  const fleet = new FakeFleet(kstInstant(TEST_DATE, at));
  const ctx = fleet.makeWorker();
  const day: TradingDay = realStrategy
    ? fleet.makeDay(defaultStrategy, realParameters())
    : fleet.makeDay();
  fleet.addPosition(SYMBOL, shares);
  // A liquid stock, so that the liquidation has no reason to begin early.
  const close = price(10_000);
  const bar = { open: close, high: close, low: close, close, volume: quantity(100_000) };
  const candles: Candle[] = Array.from({ length: 40 }, (_, index) => ({
    start: Math.floor(fleet.clock.now() / MINUTE_MS) * MINUTE_MS - (40 - index) * MINUTE_MS,
    ...bar,
  }));
  fleet.marketData.candles.set(SYMBOL, candles);
  await ctx.lockKeeper.acquire(SYMBOL, 'ADOPTION');
  const stop = new AbortController();
  let result: HoldResult | undefined;
  const holding = holdPosition(ctx, day, SYMBOL, stop.signal).then((end) => (result = end));
  holding.catch(() => undefined);
  await fleet.clock.advance(0);
  const sells = (): readonly Order[] =>
    fleet.orders.all().filter((o) => o.side === 'SELL' && o.request === 'PLACE');
  const held = (): number => fleet.orders.positions.get(SYMBOL)?.quantity ?? 0;
  const move = async (ms: number, stepMs = 1_000): Promise<void> => {
    for (let passed = 0; passed < ms; passed += stepMs) await fleet.clock.advance(stepMs);
  };
  const tick = async (won: number): Promise<void> => {
    fleet.marketData.tick(SYMBOL, fleet.clock.now(), price(won));
    await fleet.clock.advance(1);
  };
  return { fleet, ctx, day, stop, holding, sells, held, move, tick, result: () => result };
}

describe('SC-006: nothing says sell', () => {
  it('SC-006: watches, tells of it, and sends no sell', async () => {
    const { fleet, ctx, move, sells, held, result } = await setUp({ realStrategy: true });
    await move(3 * MINUTE_MS);
    expect(sells()).toEqual([]);
    expect(held()).toBe(10);
    const monitoring = fleet.events.events.filter(({ type }) => type === 'MonitoringEvent');
    expect(monitoring).toHaveLength(3);
    expect(monitoring[0]?.payload).toMatchObject({
      quantity: 10,
      unrealizedPnl: '0',
      feed: 'live',
    });
    expect(ctx.board).toMatchObject({ lastEvent: 'MonitoringEvent' });
    expect(result()).toBeUndefined();
  });

  it('SC-006: shows the unrealised result of every tick', async () => {
    const { ctx, tick } = await setUp();
    await tick(10_050);
    expect(ctx.board.unrealizedPnl?.toNumber()).toBe(500);
  });

  it('EC-001: failed polls keep the state, and the next one goes on', async () => {
    const { fleet, move, sells, result } = await setUp();
    fleet.marketData.failures.next('getQuotes', 20, () => new BrokerError('TIMEOUT', 'slow'));
    await move(2 * MINUTE_MS);
    expect(result()).toBeUndefined();
    expect(sells()).toEqual([]);
    const asked = fleet.marketData.asked.length;
    fleet.strategy.sell = () => aSellSignal();
    await move(15_000);
    expect(fleet.marketData.asked.length).toBeGreaterThan(asked);
    expect(result()).toBe('FLAT');
  });

  it('a poll makes bars and prices as a tick does', async () => {
    const { fleet, ctx, move } = await setUp();
    const bars: number[] = [];
    fleet.strategy.sell = ({ candlesSinceEntry }) => {
      bars.push(candlesSinceEntry.length);
      return undefined;
    };
    const quote = fleet.marketData.quotes.get(SYMBOL);
    if (!quote) throw new Error('no quote');
    const at = fleet.clock.now() + 1_000;
    const volume = quantity(quote.volume + 100);
    fleet.marketData.setQuote({ ...quote, at, volume, lastPrice: price(10_100) });
    await move(2 * MINUTE_MS);
    expect(bars.at(0)).toBe(0);
    expect(bars.at(-1)).toBe(1);
    expect(ctx.board.unrealizedPnl?.toNumber()).toBe(1_000);
  });

  it('an event that cannot be stored keeps nothing from being done', async () => {
    const { fleet, move, result } = await setUp();
    fleet.events.failures.next('append', 100);
    fleet.strategy.sell = () => aSellSignal();
    fleet.gateway.react = (_ticket, nth) =>
      nth === 1 ? { kind: 'rejected', code: 'X' } : { kind: 'fill' };
    await move(20_000);
    expect(result()).toBe('FLAT');
  });

  it('polls while no tick comes, and not while they do', async () => {
    const { fleet, move, tick } = await setUp();
    fleet.marketData.asked.length = 0;
    for (let second = 0; second < 20; second += 1) {
      await tick(10_000);
      await move(1_000);
    }
    expect(fleet.marketData.asked).toHaveLength(0);
    await move(20_000);
    expect(fleet.marketData.asked.length).toBeGreaterThanOrEqual(3);
  });
});

describe('SC-007: something says sell', () => {
  it.each([
    ['stop loss', 9_800, 'STOP_LOSS', 'MARKET'],
    ['take profit', 10_300, 'TAKE_PROFIT', 'LIMIT'],
  ])('SC-007: %s sells all at once', async (_what, tradePrice, purpose, type) => {
    const { fleet, tick, move, sells, held, result } = await setUp({ realStrategy: true });
    await tick(tradePrice);
    await move(5_000);
    expect(sells()).toMatchObject([{ purpose, type, quantity: 10, status: 'FILLED' }]);
    expect(held()).toBe(0);
    expect(result()).toBe('FLAT');
    expect(fleet.events.types(SYMBOL)).toContain('PositionExitedEvent');
    expect(fleet.marketData.unsubscribed).toEqual([[SYMBOL]]);
  });

  it('SC-007: trend break', async () => {
    const { fleet, tick, move, sells, result } = await setUp({ realStrategy: true });
    const minuteAt = async (won: number): Promise<void> => {
      await tick(won);
      await move(MINUTE_MS);
    };
    for (let minute = 0; minute < 12; minute += 1) await minuteAt(10_000);
    expect(sells()).toEqual([]);
    // Two bars that close under the short average, and above the stop.
    await minuteAt(9_850);
    await minuteAt(9_850);
    await move(10_000);
    expect(sells()).toMatchObject([{ purpose: 'TREND_BREAK', status: 'FILLED' }]);
    expect(result()).toBe('FLAT');
    expect(fleet.orders.isBusy(SYMBOL)).toBe(false);
  });

  it('sells the rest by and by, one order at a time, up the ladder (EC-003)', async () => {
    const { fleet, move, sells, held, result } = await setUp({ shares: 100 });
    fleet.strategy.sell = () => aSellSignal({ reason: 'TIME_EXIT', urgency: 'PATIENT' });
    fleet.gateway.react = () => ({ kind: 'fill', shares: 10 });
    await move(20 * MINUTE_MS);
    expect(held()).toBe(0);
    expect(result()).toBe('FLAT');
    const types = sells().map(({ type, limitPrice }) => `${type} ${limitPrice?.toFixed() ?? ''}`);
    expect(types.slice(0, 3)).toEqual(['LIMIT 9990', 'LIMIT 9990', 'LIMIT 9990']);
    expect(types.slice(3, 6)).toEqual(['LIMIT 9960', 'LIMIT 9960', 'LIMIT 9960']);
    expect(types.slice(6)).toEqual(['MARKET ', 'MARKET ', 'MARKET ', 'MARKET ']);
    expect(sells().map((o) => o.quantity)).toEqual([100, 90, 80, 70, 60, 50, 40, 30, 20, 10]);
  });

  it('EC-002: a rejected sell keeps lock and position, alarms, and goes on', async () => {
    const { fleet, ctx, move, held, result } = await setUp();
    fleet.strategy.sell = () => aSellSignal();
    fleet.gateway.react = (_ticket, nth) =>
      nth === 1 ? { kind: 'rejected', code: 'APBK0918' } : { kind: 'fill' };
    await move(7_000);
    expect(held()).toBe(10);
    expect(ctx.lockKeeper.holds(SYMBOL)).toBe(true);
    expect(fleet.events.types(SYMBOL)).toContain('SellRejectedEvent');
    await move(10_000);
    expect(result()).toBe('FLAT');
  });

  it('an order that never left is no try of the ladder', async () => {
    const { fleet, move, sells, result } = await setUp();
    fleet.strategy.sell = () => aSellSignal({ urgency: 'PATIENT', reason: 'TIME_EXIT' });
    fleet.gateway.react = () => ({ kind: 'gatewayGone' });
    await move(MINUTE_MS);
    expect(sells().length).toBeGreaterThan(10);
    expect(fleet.orders.openOf(SYMBOL)).toEqual([]);
    fleet.gateway.react = () => ({ kind: 'fill' });
    await move(10_000);
    expect(sells().at(-1)).toMatchObject({ type: 'LIMIT', status: 'FILLED' });
    expect(sells().at(-1)?.limitPrice?.toNumber()).toBe(9_990);
    expect(result()).toBe('FLAT');
  });

  it('a refusal of our own is no try either, and the sell comes when it may', async () => {
    const { fleet, move, sells, result } = await setUp();
    fleet.strategy.sell = () => aSellSignal();
    fleet.system.state = { ...fleet.system.state, gate: 'STOPPED' };
    await move(MINUTE_MS);
    expect(sells()).toEqual([]);
    fleet.system.state = { ...fleet.system.state, gate: 'EXIT_ONLY' };
    await move(10_000);
    expect(result()).toBe('FLAT');
  });

  it('never sells while the fate of an earlier sell is open', async () => {
    const { fleet, move, sells, held, result } = await setUp();
    fleet.strategy.sell = () => aSellSignal();
    fleet.gateway.react = () => ({ kind: 'unknown', arrives: true });
    await move(30 * MINUTE_MS, 5_000);
    expect(sells()).toHaveLength(1);
    expect(held()).toBe(10);
    const orderId = sells()[0]?.orderId ?? '';
    const row = fleet.gateway.rows[0];
    if (!row) throw new Error('the sell did not arrive');
    await fleet.orders.adoptBrokerNumber({ orderId, row, marketAt: fleet.clock.now() });
    await fleet.gateway.fill(orderId, 10, 9_900);
    await move(20_000);
    expect(sells()).toHaveLength(1);
    expect(result()).toBe('FLAT');
  });

  it('drops a sell that a failed step left NEW, and sells', async () => {
    const { fleet, ctx, holding, day, move, sells } = await setUp();
    fleet.strategy.sell = () => aSellSignal();
    fleet.orders.failures.next('storeIntent answer');
    await move(10_000);
    await expect(holding).rejects.toThrow('storeIntent answer failed');
    expect(sells().map(({ status }) => status)).toEqual(['NEW']);
    const again = fleet.run(holdPosition(ctx, day, SYMBOL, fleet.ended.signal));
    expect(await again).toBe('FLAT');
    expect(sells().map(({ status }) => status)).toEqual(['CANCELED', 'FILLED']);
  });

  it('sends nothing under a lock that is not trusted, and ends when it is lost', async () => {
    const { fleet, move, sells, result } = await setUp();
    fleet.strategy.sell = () => aSellSignal();
    fleet.locks.failures.next('renew', 4);
    fleet.gateway.react = () => ({ kind: 'fill', shares: 0 });
    fleet.ended.signal.throwIfAborted();
    await move(1_000);
    const before = sells().length;
    fleet.locks.locks.set(SYMBOL, { workerId: 'other', fence: 9, expiresAt: Infinity });
    await move(30 * MINUTE_MS, 5_000);
    expect(sells().length).toBe(before);
    expect(result()).toBe('LOST');
  });

  it('FLATTEN sells at the market whatever the strategy says', async () => {
    const { fleet, move, sells, result } = await setUp();
    fleet.system.state = { ...fleet.system.state, gate: 'EXIT_ONLY', gateReason: 'FLATTEN' };
    await move(10_000);
    expect(sells()).toMatchObject([{ purpose: 'FLATTEN', type: 'MARKET' }]);
    expect(result()).toBe('FLAT');
  });

  it('is flat when the owner has sold by hand', async () => {
    const { fleet, move, sells, result } = await setUp();
    fleet.orders.positions.delete(SYMBOL);
    await move(10_000);
    expect(result()).toBe('FLAT');
    expect(sells()).toEqual([]);
  });

  it('stops when told to, with the position as it is', async () => {
    const { stop, holding, move, held } = await setUp();
    stop.abort(new Error('told to stop'));
    await move(1_000);
    await expect(holding).rejects.toThrow('told to stop');
    expect(held()).toBe(10);
  });
});

describe('SC-008: the end of the day', () => {
  it('SC-008: sells from the start of the liquidation, and says so once', async () => {
    const { fleet, move, sells, held, result } = await setUp({ at: '15:10:00' });
    await move(4 * MINUTE_MS);
    expect(sells()).toEqual([]);
    await move(3 * MINUTE_MS);
    expect(sells()).toMatchObject([{ purpose: 'MANDATORY_LIQUIDATION', status: 'FILLED' }]);
    expect(held()).toBe(0);
    expect(result()).toBe('FLAT');
    const told = fleet.events.types(SYMBOL).filter((type) => type === 'MandatoryLiquidationEvent');
    expect(told).toHaveLength(1);
  });

  it('SC-008: what trades little is sold earlier', async () => {
    const { fleet, move, result } = await setUp({ at: '14:00:00', shares: 200_000 });
    await move(76 * MINUTE_MS, 5_000);
    expect(result()).toBe('FLAT');
    const [told] = fleet.events.events.filter(({ type }) => type === 'MandatoryLiquidationEvent');
    expect(told?.marketAt).toBeLessThan(kstInstant(TEST_DATE, '15:05:00'));
  });

  it('SC-008, EC-003: an order is left for the closing auction, and its result is awaited', async () => {
    const { fleet, move, sells, result } = await setUp({ at: '15:14:00' });
    fleet.gateway.react = () => ({ kind: 'fill', shares: 0 });
    await move(16 * MINUTE_MS);
    const auction = sells().at(-1);
    expect(auction).toMatchObject({ type: 'MARKET', status: 'SENT', filledQuantity: 0 });
    expect(auction?.createdMarketAt).toBeGreaterThanOrEqual(kstInstant(TEST_DATE, '15:20:00'));
    await move(20_000);
    await fleet.gateway.fill(auction?.orderId ?? '', 10, 9_950);
    await move(20_000);
    expect(result()).toBe('FLAT');
  });

  it('SC-008: what cannot be sold is a state with one alarm, and is let go after the close', async () => {
    const { fleet, move, sells, held, result } = await setUp({ at: '15:14:00' });
    fleet.gateway.react = () => ({ kind: 'rejected', code: 'HALTED' });
    await move(20 * MINUTE_MS);
    expect(held()).toBe(10);
    expect(result()).toBe('UNSOLD');
    const told = fleet.events.types(SYMBOL).filter((type) => type === 'PositionUnsellableEvent');
    expect(told).toHaveLength(1);
    expect(
      sells().every(({ createdMarketAt }) => createdMarketAt < kstInstant(TEST_DATE, '15:30')),
    ).toBe(true);
    // Three tries a rung: bid, crossing, market, auction.
    expect(sells().length).toBeLessThanOrEqual(12);
  });

  it('an adopted position waits for the open before it is sold', async () => {
    const { fleet, move, sells, result } = await setUp({ at: '08:50:00' });
    fleet.strategy.sell = () => aSellSignal();
    await move(9 * MINUTE_MS);
    expect(sells()).toEqual([]);
    await move(2 * MINUTE_MS);
    expect(result()).toBe('FLAT');
  });

  it('can be watched and sold without the morning’s candles', async () => {
    const fleet = new FakeFleet();
    const ctx = fleet.makeWorker();
    fleet.addPosition(SYMBOL);
    await ctx.lockKeeper.acquire(SYMBOL, 'ADOPTION');
    fleet.marketData.failures.next('getMinuteCandles');
    fleet.strategy.sell = () => aSellSignal();
    const end = await fleet.run(holdPosition(ctx, fleet.makeDay(), SYMBOL, fleet.ended.signal));
    expect(end).toBe('FLAT');
  });
});
