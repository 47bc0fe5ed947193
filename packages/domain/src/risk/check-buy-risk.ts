import type { Decimal } from 'decimal.js';
import { type Gate, narrowerGate } from '../states/gate.ts';
import { amountOf, type Price, type Quantity, type Won, won, ZERO_WON } from '../money.ts';
import type { WhyNot } from '../strategy/strategy.ts';
import type { RiskLimits } from './risk-limits.ts';

export type RiskDenialCode =
  | 'CAPITAL_LIMIT'
  | 'DAILY_LOSS_LIMIT'
  | 'OPEN_RISK_LIMIT'
  | 'MARK_STALE'
  | 'EXPOSURE_LIMIT'
  | 'EXPOSURE_QUANTITY'
  | 'POSITION_COUNT'
  | 'CONSECUTIVE_LOSSES'
  | 'COOL_DOWN'
  | 'STOCK_VOLATILITY'
  | 'MARKET_VOLATILITY';

/** A buy and the account as they stand in one transaction. */
export interface BuyRiskInput {
  readonly limits: RiskLimits;
  readonly quantity: Quantity;
  /** Judged price: the limit, or the upper limit for a market buy. */
  readonly price: Price;
  /** Loss of this buy if its stop is hit, positive won. */
  readonly expectedLoss: Won;
  readonly worker: { readonly capitalLimit: Won };
  readonly day: {
    /** Of closed trades and of the sold part of open ones, after costs; negative is a loss. */
    readonly realizedPnl: Won;
    /** Of what is held, by its marks. */
    readonly unrealizedPnl: Won;
    /** Held stocks without a mark that is young enough. */
    readonly staleMarks: number;
    /** Losses that the stops of positions and open buys may still bring, from their entry prices; */
    readonly openRisk: Won;
    /** the same, with the marks of positions that stand below their stops already. */
    readonly openRiskMarked: Won;
    /** Losing trades in a row, the newest first; a winning trade ends the count. */
    readonly consecutiveLosses: number;
    /** Other stocks with a position or an open buy of ours. */
    readonly otherPositions: number;
  };
  readonly stock: {
    /** Value of what we hold or have on order already. */
    readonly exposure: Won;
    /** Shares that we hold or have on order already. */
    readonly exposureQuantity: number;
    /** Market ms; undefined when not sold today. */
    readonly lastSoldAt: number | undefined;
    /** Range of its last ten minutes over its price; undefined when not seen lately. */
    readonly rangeRate: Decimal | undefined;
  };
  /** Move of the market within a quarter of an hour, a fraction; undefined when not seen lately. */
  readonly marketMoveRate: Decimal | undefined;
  /** Market ms. */
  readonly now: number;
}

export type RiskVerdict =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly code: RiskDenialCode;
      readonly detail: WhyNot;
      /** Moves the gate to EXIT_ONLY; otherwise only this order is denied. */
      readonly accountWide: boolean;
    };

/** EC-004: the first limit that a buy breaks. Sells are never asked. Account-wide limits come first. */
export function checkBuyRisk(input: BuyRiskInput): RiskVerdict {
  const value = amountOf(input.price, input.quantity);
  return (
    dailyLoss(input) ??
    consecutiveLosses(input) ??
    staleMarks(input) ??
    openRisk(input) ??
    capital(input, value) ??
    exposure(input, value) ??
    exposureQuantity(input) ??
    positionCount(input) ??
    coolDown(input) ??
    marketVolatility(input) ??
    stockVolatility(input) ?? { ok: true }
  );
}

/** The gate after a verdict: an account-wide breach closes it to EXIT_ONLY, never wider than it is. */
export function gateAfterBreach(gate: Gate, verdict: RiskVerdict): Gate {
  return verdict.ok || !verdict.accountWide ? gate : narrowerGate(gate, 'EXIT_ONLY');
}

const RATE_DECIMALS = 6;

type Breach = Extract<RiskVerdict, { ok: false }> | undefined;

/** Spec EC-004: the day's loss and this buy's expected one. */
function dailyLoss({ day, expectedLoss, limits }: BuyRiskInput): Breach {
  const total = won(day.realizedPnl.plus(day.unrealizedPnl));
  const worst = lossOf(limits.lossBasis === 'TOTAL' ? total : day.realizedPnl).plus(expectedLoss);
  if (worst.lte(limits.dailyLossLimit)) return undefined;
  return breach('DAILY_LOSS_LIMIT', worst.toFixed(), limits.dailyLossLimit.toFixed(), true);
}

/** A loss that nobody can measure: with TOTAL nothing is bought until the marks are back. */
function staleMarks({ day, limits }: BuyRiskInput): Breach {
  if (limits.lossBasis === 'REALIZED' || day.staleMarks === 0) return undefined;
  return breach('MARK_STALE', day.staleMarks, 0);
}

/**
 * What is open could lose too: all stops hit together must not break the limit. Denies this order
 * alone, because room comes back when a position ends well.
 */
function openRisk({ day, expectedLoss, limits }: BuyRiskInput): Breach {
  const open = limits.lossBasis === 'TOTAL' ? day.openRiskMarked : day.openRisk;
  const worst = lossOf(day.realizedPnl).plus(open).plus(expectedLoss);
  if (worst.lte(limits.dailyLossLimit)) return undefined;
  return breach('OPEN_RISK_LIMIT', worst.toFixed(), limits.dailyLossLimit.toFixed());
}

/** A gain does not enlarge what may be lost. */
function lossOf(pnl: Won): Won {
  return pnl.isNegative() ? won(pnl.negated()) : ZERO_WON;
}

function consecutiveLosses({ day, limits }: BuyRiskInput): Breach {
  if (day.consecutiveLosses < limits.maxConsecutiveLosses) return undefined;
  return breach('CONSECUTIVE_LOSSES', day.consecutiveLosses, limits.maxConsecutiveLosses, true);
}

function capital({ worker }: BuyRiskInput, value: Won): Breach {
  if (value.lte(worker.capitalLimit)) return undefined;
  return breach('CAPITAL_LIMIT', value.toFixed(), worker.capitalLimit.toFixed());
}

function exposure({ stock, limits }: BuyRiskInput, value: Won): Breach {
  const total = stock.exposure.plus(value);
  if (total.lte(limits.maxExposurePerSymbol)) return undefined;
  return breach('EXPOSURE_LIMIT', total.toFixed(), limits.maxExposurePerSymbol.toFixed());
}

function exposureQuantity({ stock, limits, quantity }: BuyRiskInput): Breach {
  const limit = limits.maxQuantityPerSymbol;
  const total = stock.exposureQuantity + quantity;
  if (limit === undefined || total <= limit) return undefined;
  return breach('EXPOSURE_QUANTITY', total, limit);
}

function positionCount({ day, limits }: BuyRiskInput): Breach {
  if (day.otherPositions + 1 <= limits.maxPositions) return undefined;
  return breach('POSITION_COUNT', day.otherPositions + 1, limits.maxPositions);
}

function coolDown({ stock, now, limits }: BuyRiskInput): Breach {
  if (stock.lastSoldAt === undefined) return undefined;
  const sinceSold = now - stock.lastSoldAt;
  return sinceSold >= limits.coolDownMs
    ? undefined
    : breach('COOL_DOWN', sinceSold, limits.coolDownMs);
}

function marketVolatility({ limits, marketMoveRate }: BuyRiskInput): Breach {
  return volatility('MARKET_VOLATILITY', marketMoveRate, limits.maxMarketMoveRate);
}

function stockVolatility({ limits, stock }: BuyRiskInput): Breach {
  return volatility('STOCK_VOLATILITY', stock.rangeRate, limits.maxStockRangeRate);
}

/** What was not seen lately may be anything: the guard refuses it too. */
function volatility(
  code: RiskDenialCode,
  actual: Decimal | undefined,
  limit: string | undefined,
): Breach {
  if (limit === undefined || actual?.lte(limit) === true) return undefined;
  return breach(code, actual?.toDecimalPlaces(RATE_DECIMALS).toFixed() ?? 'unknown', limit);
}

function breach(
  code: RiskDenialCode,
  actual: string | number,
  limit: string | number,
  accountWide = false,
): Breach {
  const detail: WhyNot = { code, actual: String(actual), limit: String(limit) };
  return { ok: false, code, detail, accountWide };
}
