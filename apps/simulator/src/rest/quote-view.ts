import type { Exchange, Instrument, Quote } from '../exchange/types.ts';
import { changeSign, percent, ratio, whole } from './fields.ts';

/** An instrument with its quote and the numbers that most replies derive from the two. */
export interface QuoteView {
  readonly instrument: Instrument;
  readonly quote: Quote;
  /** Last price, or the reference price before the first trade. */
  readonly price: number;
  readonly change: number;
  readonly sign: string;
  /** Percent, two decimals. */
  readonly changeRate: string;
}

/** Undefined when the symbol is not listed now. ETNs may carry KIS's leading Q. */
export function quoteView(exchange: Exchange, rawSymbol: string): QuoteView | undefined {
  const symbol = normalizeSymbol(rawSymbol);
  const instrument = exchange.instrument(symbol);
  const quote = exchange.quote(symbol);
  return instrument === undefined || quote === undefined ? undefined : viewOf(instrument, quote);
}

export function viewOf(instrument: Instrument, quote: Quote): QuoteView {
  const price = quote.last ?? instrument.referencePrice;
  const change = price - instrument.referencePrice;
  return {
    instrument,
    quote,
    price,
    change,
    sign: changeSign(price, instrument.referencePrice, instrument),
    changeRate: percent(change, instrument.referencePrice),
  };
}

/** 'Q500001' is KIS's spelling of the ETN 500001. */
export function normalizeSymbol(raw: string): string {
  const symbol = raw.trim();
  return /^Q[0-9A-Z]{6}$/.test(symbol) ? symbol.slice(1) : symbol;
}

/** prdy_vrss, its sign and rate, under KIS's usual names. */
export function changeFields(view: QuoteView): Record<string, string> {
  return {
    prdy_vrss: whole(view.change),
    prdy_vrss_sign: view.sign,
    prdy_ctrt: view.changeRate,
  };
}

/** 체결강도: shares bought by initiative against shares sold, percent. */
export function strength(quote: Quote): string {
  return percent(quote.buyVolume, quote.sellVolume);
}

export function averagePrice(quote: Quote): string {
  return ratio(quote.turnover, quote.volume);
}

/** Shares traded against shares listed, percent. */
export function turnoverRate(view: QuoteView): string {
  return percent(view.quote.volume, view.instrument.listedShares);
}

/** Market value in units of 100 million won. */
export function marketValue(view: QuoteView): string {
  return String(Math.floor((view.price * view.instrument.listedShares) / 100_000_000));
}
