import { KRX_CALENDAR } from '@fleet/krx';

import { SimulatorClock } from '../../src/clock/simulator-clock.ts';
import type { DayData } from '../../src/day/day-data.ts';
import { SimulatedExchange } from '../../src/exchange/simulated-exchange.ts';
import { makeBooks, makeTradingDay } from '../../src/exchange/trading-day.ts';
import type { ExchangeListener, NewOrder, Notice, Trade } from '../../src/exchange/types.ts';
import { Journal } from '../../src/store/journal.ts';
import type { StoreBatch } from '../../src/store/rows.ts';

export const ACCOUNT = '5000000001';

/** An exchange whose market time moves by hand and whose journal writes to an array. */
export interface ManualExchange {
  readonly exchange: SimulatedExchange;
  readonly batches: readonly StoreBatch[];
  readonly trades: readonly Trade[];
  readonly notices: readonly Notice[];
  /** Moves market time on and plays what is due. */
  moveTo(instant: number): void;
  buy(
    symbol: string,
    quantity: number,
    order?: Partial<NewOrder>,
  ): ReturnType<SimulatedExchange['submit']>;
  sell(
    symbol: string,
    quantity: number,
    order?: Partial<NewOrder>,
  ): ReturnType<SimulatedExchange['submit']>;
  listener(listener: ExchangeListener): void;
  /** Journal and listeners have caught up. */
  settled(): Promise<void>;
}

export function makeManualExchange(
  data: DayData,
  options: { cash?: number; seed?: number; participation?: number; startAt?: number } = {},
): ManualExchange {
  let market = options.startAt ?? data.session.openingAuction.from;
  const clock = new SimulatorClock({ speed: 1, realNow: () => market });
  clock.jumpTo(market);
  const batches: StoreBatch[] = [];
  const journal = new Journal({
    commit: async (batch) => void batches.push(batch),
    mark: () => ({ date: data.date, instant: market }),
    onMark: () => undefined,
    pause: async () => undefined,
    onBroken: (error) => {
      throw error;
    },
  });
  const cash = options.cash ?? 1_000_000_000;
  const books = makeBooks({
    accounts: [{ account: ACCOUNT, cash }],
    calendar: KRX_CALENDAR,
    date: data.date,
    kindOf: (symbol) => {
      const found = data.symbols.get(symbol);
      if (found === undefined) throw new Error(`no ${symbol}`);
      return found.instrument;
    },
  });
  const { seed = 1, participation = 0.2 } = options;
  const day = makeTradingDay({ data, books, seed, participation, branch: '06010' });
  const exchange = new SimulatedExchange({
    clock,
    journal,
    books,
    calendar: KRX_CALENDAR,
    day,
    lastSequence: 0,
  });
  const trades: Trade[] = [];
  const notices: Notice[] = [];
  exchange.subscribe({
    onTrade: (trade) => void trades.push(trade),
    onBook: () => undefined,
    onNotice: (notice) => void notices.push(notice),
  });
  const send = (side: 'BUY' | 'SELL', symbol: string, quantity: number, order: Partial<NewOrder>) =>
    exchange.submit({
      account: ACCOUNT,
      symbol,
      side,
      quantity,
      type: order.price === undefined ? 'MARKET' : 'LIMIT',
      price: undefined,
      ...order,
    });
  return {
    exchange,
    batches,
    trades,
    notices,
    moveTo(instant) {
      market = instant;
      exchange.advance();
    },
    buy: (symbol, quantity, order = {}) => send('BUY', symbol, quantity, order),
    sell: (symbol, quantity, order = {}) => send('SELL', symbol, quantity, order),
    listener: (listener) => void exchange.subscribe(listener),
    async settled() {
      await journal.flush();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
