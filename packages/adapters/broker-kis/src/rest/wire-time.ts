import { kstInstant, parseTradeDate, type TradeDate } from '@fleet/krx';

/** A day as KIS writes it, 'YYYYMMDD'; undefined when it is none. */
export function wireDate(text: string): TradeDate | undefined {
  if (!/^\d{8}$/.test(text)) return undefined;
  try {
    return parseTradeDate(text);
  } catch {
    return undefined;
  }
}

/** Epoch ms of a time of day as KIS writes it, 'HHMMSS' in Seoul; undefined when it is none. */
export function wireInstant(date: TradeDate | undefined, time: string): number | undefined {
  // One digit short has been seen for hours before ten.
  if (date === undefined || !/^\d{5,6}$/.test(time)) return undefined;
  try {
    return kstInstant(date, time.padStart(6, '0'));
  } catch {
    return undefined;
  }
}
