import { describe, expect, it } from '@jest/globals';
import { price, quantity, type Order, type Quote } from '@fleet/domain';
import { kstInstant } from '@fleet/krx';
import { aSellSignal, FakeFleet, TEST_DATE } from '@fleet/testkit';
import { BrokerError } from '../ports/broker.ts';
import { holdPosition, type HoldResult } from './hold-position.ts';

const SYMBOL = '000001';
const MINUTE_MS = 60_000;
const HALTED: Partial<Quote> = { halted: true };
const INTERRUPTED: Partial<Quote> = { volatilityInterrupted: true };

/** A stock that is held and wants to be sold. */
async function setUp(state: Partial<Quote>, { at = '10:00:00', signal = true } = {}) {
  const fleet = new FakeFleet(kstInstant(TEST_DATE, at));
  const { marketData, clock } = fleet;
  const ctx = fleet.makeWorker();
  fleet.addPosition(SYMBOL, 10);
  const close = price(10_000);
  const bar = { open: close, high: close, low: close, close, volume: quantity(100_000) };
  const start = (index: number): number =>
    Math.floor(clock.now() / MINUTE_MS) * MINUTE_MS - (40 - index) * MINUTE_MS;
  const candles = Array.from({ length: 40 }, (_, index) => ({ start: start(index), ...bar }));
  marketData.candles.set(SYMBOL, candles);
  const become = (changes: Partial<Quote>): void =>
    marketData.setQuote({
      ...marketData.quotes.get(SYMBOL)!,
      halted: false,
      volatilityInterrupted: false,
      ...changes,
    });
  become(state);
  // As at the broker: a quote of many has no flags.
  const readMany = marketData.getQuotes.bind(marketData);
  marketData.getQuotes = async (symbols, options) =>
    (await readMany(symbols, options)).map((quote) => ({
      ...quote,
      halted: false,
      volatilityInterrupted: false,
    }));
  let looks = 0;
  const readOne = marketData.getQuote.bind(marketData);
  marketData.getQuote = async (symbol, options) => {
    looks += 1;
    return await readOne(symbol, options);
  };
  await ctx.lockKeeper.acquire(SYMBOL, 'ADOPTION');
  if (signal) fleet.strategy.sell = () => aSellSignal();
  let result: HoldResult | undefined;
  const holding = holdPosition(ctx, fleet.makeDay(), SYMBOL, fleet.ended.signal);
  holding.then(
    (end) => (result = end),
    () => undefined,
  );
  await clock.advance(0);
  const sells = (): readonly Order[] =>
    fleet.orders.all().filter((o) => o.side === 'SELL' && o.request === 'PLACE');
  const told = (type: string) => fleet.events.events.filter((event) => event.type === type);
  const move = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 1_000) await clock.advance(1_000);
  };
  return { fleet, become, sells, told, move, looks: () => looks, result: () => result };
}

describe('DESIGN 10: a stock that does not trade', () => {
  it('asks for no sell while it is halted, alarms once, and sells when it trades again', async () => {
    const { become, sells, told, move, result } = await setUp(HALTED);
    await move(20 * MINUTE_MS);
    expect(sells()).toEqual([]);
    expect(told('SellWaitsEvent')).toMatchObject([
      { level: 'ERROR', payload: { state: 'HALTED', reason: 'STOP_LOSS' } },
    ]);
    become({});
    await move(15_000);
    expect(sells()).toHaveLength(1);
    expect(result()).toBe('FLAT');
  });

  it('alarms again for another halt', async () => {
    const { fleet, become, told, move } = await setUp(HALTED);
    fleet.gateway.react = () => ({ kind: 'fill', shares: 1 });
    await move(MINUTE_MS);
    become({});
    await move(MINUTE_MS + 30_000);
    become(HALTED);
    await move(2 * MINUTE_MS);
    expect(told('SellWaitsEvent')).toHaveLength(2);
  });

  it('hears the first trade after a halt at once', async () => {
    const { fleet, become, sells, move } = await setUp(HALTED);
    await move(31_000);
    become({});
    fleet.marketData.tick(SYMBOL, fleet.clock.now(), price(9_900));
    await fleet.clock.advance(10);
    expect(sells()).toHaveLength(1);
  });

  it('waits for the end of a volatility interruption, a warning alone', async () => {
    const { become, sells, told, move, result } = await setUp(INTERRUPTED);
    await move(2 * MINUTE_MS);
    expect(sells()).toEqual([]);
    expect(told('SellWaitsEvent')).toMatchObject([
      { level: 'WARN', payload: { state: 'INTERRUPTED' } },
    ]);
    become({});
    await move(15_000);
    expect(result()).toBe('FLAT');
  });

  it('does not believe in an interruption that lasts longer than any can', async () => {
    const { sells, told, move, result } = await setUp(INTERRUPTED);
    await move(4 * MINUTE_MS);
    expect(sells()).toHaveLength(1);
    expect(told('SellWaitsEvent')).toHaveLength(1);
    expect(result()).toBe('FLAT');
  });

  it('leaves its order for a closing auction that is interrupted itself', async () => {
    const { sells, move } = await setUp(INTERRUPTED, { at: '15:21:00' });
    await move(30_000);
    expect(sells()).toMatchObject([{ type: 'MARKET' }]);
  });

  it('keeps the tries of each rung for when it trades again (SC-008)', async () => {
    const { become, sells, move, result } = await setUp(HALTED, { at: '15:14:00', signal: false });
    await move(2 * MINUTE_MS);
    expect(sells()).toEqual([]);
    become({});
    await move(20_000);
    expect(sells()).toMatchObject([{ type: 'LIMIT', purpose: 'MANDATORY_LIQUIDATION' }]);
    expect(result()).toBe('FLAT');
  });

  it('halted until the close it is unsold: a state, with the next open as its plan', async () => {
    const { sells, told, move, result } = await setUp(HALTED, { at: '15:10:00' });
    await move(25 * MINUTE_MS);
    expect(sells()).toEqual([]);
    expect(told('PositionUnsellableEvent')).toMatchObject([
      { level: 'ERROR', payload: { halted: true, plan: 'sell at the next open' } },
    ]);
    expect(result()).toBe('UNSOLD');
  });
});

describe('whether it trades', () => {
  it('is known from a trade just heard, without a call', async () => {
    const { fleet, looks, move, result } = await setUp({}, { signal: false });
    await move(3_000);
    fleet.strategy.sell = () => aSellSignal();
    fleet.marketData.tick(SYMBOL, fleet.clock.now(), price(9_900));
    await move(2_000);
    expect(result()).toBe('FLAT');
    expect(looks()).toBe(0);
  });

  it('keeps no sell back when it cannot be read', async () => {
    const { fleet, move, result } = await setUp(HALTED, { signal: false });
    fleet.marketData.failures.next('getQuote', 1, () => new BrokerError('TIMEOUT', 'slow'));
    fleet.strategy.sell = () => aSellSignal();
    await move(10_000);
    expect(result()).toBe('FLAT');
  });
});

describe('EC-002: what the broker refuses', () => {
  it('is asked again after longer and longer pauses', async () => {
    const { fleet, sells, told, move } = await setUp({}, { signal: false });
    fleet.gateway.react = () => ({ kind: 'rejected', code: 'HALTED' });
    fleet.strategy.sell = () => aSellSignal();
    await move(10 * MINUTE_MS);
    expect(sells().length).toBeGreaterThan(5);
    expect(sells().length).toBeLessThanOrEqual(15);
    expect(told('SellRejectedEvent')).toHaveLength(sells().length);
  });

  it('is no try of the liquidation’s rungs: they are there when the market takes it', async () => {
    const { fleet, sells, move, result } = await setUp({}, { at: '15:14:00', signal: false });
    fleet.gateway.react = (_ticket, nth) =>
      nth <= 5 ? { kind: 'rejected', code: 'HALTED' } : { kind: 'fill' };
    await move(4 * MINUTE_MS);
    expect(sells().length).toBe(6);
    expect(result()).toBe('FLAT');
  });
});

describe('what was not sold on an earlier day', () => {
  it('is sold at this open, whatever the strategy says (DESIGN 10)', async () => {
    const { fleet, sells, told, move, result } = await setUp({}, { at: '08:50:00', signal: false });
    const position = fleet.orders.positions.get(SYMBOL)!;
    const enteredAt = kstInstant(TEST_DATE, '08:50:00') - 20 * 60 * MINUTE_MS;
    fleet.orders.positions.set(SYMBOL, { ...position, enteredAt });
    await move(9 * MINUTE_MS);
    expect(sells()).toEqual([]);
    await move(2 * MINUTE_MS);
    expect(sells()).toMatchObject([{ purpose: 'MANDATORY_LIQUIDATION' }]);
    expect(told('MandatoryLiquidationEvent')).toMatchObject([
      { payload: { code: 'UNSOLD_BEFORE' } },
    ]);
    expect(result()).toBe('FLAT');
  });
});
