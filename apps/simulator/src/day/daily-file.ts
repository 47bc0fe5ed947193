import { basename } from 'node:path';

import type { TradeDate } from '@fleet/krx';

import type { DailyBar } from '../exchange/types.ts';
import { wholeNumber } from './bar-row.ts';
import { type CsvHeader, eachLine, parseHeader, readCsvText, splitCsvLine } from './csv-table.ts';
import { InputError } from '../control/input-error.ts';
import { makeDateReader } from './trade-dates.ts';

/** Days kept before the trading day: enough for indicators, little enough for memory. */
export const HISTORY_DAYS = 60;

/** What a daily file knows about one symbol before a date. */
interface DailyRecord {
  /** Oldest first, all before the date asked for. */
  readonly bars: readonly DailyBar[];
  readonly name: string | undefined;
  readonly listedShares: number | undefined;
}

export interface DailyFile {
  readonly records: ReadonlyMap<string, DailyRecord>;
  readonly skippedRows: number;
}

interface Draft {
  bars: DailyBar[];
  name: string | undefined;
  listedShares: number | undefined;
}

/**
 * Reads a file of daily bars (columns symbol, date, close; optional open, high, low, volume,
 * turnover or amount, name, listed_shares) up to the day before `date`. Unreadable rows are counted.
 * @throws InputError when the file is missing, lacks columns or has no usable row before the date.
 */
export function loadDailyFile(file: string, date: TradeDate): DailyFile {
  const text = readCsvText(file);
  const drafts = new Map<string, Draft>();
  const dateOf = makeDateReader();
  let header: CsvHeader | undefined;
  let skippedRows = 0;
  eachLine(text, (line) => {
    if (header === undefined) {
      header = parseHeader(file, line, ['symbol', 'date', 'close']);
      return;
    }
    const row = parseDailyRow(splitCsvLine(line), header, dateOf);
    if (row === undefined) skippedRows += 1;
    else if (row.bar.date < date) keep(drafts, row);
  });
  if (drafts.size === 0) {
    throw new InputError({
      en: `${basename(file)} has no usable daily row before ${date}.`,
      ko: `${basename(file)}: ${date} 전의 쓸 수 있는 일봉이 없습니다.`,
    });
  }
  return { records: drafts, skippedRows };
}

interface DailyRow {
  readonly symbol: string;
  readonly bar: DailyBar;
  readonly name: string | undefined;
  readonly listedShares: number | undefined;
}

function parseDailyRow(
  fields: readonly string[],
  header: CsvHeader,
  dateOf: ReturnType<typeof makeDateReader>,
): DailyRow | undefined {
  const text = (name: string): string | undefined => fields[header.columns.get(name) ?? -1];
  const number = (name: string): number => wholeNumber(text(name));
  const symbol = (text('symbol') ?? '').trim();
  const date = dateOf(text('date'));
  const close = number('close');
  if (fields.length !== header.width || symbol.length !== 6 || date === undefined) return undefined;
  if (!(close > 0)) return undefined;
  const volume = number('volume') || 0;
  // A halted day has open = high = low = 0 and a carried-over close.
  const [open, high, low] = ['open', 'high', 'low'].map((name) => number(name) || close);
  const turnover = number('turnover') || number('amount') || close * volume;
  const bar = { date, open: open ?? close, high: high ?? close, low: low ?? close, close, volume };
  const listedShares = number('listed_shares') || undefined;
  return { symbol, bar: { ...bar, turnover }, name: text('name')?.trim(), listedShares };
}

function keep(drafts: Map<string, Draft>, row: DailyRow): void {
  const draft = drafts.get(row.symbol) ?? { bars: [], name: undefined, listedShares: undefined };
  drafts.set(row.symbol, draft);
  const last = draft.bars.at(-1);
  if (last !== undefined && last.date === row.bar.date) return;
  draft.bars.push(row.bar);
  if (last !== undefined && last.date > row.bar.date) {
    draft.bars.sort((a, b) => (a.date < b.date ? -1 : 1));
  }
  if (draft.bars.length > HISTORY_DAYS) draft.bars.shift();
  draft.name = row.name ?? draft.name;
  draft.listedShares = row.listedShares ?? draft.listedShares;
}
