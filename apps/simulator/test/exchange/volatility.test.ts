import { describe, expect, it } from '@jest/globals';

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

const SYMBOL = '123450';
const JUMP_MINUTE = 30;
/** Half an hour at 10,000, then at once at 11,200. */
const JUMP: readonly TestBar[] = Array.from({ length: 380 }, (_, minute) =>
  flat(minute, minute < JUMP_MINUTE ? 10_000 : 11_200, 6000),
);

function open(bars = JUMP, more: Partial<TestSymbol> = {}, options = {}): ManualExchange {
  const market = makeManualExchange(makeTestDay({ [SYMBOL]: { bars, ...more } }), options);
  market.exchange.watch(SYMBOL);
  return market;
}

/** Moves on until the interruption has begun and returns it. */
function interrupt(market: ManualExchange, from = afterOpen(JUMP_MINUTE)) {
  for (let instant = from; instant < from + 60_000; instant += 500) {
    market.moveTo(instant);
    const [found] = market.exchange.interruptions();
    if (found !== undefined) return found;
  }
  throw new Error('no interruption');
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

async function releaseOf(market: ManualExchange) {
  market.moveTo(afterOpen(JUMP_MINUTE + 4));
  await market.settled();
  return market.exchange.interruptions()[0]!.releasedAt!;
}

/** What everybody sees, and what becomes of our orders, every seven seconds before an instant. */
async function tellAll(bars: readonly TestBar[], until: number): Promise<readonly string[]> {
  const market = open(bars);
  const { exchange } = market;
  const seen: string[] = [];
  for (let instant = afterOpen(28); instant < until; instant += 7000) {
    market.moveTo(instant);
    seen.push(
      JSON.stringify([
        instant,
        exchange.quote(SYMBOL),
        exchange.book(SYMBOL),
        exchange.interruptions(),
        exchange.minuteBars(SYMBOL, { count: 5 }),
        await market.buy(SYMBOL, 3, { price: 11_300 }),
      ]),
    );
  }
  await market.settled();
  return [...seen, ...market.notices.map((notice) => JSON.stringify(notice))];
}

describe('a volatility interruption', () => {
  it('begins with the first trade 10 % off the last auction price, for 2 to 2½ minutes', async () => {
    const market = open();
    const found = interrupt(market);
    expect(found).toMatchObject({
      symbol: SYMBOL,
      kind: 'BOTH',
      dynamicReferencePrice: 10_000,
      triggerPrice: 11_200,
      referencePrice: 10_000,
      releasedAt: undefined,
      count: 1,
    });
    expect(market.exchange.quote(SYMBOL)).toMatchObject({
      volatilityInterrupted: true,
      halted: false,
      last: 10_000,
      viReferencePrice: 10_000,
    });
    const length = (await releaseOf(market)) - found.triggeredAt;
    expect(length).toBeGreaterThanOrEqual(120_000);
    expect(length).toBeLessThan(150_000);
  });

  it('lets nothing trade, then prints one price with all that was kept back, the new reference', async () => {
    const market = open();
    const { triggeredAt } = interrupt(market);
    const volumeBefore = market.exchange.quote(SYMBOL)!.volume;
    const released = await releaseOf(market);
    const during = market.trades.filter(({ at }) => at >= triggeredAt && at < released);
    expect(during).toEqual([]);
    const result = market.trades.find(({ at }) => at === released)!;
    expect(result).toMatchObject({ initiator: 'AUCTION', price: 11_200 });
    expect(result.quote.volume - volumeBefore).toBe(result.volume);
    expect(result.quote.viReferencePrice).toBe(11_200);
    market.moveTo(TEST_SESSION.closingAuction.to);
    expect(market.exchange.quote(SYMBOL)!.volume).toBe(380 * 6000);
    expect(market.exchange.interruptions()).toHaveLength(1);
  });

  it('shows in the minute bars as it was: minutes without trades, then the auction', async () => {
    const market = open();
    interrupt(market);
    const released = await releaseOf(market);
    market.moveTo(afterOpen(60));
    const bars = market.exchange.minuteBars(SYMBOL, { count: 61 });
    const at = (minute: number) => bars.find(({ start }) => start === afterOpen(minute))!;
    expect(at(JUMP_MINUTE + 1)).toMatchObject({ volume: 0, close: 10_000 });
    const last = Math.floor((released - afterOpen(0)) / 60_000);
    expect(at(last)).toMatchObject({ open: 11_200, close: 11_200 });
    expect(at(last).volume).toBeGreaterThan(2 * 6000);
    expect(bars.reduce((sum, { volume }) => sum + volume, 0) - at(60).volume).toBe(60 * 6000);
    expect(bars[0]!.dayTurnover).toBe(market.exchange.quote(SYMBOL)!.turnover);
  });

  it('takes auction orders alone and matches them at its single price, inside our share of the bar', async () => {
    const market = open();
    market.moveTo(afterOpen(29));
    const resting = await accepted(market.buy(SYMBOL, 10, { price: 9500 }));
    interrupt(market);
    expect(await market.buy(SYMBOL, 1, { type: 'MARKET_IOC' })).toMatchObject({ accepted: false });
    expect(await market.buy(SYMBOL, 1, { type: 'BEST_LIMIT' })).toMatchObject({ accepted: false });
    const atMarket = await accepted(market.buy(SYMBOL, 5000));
    const tooLow = await accepted(market.buy(SYMBOL, 10, { price: 11_000 }));
    expect(market.exchange.book(SYMBOL)!.expected).toMatchObject({ price: 11_200 });
    market.moveTo(interrupt(market).triggeredAt + 119_000);
    await market.settled();
    expect(orderOf(market, atMarket).filledQuantity).toBe(0);
    const released = await releaseOf(market);
    const fills = market.notices.filter(({ kind }) => kind === 'FILL');
    expect(fills[0]).toMatchObject({ at: released, price: 11_200, quantity: 1200 });
    expect(orderOf(market, tooLow).filledQuantity).toBe(0);
    expect(orderOf(market, resting).filledQuantity).toBe(0);
    const canceled = await market.exchange.cancel({
      account: ACCOUNT,
      originalNumber: tooLow,
      quantity: undefined,
    });
    expect(canceled).toMatchObject({ accepted: true });
  });

  it('is static alone when the price climbs to the threshold', () => {
    const climb = JUMP.map(([minute]) => flat(minute, 10_000 + minute * 30, 50));
    const found = interrupt(open(climb), afterOpen(34));
    expect(found).toMatchObject({ kind: 'STATIC', triggerPrice: 11_020, referencePrice: 10_000 });
    expect(found.dynamicReferencePrice).toBeUndefined();
  });

  it('comes by the last trade too: 6 % at once is dynamic', () => {
    const market = open(
      JUMP.map(([minute, price]) => flat(minute, price === 11_200 ? 10_600 : price, 6000)),
    );
    expect(interrupt(market)).toMatchObject({ kind: 'DYNAMIC', referencePrice: 10_000 });
    const calm = open(
      JUMP.map(([minute, price]) => flat(minute, price === 11_200 ? 10_590 : price, 6000)),
    );
    calm.moveTo(afterOpen(40));
    expect(calm.exchange.interruptions()).toEqual([]);
  });

  it('comes at 3 % for a member of KOSPI 200', () => {
    const bars = JUMP.map(([minute, price]) =>
      flat(minute, price === 11_200 ? 10_300 : price, 6000),
    );
    const member = open(bars, { isKospi200: true });
    expect(interrupt(member)).toMatchObject({ kind: 'DYNAMIC', triggerPrice: 10_300 });
    const other = open(bars);
    other.moveTo(afterOpen(40));
    expect(other.exchange.interruptions()).toEqual([]);
  });

  it('delays an open that is 10 % off the reference', async () => {
    const market = open(JUMP, { reference: 9000 });
    const found = interrupt(market, TEST_SESSION.regular.from);
    expect(found).toMatchObject({ kind: 'STATIC', referencePrice: 9000, triggerPrice: 10_000 });
    expect(market.exchange.quote(SYMBOL)!.open).toBeUndefined();
    market.moveTo(afterOpen(4));
    const quote = market.exchange.quote(SYMBOL)!;
    expect(quote).toMatchObject({ open: 10_000, viReferencePrice: 10_000 });
    expect(quote.openedAt).toBe(market.exchange.interruptions()[0]!.releasedAt);
  });

  it('delays a close that is 4 % off the last trade, and orders live until then', async () => {
    const bars = [...JUMP.slice(0, 29), flat(CLOSING, 10_450, 9000)];
    const market = open(bars);
    market.moveTo(afterOpen(300));
    const number = await accepted(market.buy(SYMBOL, 10));
    const low = await accepted(market.buy(SYMBOL, 10, { price: 9000 }));
    const { to } = TEST_SESSION.closingAuction;
    market.moveTo(to + 100_000);
    await market.settled();
    expect(market.exchange.interruptions()).toMatchObject([{ kind: 'DYNAMIC' }]);
    expect(orderOf(market, number).restQuantity).toBe(10);
    market.moveTo(to + 200_000);
    await market.settled();
    expect(orderOf(market, number)).toMatchObject({ filledAmount: 104_500 });
    expect(orderOf(market, low).rejectedQuantity).toBe(10);
    expect(market.exchange.minuteBars(SYMBOL, { count: 1 })).toMatchObject([
      { start: to, close: 10_450, volume: 9000 },
    ]);
  });

  it('that reaches into the closing auction is matched with it', async () => {
    const bars = [
      ...Array.from({ length: 379 }, (_, minute) => flat(minute, 10_000, 6000)),
      flat(379, 11_500, 6000),
      flat(CLOSING, 11_600, 9000),
    ];
    const market = open(bars);
    market.moveTo(TEST_SESSION.closingAuction.to - 1);
    await market.settled();
    expect(market.exchange.quote(SYMBOL)!.last).toBe(10_000);
    market.moveTo(TEST_SESSION.closingAuction.to + 30_000);
    await market.settled();
    expect(market.trades.at(-1)).toMatchObject({ initiator: 'AUCTION', price: 11_600 });
    expect(market.exchange.quote(SYMBOL)!.volume).toBe(379 * 6000 + 15_000);
  });

  it.each([29, 30, 31, 32, 33])(
    'shows nothing of what comes after: cutting the day after minute %d changes nothing before',
    async (cut) => {
      const seen = await tellAll(JUMP, afterOpen(cut + 1));
      const ofCut = await tellAll(
        JUMP.filter(([minute]) => minute <= cut),
        afterOpen(cut + 1),
      );
      expect(seen.length).toBeGreaterThan(20);
      expect(ofCut).toEqual(seen);
    },
  );

  it('does not exist on KONEX', () => {
    const market = open(JUMP, { market: 'KONEX' });
    market.moveTo(afterOpen(40));
    expect(market.exchange.interruptions()).toEqual([]);
  });
});
