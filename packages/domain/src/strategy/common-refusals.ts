import { Decimal } from 'decimal.js';
import type { CommonParameter } from './common-parameters.ts';
import { parameter } from './declare.ts';
import type { CandidateView, ParameterValues, WhyNot } from './strategy.ts';

const MINUTE_MS = 60_000;
const RATE_DECIMALS = 6;

type Read = (name: CommonParameter) => Decimal;

/** Refusals that bars decide: of a stock whose bars are not known well they say little. */
export const BAR_REFUSALS: ReadonlySet<string> = new Set([
  'BARS',
  'BARS_COARSE',
  'TURNOVER',
  'VOLATILITY',
  'TREND',
  'MOMENTUM',
  'BREAKOUT',
  'REBOUND',
]);

/** What forbids a buy whatever the pattern: hours, halts, limits, spread, liquidity, repeats. */
export function commonRefusals(candidate: CandidateView, params: ParameterValues): WhyNot[] {
  const read: Read = (name) => parameter(params, name);
  return [
    ...hoursRefusals(candidate, read),
    ...stockRefusals(candidate, read),
    ...quoteRefusals(candidate, read),
    ...spreadRefusals(candidate, read),
    ...marketRefusals(candidate, read),
  ];
}

/** What a stock has brought today: one that has hit its stop is not worth another try. */
function stockRefusals({ stockDay }: CandidateView, read: Read): WhyNot[] {
  const refusals: WhyNot[] = [];
  const { entries, stopOuts } = stockDay;
  if (read('entriesPerStockMax').lte(entries)) {
    refusals.push(refusal('ENTRIES_OF_STOCK', entries, read('entriesPerStockMax')));
  }
  if (read('stopOutsPerStockMax').lte(stopOuts)) {
    refusals.push(refusal('STOP_OUTS_OF_STOCK', stopOuts, read('stopOutsPerStockMax')));
  }
  return refusals;
}

function hoursRefusals({ now, openAt, liquidationAt }: CandidateView, read: Read): WhyNot[] {
  const refusals: WhyNot[] = [];
  const sinceOpen = now - openAt;
  const untilLiquidation = liquidationAt - now;
  const delayMs = read('entryDelayMinutes').toNumber() * MINUTE_MS;
  const stopMs = read('entryStopMinutes').toNumber() * MINUTE_MS;
  if (sinceOpen < delayMs) refusals.push(refusal('TOO_EARLY', sinceOpen, delayMs));
  if (untilLiquidation <= stopMs) refusals.push(refusal('TOO_LATE', untilLiquidation, stopMs));
  return refusals;
}

function quoteRefusals({ quote }: CandidateView, read: Read): WhyNot[] {
  const refusals: WhyNot[] = [];
  if (quote.halted) refusals.push(refusal('HALTED', 'true', 'false'));
  if (quote.volatilityInterrupted) {
    refusals.push(refusal('VOLATILITY_INTERRUPTION', 'true', 'false'));
  }
  const change = quote.lastPrice.div(quote.previousClose).minus(1);
  if (change.lt(read('changeRateMin'))) {
    refusals.push(refusal('CHANGE_LOW', rate(change), read('changeRateMin')));
  }
  if (change.gt(read('changeRateMax'))) {
    refusals.push(refusal('CHANGE_HIGH', rate(change), read('changeRateMax')));
  }
  const toUpperLimit = new Decimal(1).minus(quote.lastPrice.div(quote.upperLimit));
  if (toUpperLimit.lt(read('upperLimitDistanceMin'))) {
    refusals.push(refusal('UPPER_LIMIT_NEAR', rate(toUpperLimit), read('upperLimitDistanceMin')));
  }
  return refusals;
}

function spreadRefusals({ quote, tickSize }: CandidateView, read: Read): WhyNot[] {
  const { bid, ask } = quote;
  if (bid === undefined || ask === undefined) {
    return [
      refusal('NO_BOOK', `bid ${bid?.toFixed() ?? 'none'} ask ${ask?.toFixed() ?? 'none'}`, 'both'),
    ];
  }
  const refusals: WhyNot[] = [];
  const spread = ask.minus(bid);
  const ticks = spread.div(tickSize);
  const spreadRate = spread.div(ask);
  if (ticks.gt(read('spreadTicksMax'))) {
    refusals.push(refusal('SPREAD_TICKS', rate(ticks), read('spreadTicksMax')));
  }
  if (spreadRate.gt(read('spreadRateMax'))) {
    refusals.push(refusal('SPREAD_RATE', rate(spreadRate), read('spreadRateMax')));
  }
  return refusals;
}

function marketRefusals(candidate: CandidateView, read: Read): WhyNot[] {
  const { quote, indicators, turnoverPerMinute } = candidate;
  const refusals: WhyNot[] = [];
  if (turnoverPerMinute.lt(read('turnoverPerMinuteMin'))) {
    refusals.push(refusal('TURNOVER', turnoverPerMinute.toFixed(0), read('turnoverPerMinuteMin')));
  }
  // Bars of a stock that is quoted seldom hold many minutes' volume each: the day tells the truth.
  const minutes = Math.max(1, (candidate.now - candidate.openAt) / MINUTE_MS);
  const dayTurnover = quote.turnover.div(minutes);
  if (dayTurnover.lt(read('dayTurnoverPerMinuteMin'))) {
    refusals.push(refusal('DAY_TURNOVER', dayTurnover.toFixed(0), read('dayTurnoverPerMinuteMin')));
  }
  const rangeRate = indicators.averageRange?.div(quote.lastPrice);
  if (rangeRate?.gt(read('rangeRateMax')) === true) {
    refusals.push(refusal('VOLATILITY', rate(rangeRate), read('rangeRateMax')));
  }
  return refusals;
}

export function rate(value: Decimal): string {
  return value.toDecimalPlaces(RATE_DECIMALS).toFixed();
}

export function refusal(
  code: string,
  actual: string | number,
  limit: string | number | Decimal,
): WhyNot {
  return {
    code,
    actual: String(actual),
    limit: limit instanceof Decimal ? limit.toFixed() : String(limit),
  };
}
