import { type BrokerOrderKey, quantity, type Quote } from '@fleet/domain';
import { kstDate, tickSize } from '@fleet/krx';
import type {
  BrokerOrder,
  ExecutionNotice,
  Instrument,
  OrderTicket,
  SubmitOutcome,
} from '@fleet/service-layer';
import { eventually } from '../eventually.ts';
import { jestGlobals } from './jest-globals.ts';
import { aTicket, busyStocks, PATIENCE, type PortsUnderTest, ticksFrom } from './under-test.ts';

/**
 * What every BrokerPort promises, whoever implements it. The tests run in order on one account.
 * @param start gives the ports in the middle of a trading day; stopped at the end
 */
export function describeBrokerPort(name: string, start: () => Promise<PortsUnderTest>): void {
  const { afterAll, beforeAll, describe, expect, it } = jestGlobals();
  describe(`${name} as a BrokerPort`, () => {
    let ports: PortsUnderTest;
    let stocks: readonly Instrument[];
    let stock: Instrument;
    let quote: Quote;

    beforeAll(async () => {
      ports = await start();
      await ports.broker.login();
      stocks = await busyStocks(ports);
      const [busiest] = stocks;
      if (busiest === undefined) throw new Error('no common stock to trade');
      stock = busiest;
      quote = await ports.marketData.getQuote(stock.symbol);
    }, 120_000);

    afterAll(async () => await ports?.stop(), 60_000);

    const place = async (ticket: OrderTicket): Promise<SubmitOutcome> => {
      ports.store(ticket);
      return await ports.broker.placeOrder(ticket);
    };
    const change = async (ticket: OrderTicket): Promise<SubmitOutcome> => {
      ports.store(ticket);
      return ticket.request === 'CANCEL'
        ? await ports.broker.cancelOrder(ticket)
        : await ports.broker.modifyOrder(ticket);
    };
    const orders = async (): Promise<readonly BrokerOrder[]> =>
      (await ports.broker.getOrders(ports.accountId, kstDate(ports.market.now()))).orders;
    const listed = async (number: string): Promise<BrokerOrder | undefined> =>
      (await orders()).find(({ key }) => key.number === number);
    /** So low that nobody sells at it, and still on tick and inside the limits. */
    const waiting = (changes: Partial<OrderTicket> = {}): OrderTicket =>
      aTicket({ symbol: stock.symbol, limitPrice: quote.lowerLimit, ...changes });
    const crossing = (instrument: Instrument, shares: number, upperLimit = quote.upperLimit) =>
      aTicket({
        symbol: instrument.symbol,
        quantity: quantity(shares),
        limitPrice: upperLimit,
      });

    it('logs in again and hands out credentials as often as it is asked', async () => {
      const { broker } = ports;
      await broker.login();
      await broker.issueAccessToken();
      await broker.issueApprovalKey();
      expect(await broker.getAccounts()).toEqual([{ accountId: ports.accountId }]);
    });

    it('knows the cash of its account and of no other', async () => {
      const balance = await ports.broker.getCash(ports.accountId);
      expect(balance.holdings).toEqual([]);
      expect(balance.cashDeposit.gt(0)).toBe(true);
      expect(balance.settledCashD2.eq(balance.cashDeposit)).toBe(true);
      const other = ports.broker.getCash('11111111-01');
      await expect(other).rejects.toMatchObject({ name: 'BrokerError', code: 'WRONG_ACCOUNT' });
    });

    it('counts what can be bought: at the price, and a market order at the upper limit', async () => {
      const { symbol } = stock;
      const { broker } = ports;
      const market = await broker.getBuyingPower({ symbol, type: 'MARKET', price: undefined });
      const limit = await broker.getBuyingPower({ symbol, type: 'LIMIT', price: quote.lowerLimit });
      expect(market.quantity).toBeGreaterThan(0);
      expect(quote.upperLimit.times(market.quantity).lte(market.amount)).toBe(true);
      expect(quote.upperLimit.times(market.quantity + 1).gt(market.amount.times('0.999'))).toBe(
        true,
      );
      expect(limit.quantity).toBeGreaterThan(market.quantity);
    });

    it('an order waits, is amended, and is canceled, each under a number of its own', async () => {
      const first = accepted(await place(waiting({ quantity: quantity(5) })));
      expect(await listed(first.number)).toMatchObject({
        request: 'PLACE',
        symbol: stock.symbol,
        side: 'BUY',
        type: 'LIMIT',
        quantity: 5,
        filledQuantity: 0,
        leavesQuantity: 5,
      });
      const dearer = ticksFrom(ports, quote.lowerLimit, 2, stock);
      const modify = waiting({ request: 'MODIFY', quantity: quantity(5), original: first });
      const second = accepted(await change({ ...modify, limitPrice: dearer }));
      const amended = await listed(second.number);
      expect(amended).toMatchObject({ request: 'CHANGE', original: { number: first.number } });
      expect(amended?.leavesQuantity).toBe(5);
      expect(String(amended?.price)).toBe(String(dearer));
      expect((await listed(first.number))?.leavesQuantity).toBe(0);
      const cancel = waiting({ request: 'CANCEL', quantity: quantity(5), original: second });
      const third = accepted(await change(cancel));
      expect(new Set([first.number, second.number, third.number]).size).toBe(3);
      const rest = (await orders()).filter(({ leavesQuantity }) => leavesQuantity > 0);
      expect(rest).toEqual([]);
      expect(await change({ ...cancel, orderId: `${cancel.orderId}-again` })).toMatchObject({
        kind: 'rejected',
      });
    });

    it('an amendment of some shares leaves the others where they are', async () => {
      const first = accepted(await place(waiting({ quantity: quantity(5) })));
      const dearer = ticksFrom(ports, quote.lowerLimit, 1, stock);
      const modify = waiting({ request: 'MODIFY', quantity: quantity(2), original: first });
      const second = accepted(await change({ ...modify, limitPrice: dearer }));
      expect((await listed(first.number))?.leavesQuantity).toBe(3);
      expect((await listed(second.number))?.leavesQuantity).toBe(2);
      const tooMany = waiting({ request: 'MODIFY', quantity: quantity(4), original: first });
      expect((await change(tooMany)).kind).toBe('rejected');
      for (const original of [first, second]) {
        accepted(await change(waiting({ request: 'CANCEL', original })));
      }
    });

    it('is refused off tick, beyond the limit, without cash and without shares', async () => {
      const step = tickSize(quote.lowerLimit.toNumber(), stock, kstDate(ports.market.now()));
      const aboveLimit = ticksFrom(ports, quote.upperLimit, 1, stock);
      const refused = [
        ...(step > 1 ? [waiting({ limitPrice: quoteAt(quote, 1) })] : []),
        waiting({ limitPrice: aboveLimit }),
        waiting({ quantity: quantity(100_000_000) }),
        waiting({ side: 'SELL', limitPrice: quote.upperLimit }),
      ];
      for (const ticket of refused) {
        expect(await place(ticket)).toMatchObject({
          kind: 'rejected',
          code: expect.stringMatching(/\S/),
        });
      }
    });

    it('does not send what was given up before', async () => {
      const before = (await orders()).length;
      const ticket = waiting();
      ports.store(ticket);
      const outcome = await ports.broker.placeOrder(ticket, { signal: AbortSignal.abort() });
      expect(outcome.kind).toBe('notSent');
      expect(await orders()).toHaveLength(before);
    });

    it('ends a read with the reason of who gave it up, before or meanwhile', async () => {
      const reason = new Error('no longer wanted');
      const signal = AbortSignal.abort(reason);
      await expect(ports.broker.getCash(ports.accountId, { signal })).rejects.toBe(reason);
      const late = new AbortController();
      const read = ports.broker.getCash(ports.accountId, { signal: late.signal });
      late.abort(reason);
      await expect(read).rejects.toBe(reason);
    });

    it('fills are cumulative in the list, and every notice of them wakes who listens', async () => {
      const { broker } = ports;
      const notices: ExecutionNotice[] = [];
      const fills: ExecutionNotice[] = [];
      const stops = [
        await broker.subscribeOrderEvents((notice) => void notices.push(notice)),
        await broker.subscribeExecutions((notice) => void fills.push(notice)),
      ];
      expect(await broker.getSellableQuantity(stock.symbol)).toBe(0);
      const bought = accepted(await place(crossing(stock, 10)));
      const seen: number[] = [];
      const filled = await eventually(async () => {
        const order = await listed(bought.number);
        seen.push(order?.filledQuantity ?? 0);
        return order?.filledQuantity === 10 && order;
      }, PATIENCE);
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      expect(filled.leavesQuantity).toBe(0);
      expect(filled.filledAmount.lte(quote.upperLimit.times(10))).toBe(true);
      const isFill = ({ kind, orderNumber }: ExecutionNotice): boolean =>
        kind === 'FILL' && orderNumber === bought.number;
      const told = (heard: readonly ExecutionNotice[]): number =>
        heard.filter(isFill).reduce((sum, notice) => sum + notice.quantity, 0);
      await eventually(() => told(notices) === 10 && told(fills) === 10, PATIENCE);
      expect(notices.some(({ kind }) => kind === 'ACCEPTED')).toBe(true);
      expect(fills.every(({ kind }) => kind === 'FILL')).toBe(true);
      const { holdings } = await broker.getCash(ports.accountId);
      expect(holdings).toMatchObject([{ symbol: stock.symbol, quantity: 10, boughtToday: 10 }]);
      const average = filled.filledAmount.div(10).toDecimalPlaces(4);
      expect(holdings[0]?.averagePrice.minus(average).abs().lt('0.001')).toBe(true);
      for (const stop of stops) stop();
      const heard = notices.length;
      const sell = aTicket({ symbol: stock.symbol, side: 'SELL', type: 'MARKET' });
      const sold = accepted(await place({ ...sell, quantity: quantity(4) }));
      await eventually(async () => (await listed(sold.number))?.filledQuantity === 4, PATIENCE);
      expect(notices).toHaveLength(heard);
    });

    it('an open sell takes its shares out of what can be sold', async () => {
      const { broker } = ports;
      expect(await broker.getSellableQuantity(stock.symbol)).toBe(6);
      const dear = waiting({
        side: 'SELL',
        quantity: quantity(2),
        limitPrice: quote.upperLimit,
      });
      const original = accepted(await place(dear));
      expect(await broker.getSellableQuantity(stock.symbol)).toBe(4);
      accepted(await change(waiting({ request: 'CANCEL', side: 'SELL', original })));
      expect(await broker.getSellableQuantity(stock.symbol)).toBe(6);
    });

    it('a cancel that comes after the fill is refused, and the list says filled', async () => {
      const original = accepted(await place(crossing(stock, 1)));
      await eventually(async () => (await listed(original.number))?.filledQuantity === 1, PATIENCE);
      const outcome = await change(waiting({ request: 'CANCEL', original }));
      expect(outcome.kind).toBe('rejected');
      expect(await listed(original.number)).toMatchObject({ filledQuantity: 1 });
    });

    it('holdings come whole, over however many pages', async () => {
      const count = Math.min(ports.pageSizes.holdings + 3, stocks.length);
      expect(count).toBeGreaterThan(ports.pageSizes.holdings);
      for (const instrument of stocks.slice(0, count)) {
        if (instrument.symbol === stock.symbol) continue;
        const { upperLimit } = await ports.marketData.getQuote(instrument.symbol);
        accepted(await place(crossing(instrument, 1, upperLimit)));
      }
      const held = await eventually(async () => {
        const { holdings } = await ports.broker.getCash(ports.accountId);
        return holdings.length >= count && holdings;
      }, PATIENCE);
      const symbols = held.map(({ symbol }) => symbol);
      expect(symbols.toSorted()).toEqual(
        stocks
          .slice(0, count)
          .map(({ symbol }) => symbol)
          .toSorted(),
      );
    }, 120_000);

    it('orders come whole, over however many pages', async () => {
      const before = await orders();
      const missing = Math.max(0, ports.pageSizes.orders + 3 - before.length);
      const placed: string[] = [];
      for (let index = 0; index < missing; index += 1) {
        placed.push(accepted(await place(waiting())).number);
      }
      const list = await orders();
      expect(list.length).toBeGreaterThan(ports.pageSizes.orders);
      const numbers = list.map(({ key }) => key.number);
      expect(numbers.toSorted()).toEqual(
        [...before.map(({ key }) => key.number), ...placed].toSorted(),
      );
      expect(new Set(numbers).size).toBe(numbers.length);
    }, 120_000);

    it('leaves in order', async () => {
      await expect(ports.broker.disconnect()).resolves.toBeUndefined();
    });
  });
}

function accepted(outcome: SubmitOutcome): BrokerOrderKey {
  if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
  return outcome.broker;
}

function quoteAt(quote: Quote, won: number): Quote['lowerLimit'] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a price off its tick on purpose
  return quote.lowerLimit.plus(won) as Quote['lowerLimit'];
}
