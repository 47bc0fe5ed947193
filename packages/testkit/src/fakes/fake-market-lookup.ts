import type { Candle } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import {
  BrokerError,
  type CallOptions,
  type DailyCandle,
  type DailyCandleQuery,
  type InstrumentInfo,
  type MarketDay,
  type MarketLookupPort,
  type MarketTime,
  type RankedSymbol,
  type SavedCondition,
  type VolatilityInterruption,
} from '@fleet/service-layer';
import { Failures } from './failures.ts';

/** Look-ups that the test sets; what it did not set is empty, or refused where there must be one. */
export class FakeMarketLookup implements MarketLookupPort {
  readonly failures = new Failures();
  readonly dailyCandles = new Map<string, readonly DailyCandle[]>();
  readonly minuteCandles = new Map<string, readonly Candle[]>();
  readonly infos = new Map<string, InstrumentInfo>();
  /** By the key of their condition. */
  readonly hits = new Map<string, readonly string[]>();
  volumeRank: readonly RankedSymbol[] = [];
  fluctuationRank: readonly RankedSymbol[] = [];
  conditions: readonly SavedCondition[] = [];
  interruptions: readonly VolatilityInterruption[] = [];
  days: readonly MarketDay[] = [];
  marketTime: MarketTime | undefined;

  async getDailyCandles(
    { symbol, from, to }: DailyCandleQuery,
    options?: CallOptions,
  ): Promise<readonly DailyCandle[]> {
    options?.signal?.throwIfAborted();
    this.failures.throwIfDue('getDailyCandles');
    const candles = this.dailyCandles.get(symbol) ?? [];
    return candles.filter(({ date }) => date >= from && date <= to);
  }

  async getMinuteCandlesOf(symbol: string, date: TradeDate): Promise<readonly Candle[]> {
    this.failures.throwIfDue('getMinuteCandlesOf');
    return this.minuteCandles.get(`${symbol} ${date}`) ?? [];
  }

  async getVolumeRank(): Promise<readonly RankedSymbol[]> {
    this.failures.throwIfDue('getVolumeRank');
    return this.volumeRank;
  }

  async getFluctuationRank(): Promise<readonly RankedSymbol[]> {
    this.failures.throwIfDue('getFluctuationRank');
    return this.fluctuationRank;
  }

  async getConditions(): Promise<readonly SavedCondition[]> {
    this.failures.throwIfDue('getConditions');
    return this.conditions;
  }

  async searchByCondition(key: string): Promise<readonly string[]> {
    this.failures.throwIfDue('searchByCondition');
    return this.hits.get(key) ?? [];
  }

  async getVolatilityInterruptions(): Promise<readonly VolatilityInterruption[]> {
    this.failures.throwIfDue('getVolatilityInterruptions');
    return this.interruptions;
  }

  async getInstrumentInfo(symbol: string): Promise<InstrumentInfo> {
    this.failures.throwIfDue('getInstrumentInfo');
    return there(this.infos.get(symbol), symbol);
  }

  async getMarketTime(): Promise<MarketTime> {
    this.failures.throwIfDue('getMarketTime');
    return there(this.marketTime, 'market time');
  }

  async getMarketDays(from: TradeDate): Promise<readonly MarketDay[]> {
    this.failures.throwIfDue('getMarketDays');
    return this.days.filter(({ date }) => date >= from);
  }
}

function there<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new BrokerError('REFUSED', `no ${what}`);
  return value;
}
