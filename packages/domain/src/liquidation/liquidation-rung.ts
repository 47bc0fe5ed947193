import type { LiquidationPlan, LiquidationRung } from './liquidation-plan.ts';

/** Orders already sent on each rung. */
export type LiquidationAttempts = Readonly<Partial<Record<LiquidationRung, number>>>;

/** EC-003: at most three tries. */
export const TRIES_PER_RUNG = 3;

/** Taken before their time when the tries of the rung before are used up; the others wait for theirs. */
const MAY_COME_EARLY: ReadonlySet<LiquidationRung> = new Set(['CROSSING_LIMIT', 'MARKET']);

/**
 * The rung for the next order. WAIT: before the start, or the tries are used up and the next rung
 * has its own hour (the closing auction, its result).
 */
export function liquidationRung(
  now: number,
  plan: LiquidationPlan,
  attempts: LiquidationAttempts,
): LiquidationRung | 'WAIT' {
  if (now < plan.startAt) return 'WAIT';
  // A start that was moved forward begins with the first rung, whatever that rung's own hour.
  const dueIndex = Math.max(
    0,
    plan.steps.findLastIndex((step) => step.from <= now),
  );
  for (const { rung, from } of plan.steps.slice(dueIndex)) {
    if (from > now && !MAY_COME_EARLY.has(rung) && rung !== plan.steps[0]?.rung) return 'WAIT';
    if (rung === 'UNSELLABLE' || (attempts[rung] ?? 0) < TRIES_PER_RUNG) return rung;
  }
  return 'WAIT';
}
