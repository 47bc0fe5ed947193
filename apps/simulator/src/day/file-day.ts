import {
  type InstrumentClass,
  type InstrumentKind,
  isOnTick,
  parseTradeDate,
  priceLimits,
  type Session,
  type TradeDate,
} from '@fleet/krx';

import type { Texts } from '../control/input-error.ts';
import type { DailyBar } from '../exchange/types.ts';
import { type DailyFile, HISTORY_DAYS, loadDailyFile } from './daily-file.ts';
import {
  type BarSeries,
  barStart,
  closingMinute,
  type DayData,
  type DaySymbol,
  type ListedInstrument,
} from './day-data.ts';
import type { DayFileOptions, RawDay } from './raw-day.ts';
import { referenceNote, referencePrice, type ReferenceSource } from './reference-price.ts';
import { hashText } from './seeded-random.ts';

/** What the file does not tell; long listed, so that no first-day rule applies. */
const LISTED_ON_UNKNOWN = parseTradeDate('2000-01-04');

interface Context extends DayFileOptions {
  readonly date: TradeDate;
}

/** Turns the rows of a date into a day: bars by minute, instruments, reference prices, notes. */
export function buildDay(raw: RawDay, context: Context): DayData {
  const { date } = context;
  const session = context.calendar.sessionOf(date);
  const startLabels = raw.labels.has(0);
  const series = raw.columns
    .toSeries(raw.symbols.length, (line) => raw.problems.add('DUPLICATE', line))
    .map((bars) => withMinutes(bars, session, startLabels));
  const firstMinute = Math.min(...series.map((bars) => bars.minute[0] ?? Number.MAX_SAFE_INTEGER));
  const daily = context.daily === undefined ? undefined : loadDailyFile(context.daily, date);
  const sources = new Map<ReferenceSource, number>();
  const symbols = new Map<string, DaySymbol>();
  for (const [index, symbol] of raw.symbols.entries()) {
    const bars = series[index];
    if (bars === undefined || bars.minute.length === 0) continue;
    const entry = daySymbol({ symbol, bars, raw, daily, session, firstMinute });
    sources.set(entry.source, (sources.get(entry.source) ?? 0) + 1);
    symbols.set(symbol, entry);
  }
  const notes = [
    ...raw.problems.sentences(),
    startLabels
      ? { en: 'bars are labelled by their start', ko: '분봉의 시각은 시작 시각' }
      : { en: 'bars are labelled by their end', ko: '분봉의 시각은 끝 시각' },
    referenceNote(sources),
    ...marketNote(raw),
    ...tickNote(symbols, date),
    ...(daily !== undefined && daily.skippedRows > 0
      ? [
          {
            en: `${daily.skippedRows} rows of the daily file skipped`,
            ko: `일봉 파일에서 ${daily.skippedRows}줄을 건너뜀`,
          },
        ]
      : []),
  ];
  return { date, session, symbols, notes };
}

/** Labels to minutes from the open; the bar labelled at the close is the closing auction's. */
function withMinutes(bars: BarSeries, session: Session, startLabels: boolean): BarSeries {
  const closing = closingMinute(session);
  const shift = startLabels ? 0 : 1;
  const minute = bars.minute.map((label) => (label === closing ? closing : label - shift));
  return { ...bars, minute };
}

function daySymbol(options: {
  readonly symbol: string;
  readonly bars: BarSeries;
  readonly raw: RawDay;
  readonly daily: DailyFile | undefined;
  readonly session: Session;
  readonly firstMinute: number;
}): DaySymbol & { readonly source: ReferenceSource } {
  const { symbol, bars, raw, daily, session, firstMinute } = options;
  const record = daily?.records.get(symbol);
  const history = mergedHistory(record?.bars ?? [], raw.earlier.get(symbol) ?? []);
  const kind = instrumentClass(symbol, raw);
  const firstOpen = bars.open[0] ?? 0;
  const reference = referencePrice({ history, firstOpen, kind, date: session.date });
  const limits = priceLimits(reference.price, kind, session.date);
  const ownFirst = bars.minute[0] ?? 0;
  const instrument: ListedInstrument = {
    ...kind,
    symbol,
    name: raw.names.get(symbol) ?? record?.name ?? `종목${symbol}`,
    referencePrice: reference.price,
    upperLimit: limits.upper,
    lowerLimit: limits.lower,
    previousVolume: history.at(-1)?.volume ?? 0,
    previousTurnover: history.at(-1)?.turnover ?? 0,
    listedShares: record?.listedShares ?? 10_000_000 + (hashText(symbol) % 900) * 100_000,
    listedOn: LISTED_ON_UNKNOWN,
    // A symbol whose rows begin later than the file's does not exist before them: that it will
    // trade is not known yet.
    visibleFrom: ownFirst === firstMinute ? Number.NEGATIVE_INFINITY : barStart(session, ownFirst),
    halts: [],
  };
  return { instrument, bars, history, source: reference.source };
}

/** By date; where both know a day the daily file has the word. */
function mergedHistory(
  daily: readonly DailyBar[],
  earlier: readonly DailyBar[],
): readonly DailyBar[] {
  if (earlier.length === 0) return daily;
  const byDate = new Map([...earlier, ...daily].map((bar) => [bar.date, bar]));
  return [...byDate.values()].toSorted((a, b) => (a.date < b.date ? -1 : 1)).slice(-HISTORY_DAYS);
}

function instrumentClass(symbol: string, raw: RawDay): InstrumentClass {
  // Common shares end in 0; preferred shares in 5, 7, 9 or a letter.
  const kind: InstrumentKind = symbol.endsWith('0') ? 'COMMON' : 'PREFERRED';
  return { market: raw.markets.get(symbol) ?? 'KOSPI', kind };
}

function marketNote(raw: RawDay): readonly Texts[] {
  const unknown = raw.symbols.length - raw.markets.size;
  if (unknown === 0) return [];
  return [
    {
      en: `${unknown} symbols without a market are taken as KOSPI`,
      ko: `시장이 없는 종목 ${unknown}개는 KOSPI로 봄`,
    },
  ];
}

/** Prices off the tick grid are kept: mid-price orders print at half a tick. */
function tickNote(symbols: ReadonlyMap<string, DaySymbol>, date: TradeDate): readonly Texts[] {
  const known = new Map<string, Map<number, boolean>>();
  let count = 0;
  for (const { instrument, bars } of symbols.values()) {
    const group = `${instrument.market}:${instrument.kind}`;
    const cache = known.get(group) ?? new Map<number, boolean>();
    known.set(group, cache);
    for (const [index, volume] of bars.volume.entries()) {
      if (volume === 0) continue;
      for (const price of [
        bars.open[index],
        bars.high[index],
        bars.low[index],
        bars.close[index],
      ]) {
        if (price !== undefined && !isOnTickCached(price, instrument, date, cache)) count += 1;
      }
    }
  }
  if (count === 0) return [];
  return [
    {
      en: `${count} prices off the tick grid kept`,
      ko: `호가단위에 맞지 않는 가격 ${count}개를 그대로 둠`,
    },
  ];
}

function isOnTickCached(
  price: number,
  instrument: InstrumentClass,
  date: TradeDate,
  cache: Map<number, boolean>,
): boolean {
  const known = cache.get(price);
  if (known !== undefined) return known;
  const onTick = isOnTick(price, instrument, date);
  cache.set(price, onTick);
  return onTick;
}
