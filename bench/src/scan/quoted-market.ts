import { price, quantity, won, type Candle, type Quote, type StockDay } from '@fleet/domain';
import type { Instrument, MarketClock } from '@fleet/service-layer';

const PREVIOUS_CLOSE = 50_000;
const TICK_SIZE = 50;
const MINUTE_MS = 60_000;

/**
 * A market of stocks that all trade, each on a walk of its own, with a clock that is moved by hand. It
 * answers at once and keeps nothing: what is measured on it is the caller's own time.
 */
export class QuotedMarket implements MarketClock {
  readonly instruments: readonly Instrument[];
  readonly #symbols: ReadonlyMap<string, number>;
  #now: number;

  constructor(stocks: number, now: number) {
    this.#now = now;
    this.instruments = Array.from({ length: stocks }, (_, index) => ({
      symbol: String(index + 1).padStart(6, '0'),
      name: `Stock ${index + 1}`,
      market: 'KOSPI',
      kind: 'COMMON',
      referencePrice: price(PREVIOUS_CLOSE),
      previousVolume: quantity(1_000_000),
      listedOn: undefined,
      halted: false,
      warnings: [],
    }));
    this.#symbols = new Map(this.instruments.map(({ symbol }, index) => [symbol, index]));
  }

  advance(ms: number): void {
    this.#now += ms;
  }

  now(): number {
    return this.#now;
  }

  speed(): number {
    return 1;
  }

  async sleep(): Promise<void> {}

  async sleepUntil(): Promise<void> {}

  async getQuotes(symbols: readonly string[]): Promise<readonly Quote[]> {
    return symbols.map((symbol) => this.#quote(symbol, this.#symbols.get(symbol) ?? 0));
  }

  async getTurnoverRank(): Promise<readonly []> {
    return [];
  }

  async getMinuteCandles(): Promise<readonly []> {
    return [];
  }

  async getStockDays(): Promise<ReadonlyMap<string, StockDay>> {
    return new Map();
  }

  async saveScan(): Promise<void> {}

  /** The minutes of all stocks as a broker would tell them. */
  bars(count: number): readonly (readonly Candle[])[] {
    return this.instruments.map((_, stock) =>
      Array.from({ length: count }, (__, index) => {
        const start = this.#now - (count - index) * MINUTE_MS;
        const close = price(lastPrice(stock, start));
        return { start, open: close, high: close, low: close, close, volume: quantity(1_000) };
      }),
    );
  }

  #quote(symbol: string, stock: number): Quote {
    const last = lastPrice(stock, this.#now);
    const volume = Math.floor(this.#now / 1_000) % 10_000_000;
    return {
      symbol,
      at: this.#now,
      lastPrice: price(last),
      bid: price(last - TICK_SIZE),
      ask: price(last),
      bidSize: quantity(1_000),
      askSize: quantity(1_000),
      open: price(PREVIOUS_CLOSE),
      high: price(last + 2 * TICK_SIZE),
      low: price(PREVIOUS_CLOSE - 40 * TICK_SIZE),
      previousClose: price(PREVIOUS_CLOSE),
      upperLimit: price(65_000),
      lowerLimit: price(35_000),
      volume: quantity(volume),
      turnover: won(volume * last),
      halted: false,
      volatilityInterrupted: false,
    };
  }
}

/** A slow wave per stock: some rise, some fall, so that some signal and most do not. */
function lastPrice(stock: number, at: number): number {
  const wave = Math.sin(at / (20 * MINUTE_MS) + stock);
  return PREVIOUS_CLOSE + Math.round(wave * 30) * TICK_SIZE;
}
