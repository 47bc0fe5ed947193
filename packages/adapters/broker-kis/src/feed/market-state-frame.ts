import { textOf } from '../rest/fields.ts';
import { symbolOf } from '../symbol-spelling.ts';
import { type DataFrame, type Parsed, parseRecords } from './frame.ts';

/** H0STMKO0: 11 columns documented, 10 in KIS's own example (no exchange at the end). */
const WIDTH_MIN = 10;

const SYMBOL = 0;
const HALTED = 1;
const HALT_REASON = 2;
const PHASE = 3;
const EXPECTED_PHASE = 4;
const STATUS = 7;
const INTERRUPTED = 8;
const AFTER_HOURS_INTERRUPTED = 9;

/** MKOP_CLS_CODE, as far as it changes what can be traded; the rest announces or counts down. */
const CHANGES: ReadonlyMap<string, MarketChange> = new Map([
  ['112', 'OPENED'],
  ['121', 'CLOSING_AUCTION'],
  ['129', 'CLOSED'],
  ['164', 'MARKET_HALTED'],
  ['174', 'CIRCUIT_BREAKER_ON'],
  ['175', 'CIRCUIT_BREAKER_OFF'],
  ['182', 'CLOSED_BY_CIRCUIT_BREAKER'],
  ['184', 'CIRCUIT_BREAKER_ON'],
  ['185', 'CIRCUIT_BREAKER_OFF'],
  ['387', 'SIDECAR_SELL_ON'],
  ['388', 'SIDECAR_SELL_OFF'],
  ['397', 'SIDECAR_BUY_ON'],
  ['398', 'SIDECAR_BUY_OFF'],
]);

export type MarketChange =
  | 'OPENED'
  | 'CLOSING_AUCTION'
  | 'CLOSED'
  | 'MARKET_HALTED'
  | 'CIRCUIT_BREAKER_ON'
  | 'CIRCUIT_BREAKER_OFF'
  | 'CLOSED_BY_CIRCUIT_BREAKER'
  | 'SIDECAR_SELL_ON'
  | 'SIDECAR_SELL_OFF'
  | 'SIDECAR_BUY_ON'
  | 'SIDECAR_BUY_OFF';

/** What KIS tells when a registered stock's state or the market's phase changes. */
export interface MarketState {
  readonly symbol: string;
  readonly halted: boolean;
  /** As KIS words it; '' without one. */
  readonly haltReason: string;
  readonly volatilityInterrupted: boolean;
  readonly afterHoursInterrupted: boolean;
  /** MKOP_CLS_CODE, else ANTC_MKOP_CLS_CODE; '' when only the stock's own state changed. */
  readonly code: string;
  /** Undefined for codes that change nothing by themselves. */
  readonly change: MarketChange | undefined;
}

export function parseMarketStateFrame(frame: DataFrame): Parsed<MarketState> {
  return parseRecords(frame, WIDTH_MIN, readState);
}

function readState(values: readonly string[]): MarketState | undefined {
  const symbol = symbolOf(values[SYMBOL] ?? '');
  const halted = flagOf(values[HALTED]);
  const volatilityInterrupted = flagOf(values[INTERRUPTED]);
  const afterHoursInterrupted = flagOf(values[AFTER_HOURS_INTERRUPTED]);
  const phase = textOf(values[PHASE]);
  const expected = textOf(values[EXPECTED_PHASE]);
  if (symbol === undefined || halted === undefined) return undefined;
  if (volatilityInterrupted === undefined || afterHoursInterrupted === undefined) return undefined;
  if (!isPhase(phase) || !isPhase(expected) || !/^\d{0,2}$/.test(textOf(values[STATUS]))) {
    return undefined;
  }
  return {
    symbol,
    halted,
    haltReason: textOf(values[HALT_REASON]),
    volatilityInterrupted,
    afterHoursInterrupted,
    code: phase === '' ? expected : phase,
    change: CHANGES.get(phase),
  };
}

/** Blank is no; anything but a flag is another column. */
function flagOf(value: string | undefined): boolean | undefined {
  const text = textOf(value);
  if (text === 'Y') return true;
  return text === 'N' || text === '' ? false : undefined;
}

function isPhase(text: string): boolean {
  return /^([0-9A-Z]\d{2})?$/.test(text);
}
