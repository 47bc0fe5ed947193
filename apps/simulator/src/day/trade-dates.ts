import { KrxRuleError, parseTradeDate, type TradeDate, type TradingCalendar } from '@fleet/krx';

import { InputError } from '../control/input-error.ts';

/** Undefined when the text is no date. */
export function readDate(text: string | undefined): TradeDate | undefined {
  try {
    return parseTradeDate((text ?? '').trim());
  } catch (error) {
    if (error instanceof KrxRuleError) return undefined;
    throw error;
  }
}

/** The same for files, which repeat a few dates a million times. */
export function makeDateReader(): (text: string | undefined) => TradeDate | undefined {
  const known = new Map<string | undefined, TradeDate | undefined>();
  return (text) => {
    if (!known.has(text)) known.set(text, readDate(text));
    return known.get(text);
  };
}

/** @throws InputError on a day without trading */
export function requireTradingDay(calendar: TradingCalendar, date: TradeDate): void {
  const closure = calendar.closureOf(date);
  if (closure === undefined) return;
  throw new InputError({
    en: `${date} is not a trading day (${closure.note}).`,
    ko: `${date}: 거래일이 아닙니다 (${closure.note}).`,
  });
}
