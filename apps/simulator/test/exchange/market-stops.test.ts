import { describe, expect, it } from '@jest/globals';

import type { DayData, MarketBreak } from '../../src/day/day-data.ts';
import { marketBreaks } from '../../src/exchange/circuit-breaker.ts';
import { ACCOUNT, makeManualExchange, type ManualExchange } from './manual-exchange.ts';
import {
  afterOpen,
  CLOSING,
  flat,
  makeTestDay,
  type TestBar,
  TEST_DATE,
  TEST_SESSION,
  type TestSymbol,
} from './test-day.ts';

const SYMBOL = '100000';
const STOCKS = 30;

/** Every stock goes with the market: `levels` by minute, the last one to the end. */
function marketOf(levels: readonly number[], stocks = STOCKS) {
  const bars: readonly TestBar[] = [
    ...Array.from({ length: 380 }, (_, minute) =>
      flat(minute, levels[Math.min(minute, levels.length - 1)]!, 1000),
    ),
    flat(CLOSING, levels.at(-1)!, 1000),
  ];
  const symbols: Record<string, TestSymbol> = {};
  for (let index = 0; index < stocks; index += 1) {
    symbols[String(100_000 + index * 10)] = { bars, reference: 10_000 };
  }
  symbols['200000'] = { bars, reference: 10_000, market: 'KOSDAQ' };
  return makeTestDay(symbols);
}

/** The day without the bars after a minute. */
function cutAfter(day: DayData, minute: number): DayData {
  const symbols = [...day.symbols].map(([symbol, { bars, ...rest }]) => {
    const count = bars.minute.filter((each) => each <= minute).length;
    const { open, high, low, close, volume } = bars;
    const cut = {
      minute: bars.minute.slice(0, count),
      open: open.slice(0, count),
      high: high.slice(0, count),
      low: low.slice(0, count),
      close: close.slice(0, count),
      volume: volume.slice(0, count),
    };
    return [symbol, { ...rest, bars: cut }] as const;
  });
  return { ...day, symbols: new Map(symbols) };
}

/** Falls by 1 % a minute from 10,000 to the level, from the tenth minute on. */
function fall(...targets: readonly number[]): readonly number[] {
  const levels = Array.from({ length: 10 }, () => 10_000);
  for (const target of targets) {
    while (levels.at(-1)! > target) levels.push(Math.max(target, levels.at(-1)! - 100));
    for (let minute = 0; minute < 45; minute += 1) levels.push(target);
  }
  return levels;
}

async function accepted(result: ReturnType<ManualExchange['buy']>) {
  const answer = await result;
  if (!answer.accepted) throw new Error(answer.reason);
  return answer.order.number;
}

function orderOf(market: ManualExchange, number: string) {
  return market.exchange
    .orders(ACCOUNT, TEST_DATE, TEST_DATE)
    .find((order) => order.number === number)!;
}

describe('circuit breakers', () => {
  it('trip when the market’s own index has closed two minutes 8 % down: 20 minutes halt, 10 minutes auction', () => {
    const [first, ...others] = marketBreaks(marketOf(fall(9200)));
    // 9,200 is reached in the minute 17 after the open; it and the next one are over at 19.
    expect(first).toEqual({
      market: 'KOSPI',
      level: 1,
      from: afterOpen(19),
      auctionFrom: afterOpen(39),
      auctionTo: afterOpen(49),
    });
    expect(others).toEqual([]);
    expect(marketBreaks(marketOf(fall(9210)))).toEqual([]);
  });

  it('need a market: a handful of stocks trips nothing', () => {
    expect(marketBreaks(marketOf(fall(8000), STOCKS - 1))).toEqual([]);
  });

  it('go through their stages once each, the third closing the market', () => {
    const breaks = marketBreaks(marketOf(fall(9200, 8500, 8000)));
    expect(breaks.map(({ level }) => level)).toEqual([1, 2, 3]);
    expect(breaks[2]).toMatchObject({ auctionFrom: Infinity, auctionTo: Infinity });
    expect(breaks[1]!.from).toBeGreaterThanOrEqual(breaks[0]!.auctionTo);
  });

  it('follow from what has happened: cutting the day later changes none that has begun', () => {
    const levels = fall(9200, 8500, 8000);
    const whole = marketBreaks(marketOf(levels));
    expect(whole).toHaveLength(3);
    for (let minute = 15; minute < 200; minute += 7) {
      const begun = (breaks: readonly MarketBreak[]) =>
        breaks.filter(({ from }) => from <= afterOpen(minute + 1));
      const cut = marketBreaks(cutAfter(marketOf(levels), minute));
      expect(begun(cut)).toEqual(begun(whole));
    }
  });

  it('do not trip in stages 1 and 2 after 14:50', () => {
    const late = [...Array.from({ length: 345 }, () => 10_000), ...fall(9100).slice(10)];
    expect(marketBreaks(marketOf(late))).toEqual([]);
  });

  it('halt every stock of that market alone: no new orders, cancels yes, then one price', async () => {
    const market = makeManualExchange(marketOf(fall(9200)));
    const { exchange } = market;
    exchange.watch(SYMBOL);
    market.moveTo(afterOpen(15));
    const number = await accepted(market.buy(SYMBOL, 10, { price: 8500 }));
    expect(exchange.circuitBreaker('KOSPI')).toBeUndefined();
    market.moveTo(afterOpen(19, 1));
    expect(exchange.circuitBreaker('KOSPI')).toEqual({ level: 1, isOver: false });
    expect(exchange.circuitBreaker('KOSDAQ')).toBeUndefined();
    expect(exchange.quote(SYMBOL)).toMatchObject({ halted: true, bid: undefined, ask: undefined });
    expect(exchange.quote('200000')).toMatchObject({ halted: false });
    expect(await market.buy(SYMBOL, 1)).toEqual({ accepted: false, reason: 'HALTED' });
    const cancel = { account: ACCOUNT, originalNumber: number, quantity: undefined };
    expect(await exchange.cancel(cancel)).toMatchObject({ accepted: true });
    market.moveTo(afterOpen(39, 1));
    expect(exchange.quote(SYMBOL)).toMatchObject({ halted: false, volatilityInterrupted: false });
    expect(await market.buy(SYMBOL, 1, { type: 'MARKET_IOC' })).toMatchObject({ accepted: false });
    const auction = await accepted(market.buy(SYMBOL, 10));
    market.moveTo(afterOpen(49) - 1);
    await market.settled();
    expect(orderOf(market, auction).filledQuantity).toBe(0);
    expect(market.trades.filter(({ at }) => at >= afterOpen(19))).toEqual([]);
    market.moveTo(afterOpen(50));
    expect(exchange.circuitBreaker('KOSPI')).toEqual({ level: 1, isOver: true });
    await market.settled();
    expect(orderOf(market, auction)).toMatchObject({ filledQuantity: 10, filledAmount: 92_000 });
    const result = market.trades.find(({ at }) => at >= afterOpen(49))!;
    expect(result).toMatchObject({ initiator: 'AUCTION', price: 9200 });
    expect(result.volume).toBeGreaterThanOrEqual(30 * 1000);
  });

  it('end the day at stage 3: orders expire, nothing trades or closes', async () => {
    const market = makeManualExchange(marketOf(fall(9200, 8500, 8000)));
    const third = marketBreaks(marketOf(fall(9200, 8500, 8000)))[2]!;
    market.moveTo(third.from - 1000);
    const number = await accepted(market.buy(SYMBOL, 10, { price: 7500 }));
    market.moveTo(third.from);
    await market.settled();
    expect(orderOf(market, number)).toMatchObject({ rejectedQuantity: 10, restQuantity: 0 });
    expect(await market.buy(SYMBOL, 1)).toMatchObject({ accepted: false });
    const { volume } = market.exchange.quote(SYMBOL)!;
    market.moveTo(TEST_SESSION.afterHoursSinglePrice.to);
    expect(market.exchange.quote(SYMBOL)!.volume).toBe(volume);
  });

  it('can be ordered for a time', async () => {
    const ordered: MarketBreak = {
      market: 'KOSDAQ',
      level: 1,
      from: afterOpen(60),
      auctionFrom: afterOpen(80),
      auctionTo: afterOpen(90),
    };
    const market = makeManualExchange({ ...marketOf([10_000]), breaks: [ordered] });
    market.moveTo(afterOpen(61));
    expect(market.exchange.quote('200000')!.halted).toBe(true);
    expect(market.exchange.quote(SYMBOL)!.halted).toBe(false);
  });
});

describe('a halt of one stock', () => {
  const LIQUID = Array.from({ length: 380 }, (_, minute) => flat(minute, 10_000, 1000));

  it('keeps back what the day would trade and prints it at its end', async () => {
    const halts = [{ from: afterOpen(60, 10), to: afterOpen(90, 20) }];
    const market = makeManualExchange(makeTestDay({ [SYMBOL]: { bars: LIQUID, halts } }));
    const { exchange } = market;
    exchange.watch(SYMBOL);
    market.moveTo(afterOpen(60));
    const number = await accepted(market.buy(SYMBOL, 100, { price: 10_000 }));
    market.moveTo(afterOpen(90, 20) - 1);
    await market.settled();
    expect(market.trades.filter(({ at }) => at >= afterOpen(60, 10))).toEqual([]);
    expect(exchange.minuteBars(SYMBOL, { count: 20 }).every(({ volume }) => volume === 0)).toBe(
      true,
    );
    market.moveTo(afterOpen(91));
    await market.settled();
    expect(market.trades.find(({ at }) => at === afterOpen(90, 20))).toMatchObject({
      initiator: 'AUCTION',
      price: 10_000,
    });
    expect(orderOf(market, number).filledQuantity).toBe(100);
    market.moveTo(TEST_SESSION.closingAuction.from);
    expect(exchange.quote(SYMBOL)!.volume).toBe(380 * 1000);
  });

  it('to the end of the day lets nothing trade any more', () => {
    const halts = [{ from: afterOpen(60), to: TEST_SESSION.afterHoursSinglePrice.to }];
    const market = makeManualExchange(
      makeTestDay({ [SYMBOL]: { bars: [...LIQUID, flat(CLOSING, 10_000, 1000)], halts } }),
    );
    market.moveTo(TEST_SESSION.afterHoursSinglePrice.to);
    expect(market.exchange.quote(SYMBOL)!.volume).toBe(60 * 1000);
  });
});
