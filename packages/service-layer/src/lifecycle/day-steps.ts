import type { MarketClock } from '../ports/clock.ts';
import type { EventStore } from '../ports/fleet-store.ts';
import type { Log } from '../ports/log.ts';

/** The nine steps of the open, market lifecycle section 5. */
export const OPENING_STEPS = [
  'LOAD_SETTINGS',
  'AUTHENTICATE',
  'CHECK_ACCOUNT',
  'LOAD_PARAMETERS',
  'RECOVER_STATE',
  'SET_RISK_LIMITS',
  'CHOOSE_UNIVERSE',
  'SUBSCRIBE',
  'READY',
] as const;

/** The eight steps of the close, market lifecycle section 6. */
export const CLOSING_STEPS = [
  'CLOSING',
  'CHECK_OPEN_ORDERS',
  'SNAPSHOT_POSITIONS',
  'SETTLE',
  'PUBLISH_SETTLEMENT',
  'UNSUBSCRIBE',
  'DISCONNECT',
  'CLOSED',
] as const;

export type DayStep = (typeof OPENING_STEPS)[number] | (typeof CLOSING_STEPS)[number];

export interface StepDependencies {
  readonly events: EventStore;
  readonly marketClock: MarketClock;
  readonly log: Log;
  /** For a person watching. */
  readonly onStep: (step: DayStep, number: number, of: number) => void;
}

/** Runs one named step with its log line and its event; a failure is logged with its stack and thrown on. */
export async function runStep<T>(
  deps: StepDependencies,
  phase: 'open' | 'close',
  step: DayStep,
  work: () => Promise<T>,
): Promise<T> {
  const steps: readonly DayStep[] = phase === 'open' ? OPENING_STEPS : CLOSING_STEPS;
  const number = steps.indexOf(step) + 1;
  deps.onStep(step, number, steps.length);
  const type = phase === 'open' ? 'OpeningStepEvent' : 'ClosingStepEvent';
  try {
    const result = await work();
    const payload = { step, number, of: steps.length };
    await deps.events.append([{ type, level: 'INFO', marketAt: deps.marketClock.now(), payload }]);
    deps.log.info(type, payload);
    return result;
  } catch (error) {
    const payload = { step, number, of: steps.length, error: String(error) };
    deps.log.error(`${type}Failed`, { ...payload, error });
    const failed = {
      type: `${phase === 'open' ? 'OpeningStep' : 'ClosingStep'}FailedEvent`,
      level: 'ERROR',
    } as const;
    // The failure itself is what the caller must see, also when it cannot be recorded.
    await deps.events
      .append([{ ...failed, marketAt: deps.marketClock.now(), payload }])
      .catch(() => undefined);
    throw error;
  }
}
