import { kstDate, kstInstant, type TradeDate, weekdayOf } from '@fleet/krx';
import type { FeedStatus, Instrument, QuoteListener, Tick } from '@fleet/service-layer';
import { eventually } from '../eventually.ts';
import { jestGlobals } from './jest-globals.ts';
import { busyStocks, PATIENCE, type PortsUnderTest, UNKNOWN_SYMBOL } from './under-test.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** More than the thirty of a call. */
const MANY = 45;

/**
 * What every MarketDataPort and MarketLookupPort promises, whoever implements it.
 * @param server paper offers less: no ranks, multi-quotes, holidays, conditions, stock info
 * @param start gives the ports in the middle of a trading day; stopped at the end
 */
export function describeMarketDataPort(
  name: string,
  server: 'live' | 'paper',
  start: () => Promise<PortsUnderTest>,
): void {
  const { afterAll, beforeAll, describe, expect, it } = jestGlobals();
  describe(`${name} as a MarketDataPort`, () => {
    let ports: PortsUnderTest;
    let stocks: readonly Instrument[];
    let symbol: string;

    beforeAll(async () => {
      ports = await start();
      await ports.broker.login();
      stocks = await busyStocks(ports);
      symbol = stocks[0]?.symbol ?? '';
    }, 120_000);

    afterAll(async () => await ports?.stop(), 60_000);

    const today = (): TradeDate => kstDate(ports.market.now());
    const daily = async (from: TradeDate, to: TradeDate) =>
      await ports.lookup.getDailyCandles({ symbol, from, to, prices: 'adjusted' });
    const daysAgo = (days: number): TradeDate =>
      kstDate(kstInstant(today(), '00:00') - days * DAY_MS);

    it('lists every instrument once', async () => {
      const symbols = (await ports.marketData.getInstruments()).map((each) => each.symbol);
      expect(symbols.length).toBeGreaterThan(MANY);
      expect(new Set(symbols).size).toBe(symbols.length);
    });

    it('a quote stands inside its limits; a stock that nobody lists is an error', async () => {
      const quote = await ports.marketData.getQuote(symbol);
      expect(quote.symbol).toBe(symbol);
      expect(quote.lastPrice.gte(quote.lowerLimit)).toBe(true);
      expect(quote.lastPrice.lte(quote.upperLimit)).toBe(true);
      const unknown = ports.marketData.getQuote(UNKNOWN_SYMBOL);
      await expect(unknown).rejects.toMatchObject({ name: 'BrokerError', retryable: false });
    });

    it('quotes of more than a call are all there, and unknown stocks are left out', async () => {
      const asked = stocks.slice(0, MANY).map((each) => each.symbol);
      const quotes = await ports.marketData.getQuotes([
        ...asked.slice(0, 7),
        UNKNOWN_SYMBOL,
        ...asked.slice(7),
      ]);
      expect(quotes.map((quote) => quote.symbol).toSorted()).toEqual(asked.toSorted());
      // The busiest stocks have a book in the middle of the day; a strategy buys nothing without one.
      const [busiest] = quotes.filter((quote) => quote.symbol === symbol);
      expect(busiest?.bid?.lt(busiest.ask ?? 0)).toBe(true);
      expect(busiest?.bidSize).toBeGreaterThan(0);
      expect(await ports.marketData.getQuotes([])).toEqual([]);
    });

    it('a book is best first on both sides and not crossed', async () => {
      const { asks, bids } = await ports.marketData.getOrderBook(symbol);
      const [ask] = asks;
      const [bid] = bids;
      expect(ask !== undefined && bid !== undefined && ask.price.gt(bid.price)).toBe(true);
      const numbers = (levels: typeof asks): number[] =>
        levels.map((level) => level.price.toNumber());
      expect(numbers(asks)).toEqual(numbers(asks).toSorted((a, b) => a - b));
      expect(numbers(bids)).toEqual(numbers(bids).toSorted((a, b) => b - a));
    });

    it('minutes are finished ones, the oldest first, as many as asked over all pages', async () => {
      const candles = await ports.marketData.getMinuteCandles(symbol, MANY);
      expect(candles).toHaveLength(MANY);
      const [first] = candles;
      expect(candles.map(({ start: at }) => at - (first?.start ?? 0))).toEqual(
        candles.map((_, index) => index * MINUTE_MS),
      );
      expect((candles.at(-1)?.start ?? 0) + MINUTE_MS).toBeLessThanOrEqual(ports.market.now());
      expect(await ports.marketData.getMinuteCandles(symbol, 1)).toHaveLength(1);
    });

    it('the day’s minutes begin with the open and hold the latest ones', async () => {
      const day = await ports.lookup.getMinuteCandlesOf(symbol, today());
      const latest = await ports.marketData.getMinuteCandles(symbol, 5);
      expect(day[0]?.start).toBe(kstInstant(today(), '09:00'));
      const starts = new Set(day.map(({ start: at }) => at));
      // The last one may have ended between the two reads.
      for (const { start: at } of latest.slice(0, -1)) expect(starts.has(at)).toBe(true);
    });

    it('days are the oldest first, inside the range, the same in one call or in many', async () => {
      const all = await daily(daysAgo(400), daysAgo(1));
      const dates = all.map(({ date }) => date);
      expect(dates.length).toBeGreaterThan(1);
      expect(dates).toEqual([...new Set(dates)].toSorted());
      expect(dates.every((date) => date >= daysAgo(400) && date < today())).toBe(true);
      const middle = dates[Math.floor(dates.length / 2)] ?? today();
      const parts = [...(await daily(daysAgo(400), middle)), ...(await daily(middle, daysAgo(1)))];
      expect([...new Set(parts.map(({ date }) => date))]).toEqual(dates);
      for (const { low, high, open, close } of all) {
        expect(low.lte(open) && low.lte(close) && high.gte(open) && high.gte(close)).toBe(true);
      }
    });

    const lookUps = () => {
      const { lookup } = ports;
      return {
        volume: () => lookup.getVolumeRank(),
        rise: () => lookup.getFluctuationRank('RISE'),
        conditions: () => lookup.getConditions(),
        hits: () => lookup.searchByCondition('0'),
        interruptions: () => lookup.getVolatilityInterruptions(today()),
        info: () => lookup.getInstrumentInfo(symbol),
        time: () => lookup.getMarketTime(),
        days: () => lookup.getMarketDays(today()),
        yesterday: () => lookup.getMinuteCandlesOf(symbol, daysAgo(1)),
      };
    };

    const describePaper = (): void => {
      it('what paper lacks is UNSUPPORTED, but the two reads with a fall-back', async () => {
        for (const read of Object.values(lookUps())) {
          await expect(read()).rejects.toMatchObject({ code: 'UNSUPPORTED', retryable: false });
        }
        expect(await ports.marketData.getTurnoverRank()).toEqual([]);
        expect(await ports.marketData.isMarketOpenOn(today())).toBeUndefined();
      });
    };

    const describeLive = (): void => {
      it('ranks count from one and name known stocks', async () => {
        const { marketData } = ports;
        const known = new Set((await marketData.getInstruments()).map((each) => each.symbol));
        const { volume, rise } = lookUps();
        for (const ranked of [await marketData.getTurnoverRank(), await volume(), await rise()]) {
          expect(ranked.length).toBeGreaterThan(0);
          expect(ranked.length).toBeLessThanOrEqual(30);
          expect(ranked.map(({ rank }) => rank)).toEqual(ranked.map((_, index) => index + 1));
          expect(ranked.every((each) => known.has(each.symbol))).toBe(true);
        }
      });

      it('saved conditions find known stocks', async () => {
        const known = new Set((await ports.marketData.getInstruments()).map((each) => each.symbol));
        const conditions = await lookUps().conditions();
        expect(conditions.length).toBeGreaterThan(0);
        for (const { key } of conditions) {
          const hits = await ports.lookup.searchByCondition(key);
          expect(hits.every((hit) => known.has(hit))).toBe(true);
        }
      });

      it('interruptions are of the day, and end after they began', async () => {
        for (const { triggeredAt, releasedAt } of await lookUps().interruptions()) {
          expect(kstDate(triggeredAt)).toBe(today());
          expect(releasedAt ?? triggeredAt).toBeGreaterThanOrEqual(triggeredAt);
        }
        const past = await ports.lookup.getVolatilityInterruptions(daysAgo(300));
        expect(past).toEqual([]);
      });

      it('a stock’s info, the broker’s day and yesterday’s minutes are there', async () => {
        const { info, time, yesterday } = lookUps();
        expect(await info()).toMatchObject({ symbol, market: stocks[0]?.market });
        const { businessDay, opensAt, closesAt, at } = await time();
        expect(businessDay).toBe(today());
        expect([opensAt < at, at < closesAt]).toEqual([true, true]);
        const starts = (await yesterday()).map(({ start: minute }) => minute);
        expect(starts).toEqual(starts.toSorted((a, b) => a - b));
      });

      it('the calendar knows the day and its weekend', async () => {
        const days = await lookUps().days();
        expect(days[0]).toEqual({ date: today(), isOpen: true });
        expect(days.map(({ date }) => date)).toEqual(
          days.map((_, index) => kstDate(kstInstant(today(), '00:00') + index * DAY_MS)),
        );
        const sunday = days.find(({ date }) => weekdayOf(date) === 0);
        expect(sunday?.isOpen).toBe(false);
        expect(await ports.marketData.isMarketOpenOn(today())).toBe(true);
        expect(await ports.marketData.isMarketOpenOn(sunday?.date ?? today())).toBe(false);
      });
    };

    if (server === 'paper') describePaper();
    else describeLive();

    it('ticks come with a status, until they are no longer wanted', async () => {
      const ticks: Tick[] = [];
      const statuses = new Map<string, FeedStatus>();
      const listener: QuoteListener = {
        onTick: (tick) => void ticks.push(tick),
        onFeedStatus: (of, status) => void statuses.set(of, status),
      };
      const [kept = '', dropped = ''] = stocks.map((each) => each.symbol);
      const countOf = (of: string): number => ticks.filter((tick) => tick.symbol === of).length;
      await ports.marketData.subscribeQuotes([kept, dropped], listener);
      await eventually(() => countOf(kept) > 0 && countOf(dropped) > 0, PATIENCE);
      expect(['live', 'polled']).toContain(statuses.get(kept));
      expect(ticks.every((tick) => tick.price.gt(0) && tick.dayVolume > 0)).toBe(true);
      await ports.marketData.unsubscribe([dropped]);
      // What was on its way comes before the kept stock's next tick.
      const more = countOf(kept);
      await eventually(() => countOf(kept) > more, PATIENCE);
      const last = countOf(dropped);
      const later = countOf(kept);
      await eventually(() => countOf(kept) >= later + 3, PATIENCE);
      expect(countOf(dropped)).toBe(last);
      await ports.marketData.unsubscribe([kept]);
    });

    it('ends a read with the reason of who gave it up', async () => {
      const reason = new Error('no longer wanted');
      const options = { signal: AbortSignal.abort(reason) };
      const { marketData, lookup } = ports;
      const range = { symbol, from: daysAgo(9), to: today(), prices: 'raw' } as const;
      for (const read of [
        () => marketData.getQuote(symbol, options),
        () => marketData.getQuotes([symbol], options),
        () => marketData.getOrderBook(symbol, options),
        () => marketData.getMinuteCandles(symbol, 5, options),
        () => lookup.getDailyCandles(range, options),
      ]) {
        await expect(read()).rejects.toBe(reason);
      }
    });
  });
}
