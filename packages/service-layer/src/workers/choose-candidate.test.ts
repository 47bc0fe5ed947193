import { describe, expect, it } from '@jest/globals';
import { FakeFleet } from '@fleet/testkit';
import { BrokerError } from '../ports/broker.ts';
import { chooseCandidate } from './choose-candidate.ts';

function setUp(...symbols: readonly string[]) {
  const fleet = new FakeFleet();
  const ctx = fleet.makeWorker();
  const day = fleet.makeDay();
  fleet.addSignals(...symbols);
  const choose = (skip: ReadonlyMap<string, number> = new Map()) =>
    fleet.run(chooseCandidate(ctx, day, skip, fleet.ended.signal), 60_000, 100);
  return { fleet, ctx, day, choose };
}

describe('SC-002 to SC-004: choosing a candidate', () => {
  it('SC-003: claims the best signal that a fresh quote still bears out', async () => {
    const { fleet, ctx, choose } = setUp('000001', '000002');
    const chosen = await choose();
    expect(chosen).toMatchObject({ lock: { symbol: '000001', fence: 1, orphan: false } });
    expect(fleet.locks.locks.get('000001')?.workerId).toBe(ctx.workerId);
    expect(fleet.locks.locks.size).toBe(1);
  });

  it('SC-002: judges the signal again by the strategy, on a quote of now', async () => {
    const { fleet, choose } = setUp('000001', '000002');
    fleet.strategy.buy = ({ quote, turnoverPerMinute, indicators, tickSize }) =>
      quote.symbol === '000002' &&
      turnoverPerMinute.eq(1_000_000_000) &&
      indicators.bars === 30 &&
      tickSize === 10;
    expect((await choose())?.lock.symbol).toBe('000002');
  });

  it('tells the strategy what the fleet has done in the stock until now', async () => {
    const { fleet, choose } = setUp('000001', '000002');
    fleet.trading.stockDays.set('000001', { held: false, entries: 1, stopOuts: 1 });
    fleet.strategy.buy = ({ stockDay }) => stockDay.stopOuts === 0;
    const chosen = await choose();
    expect(chosen?.lock.symbol).toBe('000002');
    expect(chosen?.decision.reasons).toEqual([{ code: 'SCRIPT', actual: 'x', limit: 'y' }]);
  });

  it('SC-004: a refused claim goes on to the next at once', async () => {
    const { fleet, choose } = setUp('000001', '000002');
    fleet.locks.frozen.add('000001');
    expect((await choose())?.lock.symbol).toBe('000002');
    expect(fleet.events.types('000001')).toEqual(['LockRejectedEvent']);
  });

  it('SC-004: does not even ask for what is seen to be locked', async () => {
    const { fleet, choose } = setUp('000001', '000002');
    fleet.locks.locks.set('000001', { workerId: 'other', fence: 1, expiresAt: Infinity });
    expect((await choose())?.lock.symbol).toBe('000002');
    expect(fleet.marketData.asked).toEqual([['000002']]);
  });

  it('passes over what it has lately failed to enter, until that time is over', async () => {
    const { fleet, choose } = setUp('000001');
    const skip = new Map([['000001', fleet.clock.now() + 1_000]]);
    expect(await choose(skip)).toBeUndefined();
    expect((await choose(new Map([['000001', fleet.clock.now()]])))?.lock.symbol).toBe('000001');
  });

  it('asks for a few fresh quotes only', async () => {
    const { fleet, choose } = setUp('000001', '000002', '000003', '000004', '000005', '000006');
    fleet.strategy.buy = () => false;
    expect(await choose()).toBeUndefined();
    expect(fleet.marketData.asked).toHaveLength(5);
    expect(fleet.locks.locks.size).toBe(0);
  });

  it('goes on to the next when the broker has no quote of a stock, or it left the universe', async () => {
    const { fleet, day, choose } = setUp('000001', '000002', '000003');
    fleet.marketData.quotes.delete('000001');
    const universe = fleet.trading.universes.get(day.tradeDate) ?? [];
    const left = universe.filter(({ symbol }) => symbol !== '000002');
    fleet.trading.universes.set(day.tradeDate, left);
    expect((await choose())?.lock.symbol).toBe('000003');
  });

  it('EC-001: fails after three more tries when quotes time out', async () => {
    const { fleet, choose } = setUp('000001');
    fleet.marketData.failures.next('getQuotes', 4, () => new BrokerError('TIMEOUT', 'slow'));
    await expect(choose()).rejects.toThrow('slow');
    expect(fleet.marketData.asked).toHaveLength(4);
    expect(fleet.locks.locks.size).toBe(0);
  });

  it('buys nothing outside continuous trading, after liquidation has begun, or on old signals', async () => {
    const { fleet, day, choose } = setUp('000001');
    await fleet.clock.advance(91_000);
    expect(await choose()).toBeUndefined();
    fleet.addSignals('000001');
    await fleet.clock.advance(day.liquidationAt - fleet.clock.now());
    fleet.addSignals('000001');
    expect(await choose()).toBeUndefined();
    expect(fleet.marketData.asked).toHaveLength(0);
  });

  it('takes best prices from the book where quotes have none', async () => {
    const { fleet, choose } = setUp('000001');
    const quote = fleet.marketData.quotes.get('000001');
    if (!quote) throw new Error('no quote');
    fleet.marketData.setQuote({ ...quote, bid: undefined, ask: undefined });
    const level = { price: quote.lastPrice, size: quote.askSize };
    fleet.marketData.books.set('000001', { bids: [level], asks: [level] });
    const chosen = await choose();
    expect(chosen?.quote.ask).toEqual(quote.lastPrice);
    expect(chosen?.quote.bid).toEqual(quote.lastPrice);
  });
});
