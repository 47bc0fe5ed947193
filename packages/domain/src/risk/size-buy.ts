import { Decimal } from 'decimal.js';
import type { InstrumentClass } from '@fleet/krx';
import { type Price, quantity, type Quantity, type Won } from '../money.ts';

export interface SizingInput {
  /** The worker's limit, won. */
  readonly capital: Won;
  /** The price that the order is judged by. */
  readonly price: Price;
  readonly instrument: InstrumentClass;
  /** The broker's answer for this stock and price (`nrcvb_buy_qty`). */
  readonly buyingPowerQuantity: Quantity;
  /** Won traded a minute, lately. */
  readonly turnoverPerMinute: Decimal;
  /** Average true range of one bar, won; volatility-scaled sizing needs it. */
  readonly averageRange?: Decimal | undefined;
}

/** How much of the capital a buy takes, as decimal text fractions. */
export type SizingPolicy =
  /** Spec: capital / price. */
  | { readonly kind: 'ALL_IN' }
  | { readonly kind: 'FIXED_FRACTION'; readonly fraction: string }
  /**
   * So many shares that `rangeMultiple` average ranges against us cost `riskFraction` of the capital;
   * never more than the capital. Without a range nothing is bought.
   */
  | {
      readonly kind: 'VOLATILITY_SCALED';
      readonly riskFraction: string;
      readonly rangeMultiple: string;
    };

export interface LiquidityCap {
  /** A position may be so many minutes of the stock's turnover, decimal text. */
  readonly turnoverMinutes: string;
}

export type SizeLimitedBy = 'CAPITAL' | 'POLICY' | 'BUYING_POWER' | 'LIQUIDITY';

export interface BuySize {
  /** Zero: do not buy. */
  readonly quantity: Quantity;
  readonly limitedBy: SizeLimitedBy;
}

/** A fifth of a minute's turnover can be sold again within minutes without moving the price far. */
export const DEFAULT_LIQUIDITY_CAP: LiquidityCap = { turnoverMinutes: '0.2' };

/** Shares are traded one by one on every board, ELW by ten. */
const ELW_UNIT = 10;

const ALL_IN: SizingPolicy = { kind: 'ALL_IN' };

/** Shares to buy. Quantity x price never exceeds the capital. */
export function sizeBuy(
  input: SizingInput,
  policy: SizingPolicy = ALL_IN,
  cap: LiquidityCap = DEFAULT_LIQUIDITY_CAP,
): BuySize {
  const unit = input.instrument.kind === 'ELW' ? ELW_UNIT : 1;
  const byCapital = sharesFor(input.capital, input.price);
  const limits: readonly (readonly [SizeLimitedBy, Decimal])[] = [
    ['CAPITAL', byCapital],
    ['POLICY', policyShares(input, policy, byCapital)],
    ['BUYING_POWER', new Decimal(input.buyingPowerQuantity)],
    ['LIQUIDITY', sharesFor(input.turnoverPerMinute.times(cap.turnoverMinutes), input.price)],
  ];
  // The first of equal limits names the reason.
  const [limitedBy, shares] = limits.reduce((least, next) => (next[1].lt(least[1]) ? next : least));
  const lots = Decimal.max(0, shares).div(unit).floor();
  return { quantity: quantity(lots.times(unit).toNumber()), limitedBy };
}

function policyShares(input: SizingInput, policy: SizingPolicy, byCapital: Decimal): Decimal {
  if (policy.kind === 'ALL_IN') return byCapital;
  if (policy.kind === 'FIXED_FRACTION') {
    return sharesFor(input.capital.times(policy.fraction), input.price);
  }
  const { averageRange } = input;
  if (averageRange === undefined || averageRange.lte(0)) return new Decimal(0);
  const riskPerShare = averageRange.times(policy.rangeMultiple);
  return sharesFor(input.capital.times(policy.riskFraction), riskPerShare);
}

function sharesFor(amount: Decimal, perShare: Decimal): Decimal {
  return amount.div(perShare).floor();
}
