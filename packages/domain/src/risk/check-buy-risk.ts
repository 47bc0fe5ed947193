import { type Gate, narrowerGate } from '../states/gate.ts';
import { amountOf, type Price, type Quantity, type Won, won, ZERO_WON } from '../money.ts';
import type { WhyNot } from '../strategy/strategy.ts';
import type { RiskLimits } from './risk-limits.ts';

export type RiskDenialCode =
  | 'CAPITAL_LIMIT'
  | 'DAILY_LOSS_LIMIT'
  | 'EXPOSURE_LIMIT'
  | 'POSITION_COUNT'
  | 'CONSECUTIVE_LOSSES'
  | 'COOL_DOWN';

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
    /** Realised (default) or total PnL of the day, by configuration; negative is a loss. */
    readonly pnl: Won;
    /** Losing trades in a row, the newest first; a winning trade ends the count. */
    readonly consecutiveLosses: number;
    /** Other stocks with a position or an open buy of ours. */
    readonly otherPositions: number;
  };
  readonly stock: {
    /** Value of what we hold or have on order already. */
    readonly exposure: Won;
    /** Market ms; undefined when not sold today. */
    readonly lastSoldAt: number | undefined;
  };
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
    capital(input, value) ??
    exposure(input, value) ??
    positionCount(input) ??
    coolDown(input) ?? { ok: true }
  );
}

/** The gate after a verdict: an account-wide breach closes it to EXIT_ONLY, never wider than it is. */
export function gateAfterBreach(gate: Gate, verdict: RiskVerdict): Gate {
  return verdict.ok || !verdict.accountWide ? gate : narrowerGate(gate, 'EXIT_ONLY');
}

type Breach = Extract<RiskVerdict, { ok: false }> | undefined;

function dailyLoss({ day, expectedLoss, limits }: BuyRiskInput): Breach {
  const loss = day.pnl.isNegative() ? won(day.pnl.negated()) : ZERO_WON;
  const worst = loss.plus(expectedLoss);
  if (worst.lte(limits.dailyLossLimit)) return undefined;
  return breach('DAILY_LOSS_LIMIT', worst.toFixed(), limits.dailyLossLimit.toFixed(), true);
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

function breach(
  code: RiskDenialCode,
  actual: string | number,
  limit: string | number,
  accountWide = false,
): Breach {
  const detail: WhyNot = { code, actual: String(actual), limit: String(limit) };
  return { ok: false, code, detail, accountWide };
}
