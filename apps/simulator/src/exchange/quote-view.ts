import { barStart, closingMinute, MINUTE_MS } from '../day/day-data.ts';
import { bestPrices, type BookContext, displayedSize } from './order-book.ts';
import type { PrintedBar } from './printed-bars.ts';
import type { SymbolTape } from './symbol-tape.ts';
import type { Bar, Quote } from './types.ts';

/** The quote of a tape that has been played up to `context.at`. */
export function makeQuote(context: BookContext): Quote {
  const { tape, at, taken } = context;
  const best = bestPrices(context);
  const { bid, ask } = best;
  const size = (side: 'BID' | 'ASK', price: number | undefined): number =>
    price === undefined
      ? 0
      : Math.max(0, displayedSize(context, side, price, best) - (taken?.get(price) ?? 0));
  return {
    symbol: tape.instrument.symbol,
    last: tape.last,
    open: tape.open,
    high: tape.high,
    low: tape.low,
    openedAt: tape.openedAt,
    highAt: tape.highAt,
    lowAt: tape.lowAt,
    lastTradedAt: tape.lastTradedAt,
    lastTradeVolume: tape.lastTradeVolume,
    volume: tape.volume,
    turnover: tape.turnover,
    buyVolume: tape.buyVolume,
    sellVolume: tape.sellVolume,
    buyTrades: tape.buyTrades,
    sellTrades: tape.sellTrades,
    bid,
    ask,
    bidSize: size('BID', bid),
    askSize: size('ASK', ask),
    halted: tape.isHalted(at),
    volatilityInterrupted: tape.interruptionAt(at) !== undefined,
    viReferencePrice: tape.viReferencePrice,
  };
}

/**
 * Minute bars, newest first, up to the one that contains `until`. A minute without a trade repeats
 * the last close with volume 0, as KIS does. The running bar and everything in it stop at the tape's
 * own instant.
 */
export function minuteBars(
  tape: SymbolTape,
  options: { readonly until: number; readonly now: number; readonly count: number },
): readonly Bar[] {
  const { session } = tape;
  const lastMinute = Math.min(
    closingMinute(session),
    Math.floor((Math.min(options.until, options.now) - session.regular.from) / MINUTE_MS),
  );
  const bars: Bar[] = [];
  let dayTurnover = 0;
  let close: number | undefined;
  const from = lastMinute - options.count + 1;
  for (let minute = 0; minute <= lastMinute; minute += 1) {
    const bar = tape.printed(minute, options.now);
    dayTurnover += bar?.turnover ?? 0;
    close = bar?.close ?? close;
    if (minute < from || close === undefined) continue;
    const start = barStart(session, minute);
    const flat = { open: close, high: close, low: close, close, volume: 0, turnover: 0 };
    bars.push(makeBar(start, bar ?? flat, dayTurnover));
  }
  return bars.toReversed();
}

function makeBar(start: number, printed: PrintedBar, dayTurnover: number): Bar {
  const { open, high, low, close, volume, turnover } = printed;
  return { start, open, high, low, close, volume, turnover, dayTurnover };
}
