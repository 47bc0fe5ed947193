import { kstInstant, parseTradeDate } from '@fleet/krx';
import { type CustomTypesConfig, types } from 'pg';
import { StorageError } from './storage-error.ts';

// Type ids of pg_type: int8, date, timestamptz, numeric.
const INT8 = 20;
const DATE = 1082;
const TIMESTAMPTZ = 1184;
const NUMERIC = 1700;
const UTC_TEXT = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?\+00(?::00)?$/;
const NINE_HOURS_MS = 9 * 3_600_000;

/**
 * The one place where column text becomes values: bigint a safe integer, timestamptz epoch
 * milliseconds (sessions run in UTC), date `YYYY-MM-DD`; numeric stays exact text for `won()`.
 */
export const valueTypes: CustomTypesConfig = {
  getTypeParser(id: number) {
    if (id === INT8) return parseBigint;
    if (id === TIMESTAMPTZ) return parseInstant;
    if (id === DATE || id === NUMERIC) return (text: string) => text;
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- pg types the id as its own enum
    return types.getTypeParser(id);
  },
};

/** @throws StorageError BAD_ROW beyond 2^53 */
export function parseBigint(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) {
    throw new StorageError('BAD_ROW', `a bigint too large to be exact: ${text}`);
  }
  return value;
}

/** @throws StorageError BAD_ROW unless in UTC; microseconds are cut off */
export function parseInstant(text: string): number {
  const match = UTC_TEXT.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new StorageError('BAD_ROW', `not an instant in UTC: ${text}`);
  }
  const fraction = Number((match[3] ?? '').padEnd(3, '0').slice(0, 3));
  return kstInstant(parseTradeDate(match[1]), match[2]) + NINE_HOURS_MS + fraction;
}
