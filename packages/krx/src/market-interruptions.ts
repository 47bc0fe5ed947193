import type { Market } from './instrument.ts';
import { kstInstant } from './kst.ts';
import type { TimeSpan } from './session.ts';
import { type TradeDate, parseTradeDate } from './trade-date.ts';

/** A market-wide circuit breaker as it happened. */
export interface CircuitBreaker {
  readonly date: TradeDate;
  readonly market: Market;
  readonly level: 1 | 2 | 3;
  /** No trading at all, where the time is known; a call auction of 10 minutes follows. */
  readonly halt?: TimeSpan;
}

export interface CircuitBreakerStage {
  readonly level: 1 | 2 | 3;
  /** Fall of the market's index against the previous close, held for `holdMs`. */
  readonly indexFall: string;
  readonly holdMs: number;
  /** Absent: the market closes for the day. */
  readonly haltMs?: number;
  readonly auctionMs?: number;
  /** Not triggered from this time on (Seoul); absent: at any time of the session. */
  readonly until?: string;
}

const MINUTE_MS = 60_000;

/**
 * Each stage once a day, KOSPI and KOSDAQ on their own; stages 2 and 3 also need a further fall of
 * 1 % since the stage before. In force since 2015-06-15. Source: press (seoulfn 2024-08-05); hours
 * since 2016-08-01.
 */
export const CIRCUIT_BREAKER_STAGES: readonly CircuitBreakerStage[] = [
  {
    level: 1,
    indexFall: '0.08',
    holdMs: MINUTE_MS,
    haltMs: 20 * MINUTE_MS,
    auctionMs: 10 * MINUTE_MS,
    until: '14:50',
  },
  {
    level: 2,
    indexFall: '0.15',
    holdMs: MINUTE_MS,
    haltMs: 20 * MINUTE_MS,
    auctionMs: 10 * MINUTE_MS,
    until: '14:50',
  },
  { level: 3, indexFall: '0.20', holdMs: MINUTE_MS },
];

/** Known circuit breakers 2015–2026 (press); times where the press gives the start. */
export const CIRCUIT_BREAKERS: readonly CircuitBreaker[] = [
  happened('2020-03-13', 'KOSPI'),
  happened('2020-03-13', 'KOSDAQ'),
  happened('2020-03-19', 'KOSPI'),
  happened('2020-03-19', 'KOSDAQ'),
  happened('2024-08-05', 'KOSPI'),
  happened('2024-08-05', 'KOSDAQ'),
  happened('2026-03-04', 'KOSPI', ['11:19:12', '11:39:12']),
  happened('2026-03-04', 'KOSDAQ', ['11:16:33', '11:36:33']),
  happened('2026-03-09', 'KOSPI', ['10:31:52', '10:51:52']),
];

/** Volatility interruption (VI): a call auction for one instrument. */
export const VOLATILITY_INTERRUPTION = {
  /** 정적: against the last call-auction price (before the open: the previous close). */
  staticRate: '0.10',
  /** 동적: against the last trade, by session and whether the stock is in KOSPI 200. */
  dynamicRate: {
    continuous: { kospi200: '0.03', other: '0.06' },
    closingAuction: { kospi200: '0.02', other: '0.04' },
    afterHoursSinglePrice: { kospi200: '0.03', other: '0.06' },
  },
  auctionMs: 2 * MINUTE_MS,
  randomEndMsMax: 30_000,
} as const;

function happened(
  day: string,
  market: Market,
  halt?: readonly [from: string, to: string],
): CircuitBreaker {
  const date = parseTradeDate(day);
  if (halt === undefined) return { date, market, level: 1 };
  const span = { from: kstInstant(date, halt[0]), to: kstInstant(date, halt[1]) };
  return { date, market, level: 1, halt: span };
}
