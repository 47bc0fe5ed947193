import {
  amountOf,
  checkBuyRisk,
  type CostRates,
  estimateCommission,
  gateAllows,
  type RiskLimits,
  type WhyNot,
  type Won,
  won,
  ZERO_WON,
} from '@fleet/domain';
import type { DayBaseline, DenialCode, OrderIntent } from '@fleet/service-layer';
import { optional, wonOf } from '../sql/row-values.ts';
import type { IntentFacts } from './lock-for-intent.ts';

export type Judgement =
  | { readonly ok: true; readonly reserved: Won }
  | {
      readonly ok: false;
      readonly code: DenialCode;
      readonly detail: WhyNot;
      /** Closes the gate to EXIT_ONLY for the whole account. */
      readonly accountWide: boolean;
      /** A limit of risk or cash: RiskViolationEvent instead of OrderDeniedEvent. */
      readonly risk: boolean;
    };

type Denial = Extract<Judgement, { ok: false }>;

/** Whether the order may be stored; the first refusal. Sells are asked for fence, gate and shares only. */
export function judgeIntent(
  intent: OrderIntent,
  facts: IntentFacts,
  baseline: DayBaseline | undefined,
  rates: CostRates,
): Judgement {
  const refused = judgeOwner(intent, facts);
  if (refused !== undefined) return refused;
  if (intent.side === 'SELL') return judgeSell(intent, facts);
  return judgeBuy(intent, facts, baseline, rates);
}

function judgeOwner(intent: OrderIntent, facts: IntentFacts): Denial | undefined {
  if (!gateAllows(facts.gate, intent.side)) {
    return denied('GATE', { code: 'GATE', actual: facts.gate, limit: intent.side });
  }
  if (!facts.owns_lock || facts.worker_status === 'EXIT' || facts.worker_status === null) {
    const limit = `${intent.workerId} at fence ${intent.fence}`;
    return denied('FENCE_LOST', { code: 'FENCE_LOST', actual: 'not held', limit });
  }
  if (facts.open_question) {
    return denied('OPEN_QUESTION', { code: 'OPEN_QUESTION', actual: '1', limit: '0' });
  }
  return undefined;
}

function judgeSell(intent: OrderIntent, facts: IntentFacts): Judgement {
  const sellable = facts.position_qty - facts.open_sell_qty;
  if (intent.quantity <= sellable) return { ok: true, reserved: ZERO_WON };
  return denied('NOT_ENOUGH_POSITION', {
    code: 'NOT_ENOUGH_POSITION',
    actual: String(intent.quantity),
    limit: String(sellable),
  });
}

function judgeBuy(
  intent: OrderIntent,
  facts: IntentFacts,
  baseline: DayBaseline | undefined,
  rates: CostRates,
): Judgement {
  if (facts.stop_requested === true) {
    return denied('WORKER_STOPPED', { code: 'WORKER_STOPPED', actual: 'stopping', limit: 'none' });
  }
  if (baseline === undefined) {
    return denied('BUYING_POWER', {
      code: 'NO_BASELINE',
      actual: 'none',
      limit: intent.tradeDate,
    });
  }
  const foreign = baseline.foreignHoldings[intent.symbol] ?? 0;
  if (foreign > 0) {
    return risky('FOREIGN_HOLDING', {
      code: 'FOREIGN_HOLDING',
      actual: String(foreign),
      limit: '0',
    });
  }
  return judgeRisk(intent, facts, baseline.limits) ?? judgeCash(intent, facts, baseline, rates);
}

function judgeRisk(
  intent: OrderIntent,
  facts: IntentFacts,
  limits: RiskLimits,
): Denial | undefined {
  const verdict = checkBuyRisk({
    limits,
    quantity: intent.quantity,
    price: intent.judgedPrice,
    expectedLoss: intent.expectedLoss,
    worker: { capitalLimit: won(facts.capital_limit ?? '0') },
    day: {
      realizedPnl: won(facts.realized_pnl ?? '0'),
      unrealizedPnl: won(facts.unrealized_pnl ?? '0'),
      staleMarks: facts.stale_marks ?? 0,
      openRisk: won(facts.open_risk ?? '0'),
      openRiskMarked: won(facts.open_risk_marked ?? '0'),
      consecutiveLosses: facts.consecutive_losses ?? 0,
      otherPositions: facts.other_positions ?? 0,
    },
    stock: {
      exposure: won(facts.exposure ?? '0'),
      exposureQuantity: facts.exposure_qty ?? 0,
      lastSoldAt: facts.last_sold_at ?? undefined,
      rangeRate: optional(facts.stock_range_rate, wonOf),
    },
    marketMoveRate: optional(facts.market_move_rate, wonOf),
    now: intent.marketAt,
  });
  if (verdict.ok) return undefined;
  const { code, detail, accountWide } = verdict;
  return { ok: false, code, detail, accountWide, risk: true };
}

/**
 * Cash before the day, what the day has moved, and what open buys may still take. The broker's own
 * answer sizes the order; this keeps two workers from spending the same won.
 */
function judgeCash(
  intent: OrderIntent,
  facts: IntentFacts,
  baseline: DayBaseline,
  rates: CostRates,
): Judgement {
  const value = amountOf(intent.judgedPrice, intent.quantity);
  const needed = won(value.plus(estimateCommission(value, rates)).ceil());
  const free = baseline.openingCashD2.plus(facts.cash_moved ?? '0').minus(facts.reserved ?? '0');
  if (needed.lte(free)) return { ok: true, reserved: needed };
  return risky('BUYING_POWER', {
    code: 'BUYING_POWER',
    actual: needed.toFixed(),
    limit: free.toFixed(),
  });
}

function denied(code: DenialCode, detail: WhyNot): Denial {
  return { ok: false, code, detail, accountWide: false, risk: false };
}

function risky(code: DenialCode, detail: WhyNot): Denial {
  return { ok: false, code, detail, accountWide: false, risk: true };
}
