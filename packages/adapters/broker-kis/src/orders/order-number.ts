import type { BrokerOrderKey } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';

const DIGITS = /^\d{1,10}$/;

/** ODNO without padding; undefined when it is no number, or zero (KIS's "no parent"). */
export function orderNumberOf(text: string): string | undefined {
  const trimmed = text.trim();
  if (!DIGITS.test(trimmed)) return undefined;
  const bare = trimmed.replace(/^0+/, '');
  return bare === '' ? undefined : bare;
}

/** As KIS wants it back. */
export function paddedOrderNumber(number: string): string {
  return number.padStart(10, '0');
}

export function orderKey(date: TradeDate, branch: string, number: string): BrokerOrderKey {
  return { date, branch, number };
}
