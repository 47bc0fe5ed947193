import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';

import type { Locale } from '@fleet/config';
import type { Market, TradeDate } from '@fleet/krx';

import { BarColumns } from './bar-columns.ts';
import { BAR_COLUMNS, type BarLayout, barLayout, parseBarRow, parseMarket } from './bar-row.ts';
import { eachLine, parseHeader, readCsvText, splitCsvLine } from './csv-table.ts';
import type { DayData, DayInput } from './day-data.ts';
import { EarlierBars, sessionMinutes } from './earlier-bars.ts';
import { buildDay } from './file-day.ts';
import { InputError } from '../control/input-error.ts';
import type { DayFileOptions, RawDay } from './raw-day.ts';
import { RowProblems } from './row-problems.ts';
import { makeDateReader, readDate, requireTradingDay } from './trade-dates.ts';

/**
 * A file of 1-minute bars as a source of days.
 * @throws InputError when the file is missing, has no date, lacks columns, or its date is no trading day.
 */
export function openDayFile(options: DayFileOptions): DayInput {
  const text = readCsvText(options.file);
  const dates = datesOf(text, options);
  const firstDate = dates.find((date) => options.from === undefined || date >= options.from);
  if (firstDate === undefined) {
    throw new InputError({
      en: `${basename(options.file)} ends on ${dates.at(-1)}, before the wanted ${options.from}.`,
      ko: `${basename(options.file)}: ${dates.at(-1)}에 끝나 ${options.from} 이후가 없습니다.`,
    });
  }
  return {
    fingerprint: fingerprint(options),
    firstDate,
    load: (date) => loadDay(options, date),
    nextDate: (date) => dates.find((candidate) => candidate > date),
  };
}

function loadDay(options: DayFileOptions, date: TradeDate): DayData {
  requireTradingDay(options.calendar, date);
  const text = readCsvText(options.file);
  return buildDay(readRawDay(text, options, date), { ...options, date });
}

function datesOf(text: string, options: DayFileOptions): readonly TradeDate[] {
  const layout = layoutOf(text, options.file);
  if (layout.date === undefined) return [dateWithoutColumn(options)];
  const seen = new Set<string>();
  const column = layout.date;
  eachLine(text, (line, lineNumber) => {
    if (lineNumber > 1) seen.add((splitCsvLine(line)[column] ?? '').trim());
  });
  const dates = [...seen].map(readDate).filter((date) => date !== undefined);
  const open = dates.filter((date) => options.calendar.isTradingDay(date));
  const name = basename(options.file);
  if (dates.length === 0) {
    throw new InputError({
      en: `${name} has no row with a date.`,
      ko: `${name}: 날짜가 있는 줄이 없습니다.`,
    });
  }
  if (open.length === 0) {
    throw new InputError({
      en: `${name} holds no trading day (only ${dates[0]}).`,
      ko: `${name}: 거래일이 없습니다 (${dates[0]}뿐입니다).`,
    });
  }
  return [...new Set(open)].toSorted();
}

function dateWithoutColumn(options: DayFileOptions): TradeDate {
  const inName = /(?<!\d)\d{8}(?!\d)/.exec(basename(options.file))?.[0];
  const date = (inName === undefined ? undefined : readDate(inName)) ?? options.from;
  if (date === undefined) {
    const name = basename(options.file);
    throw new InputError({
      en: `${name} has no date: add a date column, eight digits in its name, or --from DATE.`,
      ko: `${name}: 날짜가 없습니다. date 열이나 파일 이름의 여덟 자리 날짜, 또는 --from 날짜가 있어야 합니다.`,
    });
  }
  return date;
}

function layoutOf(text: string, file: string): BarLayout {
  const [line = ''] = text.slice(0, 4096).split(/\r?\n/, 1);
  return barLayout(parseHeader(file, line, BAR_COLUMNS));
}

function readRawDay(text: string, options: DayFileOptions, date: TradeDate): RawDay {
  const layout = layoutOf(text, options.file);
  const raw = {
    columns: new BarColumns(),
    markets: new Map<string, Market>(),
    names: new Map<string, string>(),
    problems: new RowProblems(),
    labels: new Set<number>(),
  };
  const hours = sessionMinutes(options.calendar.sessionOf(date));
  const indexOf = new Map<string, number>();
  const dateColumn = layout.date;
  const dateOf = makeDateReader();
  const earlier = new EarlierBars(options.calendar);
  eachLine(text, (line, lineNumber) => {
    if (lineNumber === 1) return;
    const fields = splitCsvLine(line);
    if (dateColumn !== undefined && fields.length === layout.width) {
      const rowDate = dateOf(fields[dateColumn]);
      if (rowDate === undefined) return raw.problems.add('BAD_DATE', lineNumber);
      if (rowDate < date) addEarlier(earlier, fields, layout, rowDate);
      if (rowDate !== date) return;
    }
    const row = parseBarRow(fields, layout);
    if (!row.ok) return raw.problems.add(row.problem, lineNumber);
    const label = row.minuteOfDay - hours.open;
    if (label < 0 || label > hours.close - hours.open) {
      return raw.problems.add('OUTSIDE_SESSION', lineNumber);
    }
    const index = indexOf.get(row.symbol) ?? indexOf.size;
    if (index === indexOf.size) {
      indexOf.set(row.symbol, index);
      keepNames(raw, row.symbol, fields, layout);
    }
    raw.labels.add(label);
    raw.columns.add(index, label, lineNumber, row.bar);
  });
  if (raw.columns.count === 0) throw noGoodRow(options.file, date, raw.problems);
  return { ...raw, symbols: [...indexOf.keys()], earlier: earlier.dailyBars() };
}

/** Bad rows of another day are that day's problem. */
function addEarlier(
  earlier: EarlierBars,
  fields: readonly string[],
  layout: BarLayout,
  date: TradeDate,
): void {
  const row = parseBarRow(fields, layout);
  if (row.ok) earlier.add(row.symbol, date, row.minuteOfDay, row.bar);
}

function keepNames(
  raw: { readonly markets: Map<string, Market>; readonly names: Map<string, string> },
  symbol: string,
  fields: readonly string[],
  layout: BarLayout,
): void {
  const market = layout.market === undefined ? undefined : parseMarket(fields[layout.market]);
  const name = layout.name === undefined ? undefined : fields[layout.name]?.trim();
  if (market !== undefined) raw.markets.set(symbol, market);
  if (name !== undefined && name !== '') raw.names.set(symbol, name);
}

function noGoodRow(file: string, date: TradeDate, problems: RowProblems): InputError {
  const why = (locale: Locale): string => {
    const sentences = problems.sentences().map((each) => each[locale]);
    return sentences.length === 0 ? '' : `: ${sentences.join('; ')}`;
  };
  return new InputError({
    en: `${basename(file)} has no usable row for ${date}${why('en')}.`,
    ko: `${basename(file)}: ${date}에 쓸 수 있는 줄이 없습니다${why('ko')}.`,
  });
}

function fingerprint(options: DayFileOptions): string {
  const hash = createHash('sha256').update(readFileSync(options.file));
  if (options.daily !== undefined) hash.update(readFileSync(options.daily));
  const size = statSync(options.file).size;
  return `file:${size}:${hash.digest('hex').slice(0, 16)}`;
}
