import type { Candle } from '@fleet/domain';
import { kstDate, type TradeDate } from '@fleet/krx';
import type {
  CallOptions,
  DailyCandle,
  DailyCandleQuery,
  InstrumentInfo,
  MarketClock,
  MarketDay,
  MarketLookupPort,
  MarketTime,
  RankedSymbol,
  SavedCondition,
  VolatilityInterruption,
} from '@fleet/service-layer';
import { rankMarket } from './profile.ts';
import { orNothing, parseConditionHits, parseConditions } from './quotes/conditions.ts';
import {
  collectDailyCandles,
  dailyCandlesQuery,
  parseDailyCandles,
} from './quotes/daily-candles.ts';
import { fluctuationRankQuery, parseFluctuationRank } from './quotes/fluctuation-rank.ts';
import type { MarketDays } from './quotes/holidays.ts';
import { instrumentInfoQuery, parseInstrumentInfo } from './quotes/instrument-info.ts';
import { parseMarketTime } from './quotes/market-time.ts';
import {
  collectMinuteCandles,
  collectPastMinuteCandles,
  lastMinuteOf,
  minuteCandlesQuery,
  parseMinuteCandles,
  pastMinuteCandlesQuery,
} from './quotes/minute-candles.ts';
import { parseTurnoverRank, volumeRankQuery } from './quotes/turnover-rank.ts';
import { interruptionsQuery, parseInterruptions } from './quotes/volatility-interruptions.ts';
import type { MarketReads } from './rest/market-reads.ts';
import type { SymbolSpelling } from './symbol-spelling.ts';

export interface KisMarketLookupDependencies {
  readonly reads: MarketReads;
  readonly days: MarketDays;
  readonly spelling: SymbolSpelling;
  readonly brokerClock: MarketClock;
  /** Whose saved conditions are read. */
  readonly htsId: string;
  /** Ten flags, see COMMON_STOCK_ONLY. */
  readonly rankExclusions: string;
}

/** Charts, ranks and other look-ups over KIS's REST server. */
export class KisMarketLookup implements MarketLookupPort {
  readonly #with: KisMarketLookupDependencies;

  constructor(dependencies: KisMarketLookupDependencies) {
    this.#with = dependencies;
  }

  async getDailyCandles(
    query: DailyCandleQuery,
    options?: CallOptions,
  ): Promise<readonly DailyCandle[]> {
    const { reads, spelling } = this.#with;
    const code = spelling.toKis(query.symbol);
    return await collectDailyCandles(query, async (range) => {
      const asked = dailyCandlesQuery(code, reads.profile.marketCode, { ...query, ...range });
      return parseDailyCandles(await reads.read('dailyCandles', asked, 'backfill', options));
    });
  }

  async getMinuteCandlesOf(
    symbol: string,
    date: TradeDate,
    options?: CallOptions,
  ): Promise<readonly Candle[]> {
    const { reads, spelling, brokerClock } = this.#with;
    const { marketCode } = reads.profile;
    const code = spelling.toKis(symbol);
    const now = brokerClock.now();
    const isToday = kstDate(now) === date;
    const [operation, queryOf] = isToday
      ? (['minuteCandles', minuteCandlesQuery] as const)
      : (['pastMinuteCandles', pastMinuteCandlesQuery] as const);
    const readPage = async (until: number): Promise<readonly Candle[]> =>
      parseMinuteCandles(
        await reads.read(operation, queryOf(code, marketCode, until), 'backfill', options),
      );
    return isToday
      ? await collectMinuteCandles(Number.POSITIVE_INFINITY, now, readPage)
      : await collectPastMinuteCandles(lastMinuteOf(date, marketCode), readPage);
  }

  async getVolumeRank(options?: CallOptions): Promise<readonly RankedSymbol[]> {
    const { reads, rankExclusions } = this.#with;
    const query = volumeRankQuery(rankMarket(reads.profile), 'VOLUME', rankExclusions);
    return parseTurnoverRank(await reads.read('volumeRank', query, 'scan', options));
  }

  async getFluctuationRank(
    direction: 'RISE' | 'FALL',
    options?: CallOptions,
  ): Promise<readonly RankedSymbol[]> {
    const { reads } = this.#with;
    const query = fluctuationRankQuery(rankMarket(reads.profile), direction);
    return parseFluctuationRank(await reads.read('fluctuationRank', query, 'scan', options));
  }

  async getConditions(options?: CallOptions): Promise<readonly SavedCondition[]> {
    const { reads, htsId } = this.#with;
    return await orNothing(async () =>
      parseConditions(await reads.read('conditions', { user_id: htsId }, 'scan', options)),
    );
  }

  async searchByCondition(key: string, options?: CallOptions): Promise<readonly string[]> {
    const { reads, htsId } = this.#with;
    const query = { user_id: htsId, seq: key };
    return await orNothing(async () =>
      parseConditionHits(await reads.read('conditionHits', query, 'scan', options)),
    );
  }

  async getVolatilityInterruptions(
    date: TradeDate,
    options?: CallOptions,
  ): Promise<readonly VolatilityInterruption[]> {
    const query = interruptionsQuery(date);
    return parseInterruptions(await this.#with.reads.read('interruptions', query, 'scan', options));
  }

  async getInstrumentInfo(symbol: string, options?: CallOptions): Promise<InstrumentInfo> {
    const { reads, spelling } = this.#with;
    const query = instrumentInfoQuery(spelling.toKis(symbol));
    const body = await reads.read('instrumentInfo', query, 'backfill', options);
    return parseInstrumentInfo(symbol, body);
  }

  async getMarketTime(options?: CallOptions): Promise<MarketTime> {
    return parseMarketTime(await this.#with.reads.read('marketTime', {}, 'scan', options));
  }

  async getMarketDays(from: TradeDate, options?: CallOptions): Promise<readonly MarketDay[]> {
    return await this.#with.days.from(from, options);
  }
}
