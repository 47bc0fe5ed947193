import {
  CIRCUIT_BREAKER_STAGES,
  type CircuitBreakerStage,
  kstInstant,
  type Market,
} from '@fleet/krx';

import {
  barStart,
  closingMinute,
  type DayData,
  type DaySymbol,
  makeBreak,
  type MarketBreak,
  MINUTE_MS,
} from '../day/day-data.ts';

/** Fewer stocks than this are no market: one stock's fall would halt it. */
const INDEX_STOCKS_MIN = 30;
/** Stages 2 and 3 need a further fall of so much since the stage before. */
const FURTHER_FALL = 0.01;
const MARKETS: readonly Market[] = ['KOSPI', 'KOSDAQ'];
const STOCKS: ReadonlySet<string> = new Set(['COMMON', 'PREFERRED', 'REIT']);

/**
 * The day's circuit breakers: those that were ordered and those that its prices trip. The index is
 * the day's own, weighted by market value, minute by minute; a stage trips at the end of the second
 * minute in a row that closes beyond it (`holdMs`), so it follows from bars that are over by then.
 */
export function marketBreaks(day: DayData): readonly MarketBreak[] {
  const ordered = day.breaks ?? [];
  return [...ordered, ...MARKETS.flatMap((market) => trippedBreaks(day, market, ordered))];
}

function trippedBreaks(
  day: DayData,
  market: Market,
  ordered: readonly MarketBreak[],
): readonly MarketBreak[] {
  const index = marketIndex(day, market);
  const breaks = ordered.filter((each) => each.market === market);
  const tripped: MarketBreak[] = [];
  let lowest: number | undefined;
  for (let minute = 1; minute < index.length; minute += 1) {
    const at = barStart(day.session, minute + 1);
    if ([...breaks, ...tripped].some((each) => at >= each.from && at <= each.auctionTo)) continue;
    const reached = tripped.at(-1)?.level ?? 0;
    const stage = CIRCUIT_BREAKER_STAGES.find(({ level }) => level === reached + 1);
    if (stage === undefined || isTooLate(stage, day, at)) continue;
    // Both minutes beyond the stage: the fall has lasted.
    const now = Math.max(index[minute] ?? 1, index[minute - 1] ?? 1);
    const bound = 1 - Number(stage.indexFall);
    if (now > bound || (lowest !== undefined && now > lowest - FURTHER_FALL)) continue;
    tripped.push(makeBreak(market, stage, at));
    lowest = index[minute];
  }
  return tripped;
}

function isTooLate({ until }: CircuitBreakerStage, day: DayData, at: number): boolean {
  return until !== undefined && at >= kstInstant(day.date, until);
}

/** Close of each minute against the reference, 1 where there is no market to speak of. */
function marketIndex(day: DayData, market: Market): Float64Array {
  const minutes = closingMinute(day.session);
  const value = new Float64Array(minutes);
  const base = new Float64Array(minutes);
  const count = new Int32Array(minutes);
  for (const symbol of day.symbols.values()) {
    const { instrument } = symbol;
    if (instrument.market !== market || !STOCKS.has(instrument.kind)) continue;
    addStock(symbol, day, { value, base, count });
  }
  return value.map((sum, minute) =>
    (count[minute] ?? 0) < INDEX_STOCKS_MIN ? 1 : sum / (base[minute] ?? 1),
  );
}

/** From the minute in which the stock can be seen: before it nobody knows that it will trade. */
function addStock(
  { instrument, bars }: DaySymbol,
  { session }: DayData,
  sums: { value: Float64Array; base: Float64Array; count: Int32Array },
): void {
  const { referencePrice, listedShares, visibleFrom } = instrument;
  const seen = Math.ceil((visibleFrom - session.regular.from) / MINUTE_MS);
  let price = referencePrice;
  let row = 0;
  for (let minute = 0; minute < sums.value.length; minute += 1) {
    for (; (bars.minute[row] ?? Infinity) <= minute; row += 1) {
      if ((bars.volume[row] ?? 0) > 0) price = bars.close[row] ?? price;
    }
    if (minute < seen) continue;
    sums.value[minute] = (sums.value[minute] ?? 0) + price * listedShares;
    sums.base[minute] = (sums.base[minute] ?? 0) + referencePrice * listedShares;
    sums.count[minute] = (sums.count[minute] ?? 0) + 1;
  }
}
