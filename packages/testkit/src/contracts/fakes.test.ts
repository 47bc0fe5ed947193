import { price, quantity, type Candle, won } from '@fleet/domain';
import { kstDate, kstInstant, parseTradeDate, weekdayOf } from '@fleet/krx';
import { anInstrument, aQuote } from '../builders.ts';
import { FakeClock } from '../fake-clock.ts';
import { FakeEventStore } from '../fakes/fake-event-store.ts';
import { FakeGateway } from '../fakes/fake-gateway.ts';
import { FakeMarketData } from '../fakes/fake-market-data.ts';
import { FakeMarketLookup } from '../fakes/fake-market-lookup.ts';
import { FakeOrderStore } from '../fakes/fake-order-store.ts';
import { describeMarketDataPort } from './market-data-port-contract.ts';
import type { PortsUnderTest } from './under-test.ts';

const TODAY = parseTradeDate('2026-03-12');
const OPEN = kstInstant(TODAY, '09:00');
const NOW = kstInstant(TODAY, '11:00:30');
const DAY_MS = 86_400_000;
const SYMBOLS = Array.from({ length: 60 }, (_, index) => String(index + 1).padStart(6, '0'));

function minutes(): readonly Candle[] {
  return Array.from({ length: 120 }, (_, index) => ({
    start: OPEN + index * 60_000,
    open: price(1_000),
    high: price(1_010),
    low: price(990),
    close: price(1_000),
    volume: quantity(10),
  }));
}

/** A market at eleven o'clock, as a test would set it up. */
function setMarket(marketData: FakeMarketData, lookup: FakeMarketLookup): void {
  marketData.instruments = SYMBOLS.map((symbol) => anInstrument({ symbol }));
  for (const symbol of SYMBOLS) {
    marketData.setQuote(
      aQuote({ symbol, at: NOW, bid: price(999), ask: price(1_001), bidSize: quantity(5) }),
    );
    marketData.candles.set(symbol, minutes());
    lookup.minuteCandles.set(`${symbol} ${TODAY}`, minutes());
    const bids = [{ price: price(999), size: quantity(5) }];
    marketData.books.set(symbol, { bids, asks: [{ price: price(1_001), size: quantity(5) }] });
  }
  const days = Array.from({ length: 30 }, (_, index) => kstDate(OPEN + index * DAY_MS));
  const isOpen = (date: typeof TODAY): boolean => ![0, 6].includes(weekdayOf(date));
  marketData.openOn = isOpen;
  lookup.days = days.map((date) => ({ date, isOpen: isOpen(date) }));
  const [first = ''] = SYMBOLS;
  const ranks = SYMBOLS.slice(0, 30).map((symbol, index) => ({ symbol, rank: index + 1 }));
  Object.assign(marketData, { ranks });
  Object.assign(lookup, { volumeRank: ranks, fluctuationRank: ranks });
  lookup.conditions = [{ key: '0', group: 'g', name: 'n' }];
  lookup.hits.set('0', [first]);
  lookup.dailyCandles.set(
    first,
    Array.from({ length: 200 }, (_, index) => ({
      date: kstDate(OPEN - (200 - index) * DAY_MS),
      open: price(1_000),
      high: price(1_010),
      low: price(990),
      close: price(1_000),
      volume: quantity(10),
      turnover: won(10_000),
    })),
  );
  lookup.infos.set(first, {
    symbol: first,
    name: 'n',
    market: anInstrument().market,
    listedShares: quantity(1),
    listedOn: undefined,
    delistedOn: undefined,
    halted: false,
    administrative: false,
    tradableOnNxt: false,
    haltedOnNxt: false,
  });
  lookup.marketTime = {
    at: NOW,
    businessDay: TODAY,
    businessDays: [TODAY],
    opensAt: OPEN,
    closesAt: kstInstant(TODAY, '15:30'),
  };
}

async function start(): Promise<PortsUnderTest> {
  const clock = new FakeClock(NOW);
  const marketData = new FakeMarketData();
  const lookup = new FakeMarketLookup();
  setMarket(marketData, lookup);
  const ticking = setInterval(() => {
    for (const symbol of SYMBOLS.slice(0, 2)) marketData.tick(symbol, NOW, price(1_000));
  }, 5);
  return {
    broker: new FakeGateway(new FakeOrderStore(clock, new FakeEventStore()), clock),
    marketData,
    lookup,
    market: clock,
    accountId: '50012345-01',
    pageSizes: { orders: 100, holdings: 50 },
    store: () => undefined,
    stop: async () => clearInterval(ticking),
  };
}

// The fake gateway is no exchange: a test tells it what becomes of an order, so it has no contract here.
describeMarketDataPort('the fake', 'live', start);
