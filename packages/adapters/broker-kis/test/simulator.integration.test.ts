import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { price, type Price, quantity, type Quote } from '@fleet/domain';
import { kstDate, stepTicks } from '@fleet/krx';
import type { ExecutionNotice, Instrument, SubmitOutcome, Tick } from '@fleet/service-layer';
import { LIVE_PROFILE, PAPER_PROFILE } from '../src/index.ts';
import { makeTicket } from './support/adapter-kit.ts';
import { type SimulatorKit, startSimulatorKit } from './support/running-simulator.ts';

const ACCOUNT = '50012345-01';

async function eventually<T>(
  read: () => Promise<T> | T,
  isDone: (value: T) => boolean,
): Promise<T> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const value = await read();
    if (isDone(value)) return value;
    if (performance.now() > deadline) throw new Error(`not in time: ${JSON.stringify(value)}`);
    await wait(50);
  }
}

function numberOf(outcome: SubmitOutcome): string {
  if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
  return outcome.broker.number;
}

describe.each([LIVE_PROFILE, PAPER_PROFILE])('against the simulator, profile $name', (profile) => {
  let kit: SimulatorKit;
  let instrument: Instrument;
  let quote: Quote;

  beforeAll(async () => {
    kit = await startSimulatorKit(profile);
    await kit.adapter.broker.login();
    const instruments = await kit.adapter.marketData.getInstruments();
    const common = instruments
      .filter(({ kind, warnings }) => kind === 'COMMON' && warnings.length === 0)
      .toSorted((a, b) => b.previousVolume - a.previousVolume);
    const [busiest] = common;
    if (busiest === undefined) throw new Error('no common stock in the master files');
    instrument = busiest;
    quote = await kit.adapter.marketData.getQuote(instrument.symbol);
  }, 60_000);

  afterAll(async () => await kit?.stop(), 30_000);

  const someTicksAbove = (from: Price, ticks: number): Price =>
    price(stepTicks(from.toNumber(), ticks, instrument, kstDate(kit.market.now())));
  const orders = async () =>
    (await kit.adapter.broker.getOrders(ACCOUNT, kstDate(kit.market.now()))).orders;
  const orderOf = async (number: string) =>
    (await orders()).find(({ key }) => key.number === number);

  it('uses one token for everything', async () => {
    await kit.adapter.broker.login();
    expect(kit.store.token?.accessToken).toMatch(/^\S+$/);
    expect(kit.store.loads).toBe(1);
  });

  it('knows the account, its cash and what it can buy', async () => {
    const { broker } = kit.adapter;
    expect(await broker.getAccounts()).toEqual([{ accountId: ACCOUNT }]);
    const balance = await broker.getCash(ACCOUNT);
    expect(String(balance.cashDeposit)).toBe('100000000');
    const power = await broker.getBuyingPower({
      symbol: instrument.symbol,
      type: 'MARKET',
      price: undefined,
    });
    // A market buy reserves at the upper limit.
    expect(quote.upperLimit.times(power.quantity).lte(power.amount)).toBe(true);
    expect(power.quantity).toBeGreaterThan(0);
  });

  it('reads quotes, books and minutes that agree with each other', async () => {
    const { marketData } = kit.adapter;
    const [one] = await marketData.getQuotes([instrument.symbol]);
    expect(one?.symbol).toBe(instrument.symbol);
    expect(one?.lastPrice.gte(quote.lowerLimit) && one.lastPrice.lte(quote.upperLimit)).toBe(true);
    expect(String(one?.previousClose)).toBe(String(instrument.referencePrice));
    const book = await marketData.getOrderBook(instrument.symbol);
    const [ask] = book.asks;
    const [bid] = book.bids;
    expect(ask !== undefined && bid !== undefined && ask.price.gt(bid.price)).toBe(true);
    const candles = await marketData.getMinuteCandles(instrument.symbol, 45);
    expect(candles.length).toBe(45);
    expect(
      candles.every(({ start }, index) => start - (candles[0]?.start ?? 0) === index * 60_000),
    ).toBe(true);
    expect((candles.at(-1)?.start ?? 0) + 60_000).toBeLessThanOrEqual(kit.market.now());
  });

  it('has ranks and holidays where the server has them', async () => {
    const { marketData } = kit.adapter;
    const ranks = await marketData.getTurnoverRank();
    const open = await marketData.isMarketOpenOn(kstDate(kit.market.now()));
    const isLive = profile.trIds.volumeRank !== undefined;
    expect([ranks.length > 0, open]).toEqual([isLive, isLive ? true : undefined]);
  });

  it('buys, hears of it, finds it in the list and in the balance, and sells again', async () => {
    const { broker, feed, marketData } = kit.adapter;
    const notices: ExecutionNotice[] = [];
    const ticks: Tick[] = [];
    const stop = await broker.subscribeOrderEvents((notice) => void notices.push(notice));
    await marketData.subscribeQuotes([instrument.symbol], {
      onTick: (tick) => void ticks.push(tick),
      onFeedStatus: () => undefined,
    });
    expect(feed.isRegistered(profile.feedTrIds.trade, instrument.symbol)).toBe(true);
    const ticket = makeTicket({
      symbol: instrument.symbol,
      quantity: quantity(10),
      limitPrice: someTicksAbove(quote.lastPrice, 30),
    });
    const bought = numberOf(await broker.placeOrder(ticket));
    const filled = await eventually(
      async () => await orderOf(bought),
      (order) => order?.filledQuantity === 10,
    );
    expect(filled).toMatchObject({
      request: 'PLACE',
      side: 'BUY',
      type: 'LIMIT',
      quantity: 10,
      leavesQuantity: 0,
    });
    await eventually(
      () => notices.length,
      () => notices.some(({ kind, orderNumber }) => kind === 'FILL' && orderNumber === bought),
    );
    const holding = (await broker.getCash(ACCOUNT)).holdings.find(
      ({ symbol }) => symbol === instrument.symbol,
    );
    expect(holding).toMatchObject({ quantity: 10, boughtToday: 10 });
    expect(filled?.filledAmount.div(10).toFixed(4)).toBe(holding?.averagePrice.toFixed(4));

    const sell = makeTicket({ ...ticket, side: 'SELL', type: 'MARKET', limitPrice: undefined });
    const sold = numberOf(await broker.placeOrder(sell));
    const done = await eventually(
      async () => await orderOf(sold),
      (order) => order?.filledQuantity === 10,
    );
    const after = await broker.getCash(ACCOUNT);
    expect(after.holdings).toEqual([]);
    expect(after.boughtTodayAmount.eq(filled?.filledAmount ?? 0)).toBe(true);
    expect(after.soldTodayAmount.eq(done?.filledAmount ?? 0)).toBe(true);
    const cash = price('100000000')
      .minus(after.boughtTodayAmount)
      .plus(after.soldTodayAmount)
      .minus(after.costsToday);
    expect(after.settledCashD2.eq(cash)).toBe(true);
    await eventually(
      () => ticks.length,
      (count) => count > 0,
    );
    expect(ticks.every(({ symbol }) => symbol === instrument.symbol)).toBe(true);
    expect([...feed.rejects()]).toEqual([]);
    stop();
  });

  it('amends and cancels an order that waits, and is told when there is nothing left to cancel', async () => {
    const { broker } = kit.adapter;
    const waiting = makeTicket({
      symbol: instrument.symbol,
      quantity: quantity(5),
      limitPrice: someTicksAbove(quote.lowerLimit, 2),
    });
    const outcome = await broker.placeOrder(waiting);
    if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
    const amended = await broker.modifyOrder(
      makeTicket({
        ...waiting,
        request: 'MODIFY',
        original: outcome.broker,
        limitPrice: quote.lowerLimit,
      }),
    );
    if (amended.kind !== 'accepted') throw new Error(JSON.stringify(amended));
    const cancel = makeTicket({ ...waiting, request: 'CANCEL', original: amended.broker });
    const canceled = numberOf(await broker.cancelOrder(cancel));
    const rows = await eventually(orders, (list) =>
      list.some(({ key }) => key.number === canceled),
    );
    const changes = rows
      .filter(({ request }) => request === 'CHANGE')
      .map(({ original }) => original?.number);
    expect(changes).toEqual(expect.arrayContaining([outcome.broker.number, amended.broker.number]));
    expect(rows.every(({ leavesQuantity }) => leavesQuantity === 0)).toBe(true);
    expect((await broker.cancelOrder(cancel)).kind).toBe('rejected');
  });

  it('is refused what the exchange or the account does not allow', async () => {
    const { broker } = kit.adapter;
    const offTick = makeTicket({
      symbol: instrument.symbol,
      limitPrice: price(quote.upperLimit.plus(1)),
    });
    expect((await broker.placeOrder(offTick)).kind).toBe('rejected');
    const tooMuch = makeTicket({
      symbol: instrument.symbol,
      quantity: quantity(100_000_000),
      limitPrice: quote.upperLimit,
    });
    expect((await broker.placeOrder(tooMuch)).kind).toBe('rejected');
    const notHeld = makeTicket({
      symbol: instrument.symbol,
      side: 'SELL',
      limitPrice: quote.upperLimit,
    });
    expect((await broker.placeOrder(notHeld)).kind).toBe('rejected');
  });

  it('brings the whole list, over however many pages', async () => {
    const { broker } = kit.adapter;
    const before = (await orders()).length;
    const count = 18;
    for (let index = 0; index < count; index += 1) {
      const ticket = makeTicket({
        symbol: instrument.symbol,
        quantity: quantity(1),
        limitPrice: quote.lowerLimit,
      });
      numberOf(await broker.placeOrder(ticket));
    }
    const rows = await eventually(orders, (list) => list.length >= before + count);
    expect(rows).toHaveLength(before + count);
    expect(new Set(rows.map(({ key }) => key.number)).size).toBe(before + count);
  });

  it('leaves the feed in order and takes its slot again', async () => {
    const { feed, broker } = kit.adapter;
    await broker.disconnect();
    expect(feed.isConnected).toBe(false);
    await broker.login();
    const registered = await feed.register(profile.feedTrIds.book, instrument.symbol);
    expect(registered).toEqual({ kind: 'registered' });
  });
});
