import type { Decimal } from 'decimal.js';
import type { CommonParameter } from './common-parameters.ts';
import { parameter } from './declare.ts';
import type { HoldingView, ParameterValues, SellSignal, WhyNot } from './strategy.ts';

const MINUTE_MS = 60_000;
const RATE_DECIMALS = 6;

type Read = (name: CommonParameter) => Decimal;
type Check = (holding: HoldingView, read: Read) => SellSignal | undefined;

/** Most urgent first: the first that holds is the reason. */
const CHECKS: readonly Check[] = [mandatoryLiquidation, stopLoss, takeProfit, trendBreak, timeExit];

/**
 * SC-006, SC-007: when a holding is sold; the same for every strategy that is shipped. Undefined while nothing says sell, and for a
 * flat position.
 */
export function evaluateExit(
  holding: HoldingView,
  params: ParameterValues,
): SellSignal | undefined {
  if (holding.position.quantity === 0) return undefined;
  const read: Read = (name) => parameter(params, name);
  for (const check of CHECKS) {
    const signal = check(holding, read);
    if (signal !== undefined) return signal;
  }
  return undefined;
}

function mandatoryLiquidation({ now, liquidationAt }: HoldingView): SellSignal | undefined {
  if (now < liquidationAt) return undefined;
  const detail = { code: 'LIQUIDATION_TIME', actual: String(now), limit: String(liquidationAt) };
  return { reason: 'MANDATORY_LIQUIDATION', urgency: 'URGENT', detail };
}

/** Judged by trades: a thin bid alone is no loss yet. */
function stopLoss({ position, quote }: HoldingView, read: Read): SellSignal | undefined {
  const change = changeOf(quote.lastPrice, position.averageEntryPrice);
  const limit = read('stopLossRate').negated();
  if (change === undefined || change.gt(limit)) return undefined;
  return { reason: 'STOP_LOSS', urgency: 'URGENT', detail: numbers('STOP_LOSS', change, limit) };
}

/** Judged by the bid: a profit that nobody pays is none. */
function takeProfit({ position, quote }: HoldingView, read: Read): SellSignal | undefined {
  const change = changeOf(quote.bid, position.averageEntryPrice);
  const limit = read('takeProfitRate');
  if (change === undefined || change.lt(limit)) return undefined;
  return {
    reason: 'TAKE_PROFIT',
    urgency: 'NORMAL',
    detail: numbers('TAKE_PROFIT', change, limit),
  };
}

function trendBreak(holding: HoldingView, read: Read): SellSignal | undefined {
  const { indicators, candlesSinceEntry } = holding;
  const bars = read('trendBreakBars').toNumber();
  const closes = candlesSinceEntry.slice(-bars).map((candle) => candle.close);
  const last = closes.at(-1);
  if (heldMs(holding) < read('holdMinutesMin').toNumber() * MINUTE_MS) return undefined;
  if (indicators.fastAverage === undefined || last === undefined || closes.length < bars) {
    return undefined;
  }
  const broken = indicators.fastAverage.times(read('trendBreakRate').negated().plus(1));
  if (!closes.every((close) => close.lt(broken))) return undefined;
  return {
    reason: 'TREND_BREAK',
    urgency: 'NORMAL',
    detail: numbers('TREND_BREAK', last, broken),
  };
}

function timeExit(holding: HoldingView, read: Read): SellSignal | undefined {
  const limitMs = read('holdMinutesMax').toNumber() * MINUTE_MS;
  const actualMs = heldMs(holding);
  if (actualMs < limitMs) return undefined;
  const detail = { code: 'HOLD_TIME', actual: String(actualMs), limit: String(limitMs) };
  return { reason: 'TIME_EXIT', urgency: 'PATIENT', detail };
}

/** A position without an entry instant (recovered from the broker) counts as just entered. */
function heldMs({ now, position }: HoldingView): number {
  return now - (position.enteredAt ?? now);
}

function changeOf(current: Decimal | undefined, entry: Decimal | undefined): Decimal | undefined {
  if (current === undefined || entry === undefined) return undefined;
  return current.div(entry).minus(1);
}

function numbers(code: string, actual: Decimal, limit: Decimal): WhyNot {
  return {
    code,
    actual: actual.toDecimalPlaces(RATE_DECIMALS).toFixed(),
    limit: limit.toDecimalPlaces(RATE_DECIMALS).toFixed(),
  };
}
