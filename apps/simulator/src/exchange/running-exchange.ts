import type { Session, TradeDate, TradingCalendar } from '@fleet/krx';
import type { SimulatorClock } from '../clock/simulator-clock.ts';
import type { Texts } from '../control/input-error.ts';
import type { DayInput } from '../day/day-data.ts';
import type { KeyValues } from '../store/key-values.ts';
import type { Arrival } from '../store/rows.ts';
import type { SimulatorPool } from '../store/simulator-store.ts';
import type { SimulatedExchange } from './simulated-exchange.ts';

export interface ExchangeOptions {
  readonly pool: SimulatorPool;
  /** `sim_…`; created when missing, resumed when it holds a run. */
  readonly schema: string;
  readonly day: DayInput;
  readonly clock: SimulatorClock;
  readonly accounts: readonly { readonly account: string; readonly cash: number }[];
  readonly seed: number;
  /** Largest share of a bar's volume that is ours; default 0.2. */
  readonly participation?: number;
  /** Where a new day begins; default: when orders for the opening auction begin (08:30). */
  readonly startAt?: (session: Session) => number;
  readonly calendar?: TradingCalendar;
  /** KRX_FWDG_ORD_ORGNO; default '06010'. */
  readonly branch?: string;
  /** The books can no longer be written: the process must end, memory is ahead of them. */
  readonly onFatal: (error: Error) => void;
}

/** The exchange with what its host process needs. */
export interface RunningExchange {
  readonly exchange: SimulatedExchange;
  readonly clock: SimulatorClock;
  readonly keyValues: KeyValues;
  /** Whether the schema held a run that goes on. */
  readonly isResumed: boolean;
  /** What the day input says about itself (skipped rows, reference prices, …). */
  notes(): readonly Texts[];
  /** Every order request of the run, accepted or refused, in order of arrival. */
  arrivals(): Promise<readonly Arrival[]>;
  /** Undefined when the day input has no further day. */
  nextDate(): TradeDate | undefined;
  /**
   * Ends the day (what is open expires) and starts the next one at its start instant.
   * @throws InputError when there is no further day
   */
  startNextDay(): Promise<void>;
  /** Stops the market and stores the exact instant. */
  close(): Promise<void>;
}
