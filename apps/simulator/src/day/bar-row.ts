import { isSymbol, type Market } from '@fleet/krx';

import type { BarNumbers } from './bar-columns.ts';
import type { CsvHeader } from './csv-table.ts';
import type { RowProblem } from './row-problems.ts';

const INT32_MAX = 2_147_483_647;
const WHOLE = /^\s*-?\d+(?:\.0+)?\s*$/;
const TIME = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$|^(\d{2})(\d{2})(\d{2})?$/;

const MARKETS: ReadonlyMap<string, Market> = new Map([
  ['KOSPI', 'KOSPI'],
  ['KOSDAQ', 'KOSDAQ'],
  ['KOSDAQ GLOBAL', 'KOSDAQ'],
  ['KONEX', 'KONEX'],
]);

/** Column numbers of a bar file, looked up once. */
export interface BarLayout {
  readonly width: number;
  readonly symbol: number;
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly date: number | undefined;
  readonly market: number | undefined;
  readonly name: number | undefined;
}

export const BAR_COLUMNS = ['symbol', 'time', 'open', 'high', 'low', 'close', 'volume'] as const;

export type ParsedRow =
  | {
      readonly ok: true;
      readonly symbol: string;
      readonly minuteOfDay: number;
      readonly bar: BarNumbers;
    }
  | { readonly ok: false; readonly problem: RowProblem };

export function barLayout(header: CsvHeader): BarLayout {
  const at = (name: string): number => header.columns.get(name) ?? -1;
  return {
    width: header.width,
    symbol: at('symbol'),
    time: at('time'),
    open: at('open'),
    high: at('high'),
    low: at('low'),
    close: at('close'),
    volume: at('volume'),
    date: header.columns.get('date'),
    market: header.columns.get('market'),
    name: header.columns.get('name'),
  };
}

/** Symbol, label (minutes since midnight) and numbers of one row, or what is wrong with it. */
export function parseBarRow(fields: readonly string[], layout: BarLayout): ParsedRow {
  if (fields.length !== layout.width) return { ok: false, problem: 'WRONG_COLUMN_COUNT' };
  const symbol = (fields[layout.symbol] ?? '').trim();
  if (!isSymbol(symbol)) return { ok: false, problem: 'BAD_SYMBOL' };
  const minuteOfDay = parseMinute((fields[layout.time] ?? '').trim());
  if (minuteOfDay === undefined) return { ok: false, problem: 'BAD_TIME' };
  const bar = withCarriedPrice({
    open: wholeNumber(fields[layout.open]),
    high: wholeNumber(fields[layout.high]),
    low: wholeNumber(fields[layout.low]),
    close: wholeNumber(fields[layout.close]),
    volume: wholeNumber(fields[layout.volume]),
  });
  const problem = problemOf(bar);
  return problem === undefined ? { ok: true, symbol, minuteOfDay, bar } : { ok: false, problem };
}

/** Undefined for a market that is empty or unknown. */
export function parseMarket(text: string | undefined): Market | undefined {
  return MARKETS.get((text ?? '').trim().toUpperCase());
}

/** NaN for anything that is not a whole number ('8200.0' is one). */
export function wholeNumber(text: string | undefined): number {
  return text !== undefined && WHOLE.test(text) ? Number(text) : Number.NaN;
}

function problemOf({ open, high, low, close, volume }: BarNumbers): RowProblem | undefined {
  if (Number.isNaN(open + high + low + close + volume)) return 'NOT_AN_INTEGER';
  if (open <= 0 || high <= 0 || low <= 0 || close <= 0 || volume < 0) return 'BAD_PRICE';
  if (high > INT32_MAX || open > INT32_MAX || close > INT32_MAX || volume > INT32_MAX) {
    return 'TOO_LARGE';
  }
  if (high < low) return 'HIGH_BELOW_LOW';
  const inside = open >= low && open <= high && close >= low && close <= high;
  return inside ? undefined : 'OUTSIDE_HIGH_LOW';
}

/** A halted stock is often written as open = high = low = 0 with a carried-over close. */
function withCarriedPrice(bar: BarNumbers): BarNumbers {
  const isHalted =
    bar.volume === 0 && bar.open === 0 && bar.high === 0 && bar.low === 0 && bar.close > 0;
  return isHalted ? { ...bar, open: bar.close, high: bar.close, low: bar.close } : bar;
}

function parseMinute(text: string): number | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const hours = Number(match[1] ?? match[4]);
  const minutes = Number(match[2] ?? match[5]);
  const seconds = Number(match[3] ?? match[6] ?? 0);
  return hours < 24 && minutes < 60 && seconds === 0 ? hours * 60 + minutes : undefined;
}
