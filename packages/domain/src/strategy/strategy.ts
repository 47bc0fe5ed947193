import type { Decimal } from 'decimal.js';
import type { Position } from '../ledger/position.ts';
import type { Candle } from '../market/candle.ts';
import type { Quote } from '../market/quote.ts';
import type { OrderPurpose } from '../orders/order.ts';

/** Computed outside by a library and passed in; undefined while there are too few bars. */
export interface Indicators {
  readonly fastAverage: Decimal | undefined;
  readonly slowAverage: Decimal | undefined;
  /** Highest high of the look-back window before the current bar. */
  readonly breakoutHigh: Decimal | undefined;
  /** Volume of the last full bar / average of the window. */
  readonly volumeRatio: Decimal | undefined;
  /** Average true range of one bar, won. */
  readonly averageRange: Decimal | undefined;
  readonly bars: number;
}

/** How many full one-minute bars each indicator looks at. */
export interface IndicatorWindows {
  readonly fastAverage: number;
  readonly slowAverage: number;
  /** Look-back of the breakout high, the volume ratio and the turnover a minute. */
  readonly lookBack: number;
  readonly averageRange: number;
}

/** What the fleet has done in one stock today. */
export interface StockDay {
  /** A position of ours is open. */
  readonly held: boolean;
  readonly entries: number;
  /** Trades that ended at their stop. */
  readonly stopOuts: number;
}

export const UNTOUCHED_STOCK: StockDay = { held: false, entries: 0, stopOuts: 0 };

/** All that a buy decision may look at. */
export interface CandidateView {
  readonly quote: Quote;
  readonly indicators: Indicators;
  /** Won traded a minute, over the look-back window. */
  readonly turnoverPerMinute: Decimal;
  readonly tickSize: number;
  readonly stockDay: StockDay;
  /** Market instants, epoch ms: of the decision, of the open, and when liquidation starts. */
  readonly now: number;
  readonly openAt: number;
  readonly liquidationAt: number;
}

/** A reason code with its numbers: one line of the "why not". */
export interface WhyNot {
  readonly code: string;
  readonly actual: string;
  readonly limit: string;
}

export type BuyDecision =
  | {
      readonly signal: true;
      readonly score: Decimal;
      readonly reasons: readonly WhyNot[];
      /** NORMAL when left out; how URGENT ones are ordered is configuration. */
      readonly urgency?: Urgency;
    }
  | { readonly signal: false; readonly score: Decimal; readonly whyNot: readonly WhyNot[] };

export interface HoldingView {
  readonly position: Position;
  readonly quote: Quote;
  readonly indicators: Indicators;
  /** Full bars since the entry, oldest first. */
  readonly candlesSinceEntry: readonly Candle[];
  readonly now: number;
  readonly liquidationAt: number;
}

export type Urgency = 'PATIENT' | 'NORMAL' | 'URGENT';

export interface SellSignal {
  readonly reason: Exclude<OrderPurpose, 'ENTRY' | 'CANCEL'>;
  readonly urgency: Urgency;
  readonly detail: WhyNot;
}

/** Declared plainly; the edge turns it into a schema. Fractions are decimal strings. */
export type ParameterDeclaration =
  | {
      readonly kind: 'integer';
      readonly min: number;
      readonly max: number;
      readonly default: number;
      readonly about: string;
    }
  | {
      readonly kind: 'decimal';
      readonly min: string;
      readonly max: string;
      readonly default: string;
      readonly about: string;
    };

export type ParameterValues = Readonly<Record<string, Decimal>>;

export interface Strategy {
  readonly name: string;
  readonly version: string;
  readonly parameters: Readonly<Record<string, ParameterDeclaration>>;
  /** What the caller must compute before it asks for a decision. */
  indicatorWindows(params: ParameterValues): IndicatorWindows;
  /** Fraction of a buy's value that is lost when its stop is hit; risk counts it before the order. */
  expectedLossRate(params: ParameterValues): Decimal;
  /** Constraints between parameters; empty when all hold. */
  checkParameters(values: ParameterValues): readonly string[];
  evaluateBuy(candidate: CandidateView, params: ParameterValues): BuyDecision;
  evaluateSell(holding: HoldingView, params: ParameterValues): SellSignal | undefined;
}
