import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

import { KRX_CALENDAR, parseTradeDate } from '@fleet/krx';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { DayData } from '../../src/day/day-data.ts';
import { openDayFile } from '../../src/day/day-file.ts';
import type { DayFileOptions } from '../../src/day/raw-day.ts';
import { InputError, type Texts } from '../../src/control/input-error.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'simulator-day-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEADER = 'symbol,market,time,open,high,low,close,volume';

function write(name: string, lines: readonly string[]): string {
  const file = join(folder, name);
  const text = `${lines.join('\n')}\n`;
  writeFileSync(file, name.endsWith('.gz') ? gzipSync(text) : text);
  return file;
}

function load(
  lines: readonly string[],
  options: Partial<DayFileOptions> = {},
  name = 'bars_20260312.csv',
) {
  const input = openDayFile({ file: write(name, lines), calendar: KRX_CALENDAR, ...options });
  return input.load(input.firstDate);
}

/** As an English reader is told; a Korean one must be told as much. */
function notesOf(day: DayData): readonly string[] {
  expect(day.notes.filter(({ ko }) => !/[가-힣]/.test(ko))).toEqual([]);
  return day.notes.map(({ en }) => en);
}

function failure(act: () => unknown): Texts {
  try {
    act();
  } catch (error) {
    if (error instanceof InputError) return error.texts;
    throw error;
  }
  throw new Error('no InputError');
}

const minutesOf = (day: ReturnType<typeof load>, symbol: string): number[] => [
  ...day.symbols.get(symbol)!.bars.minute,
];

const rowsAt = (times: readonly string[]): string[] => [
  HEADER,
  ...times.map((time) => `123450,KOSDAQ,${time},1000,1000,1000,1000,10`),
];

const good = (symbol: string, time: string): string =>
  `${symbol},KOSPI,${time},1000,1010,990,1000,10`;

describe('a day file', () => {
  it('is read plain or gzipped, with a byte-order mark, CRLF and quoted fields', () => {
    const lines = [
      '\uFEFF"symbol",Name,TIME,open,high,low,close,volume,extra\r',
      '"123450","가나, 다",09:01,1000,1010,990,1000,50,x\r',
    ];
    for (const name of ['plain_20260312.csv', 'packed_20260312.csv.gz']) {
      const day = load(lines, {}, name);
      expect(day.symbols.get('123450')!.instrument).toMatchObject({
        name: '가나, 다',
        market: 'KOSPI',
      });
      expect([...day.symbols.get('123450')!.bars.high]).toEqual([1010]);
      expect(notesOf(day)).toContain('1 symbols without a market are taken as KOSPI');
    }
  });

  it('takes a bar labelled at the open as a sign of START labels, else labels are ENDs', () => {
    expect(minutesOf(load(rowsAt(['09:00', '09:01', '15:19', '15:30'])), '123450')).toEqual([
      0, 1, 379, 390,
    ]);
    expect(minutesOf(load(rowsAt(['09:01', '09:02', '15:20', '15:30'])), '123450')).toEqual([
      0, 1, 379, 390,
    ]);
  });

  it('follows the hours of its date: late open, exam day', () => {
    const rows = [
      HEADER,
      '123450,KOSPI,10:00,1000,1000,1000,1000,10',
      '123450,KOSPI,15:30,1000,1000,1000,1000,10',
    ];
    expect(minutesOf(load(rows, {}, 'x_20260102.csv'), '123450')).toEqual([0, 330]);
    const late = [
      HEADER,
      '123450,KOSPI,09:30,1000,1000,1000,1000,10',
      '123450,KOSPI,10:01,1000,1000,1000,1000,10',
    ];
    const day = load(late, {}, 'x_20260102.csv');
    expect(notesOf(day)[0]).toContain('1 row skipped outside the session (line 2)');
  });

  it('counts bad rows by kind, names the first lines, and goes on', () => {
    const day = load([
      HEADER,
      good('123450', '09:01'),
      '123450,KOSPI,09:02,1000,1010,990,1000',
      '12345,KOSPI,09:02,1000,1010,990,1000,10',
      '123450,KOSPI,nine,1000,1010,990,1000,10',
      good('123450', '08:59'),
      good('123450', '15:31'),
      '123450,KOSPI,09:03,1000.5,1010,990,1000,10',
      '123450,KOSPI,09:03,,1010,990,1000,10',
      '123450,KOSPI,09:03,1000,980,990,1000,10',
      '123450,KOSPI,09:03,1100,1010,990,1000,10',
      '123450,KOSPI,09:03,1000,1010,0,1000,10',
      '123450,KOSPI,09:03,1000,1010,990,1000,-1',
      '123450,KOSPI,09:03,1000,1010,990,1000,3000000000',
      good('123450', '09:01'),
      '',
      good('0193T0', '09:01'),
    ]);
    expect(minutesOf(day, '123450')).toEqual([0]);
    expect([...day.symbols.keys()]).toEqual(['123450', '0193T0']);
    expect(
      notesOf(day)
        .filter((note) => note.includes('skipped'))
        .toSorted(),
    ).toEqual(
      [
        '1 row skipped with the wrong number of columns (line 3)',
        '1 row skipped whose symbol is not six characters (line 4)',
        '1 row skipped with an unreadable time (line 5)',
        '2 rows skipped outside the session (lines 6, 7)',
        '2 rows skipped with a number that is not a whole one (lines 8, 9)',
        '1 row skipped with high below low (line 10)',
        '1 row skipped with open or close outside high and low (line 11)',
        '2 rows skipped with a price that is not positive (lines 12, 13)',
        '1 row skipped with a number above 2,147,483,647 (line 14)',
        '1 row skipped that repeats a minute (line 15)',
      ].toSorted(),
    );
  });

  it('reads whole numbers with a decimal point, and rows in any order', () => {
    const day = load([
      HEADER,
      '123450,KOSPI,09:03,1020.0,1020,1020,1020,5.0',
      '123450,KOSPI,09:01,1000,1000,1000,1000,5',
    ]);
    expect([...day.symbols.get('123450')!.bars.open]).toEqual([1000, 1020]);
  });

  it('keeps half-tick prints and counts prices off the tick', () => {
    const day = load([HEADER, '000660,KOSPI,09:01,2118500,2119000,2118000,2118500,10']);
    expect(day.symbols.get('000660')!.bars.open[0]).toBe(2_118_500);
    expect(notesOf(day)).toContain('2 prices off the tick grid kept');
  });

  it('takes a stock with zero prices and a carried-over close as a filler', () => {
    const day = load([HEADER, '123450,KOSPI,09:01,0,0,0,5000,0']);
    expect(day.symbols.get('123450')!.instrument.referencePrice).toBe(5000);
    expect(day.symbols.get('123450')!.bars.volume[0]).toBe(0);
  });

  it('lets a symbol that begins later exist only from its first minute', () => {
    const day = load([
      HEADER,
      '123450,KOSPI,09:01,1000,1000,1000,1000,5',
      '543210,KOSPI,10:05,1000,1000,1000,1000,5',
    ]);
    expect(day.symbols.get('123450')!.instrument.visibleFrom).toBe(Number.NEGATIVE_INFINITY);
    expect(day.symbols.get('543210')!.instrument.visibleFrom).toBe(
      day.session.regular.from + 64 * 60_000,
    );
  });

  it('has the date of its column, of its name, or of the option', () => {
    const row = '123450,KOSPI,09:01,1000,1000,1000,1000,5';
    expect(load([`date,${HEADER}`, `2026-03-13,${row}`]).date).toBe('2026-03-13');
    expect(load([HEADER, row]).date).toBe('2026-03-12');
    expect(load([HEADER, row], { from: parseTradeDate('2026-03-11') }, 'bars.csv').date).toBe(
      '2026-03-11',
    );
  });

  it('with several dates knows its earlier days as history, reference price and yesterday', () => {
    const file = write('history.csv', [
      `date,${HEADER}`,
      '2026-03-12,123450,KOSPI,09:02,1010,1050,1000,1040,20',
      '2026-03-12,123450,KOSPI,09:01,1000,1020,990,1010,10',
      '2026-03-12,123450,KOSPI,15:30,1045,1045,1045,1045,5',
      '2026-03-12,123450,KOSPI,17:00,9999,9999,9999,9999,5',
      '2026-03-12,123450,KOSPI,10:00,1040,1040,1040,1040,0',
      '2026-03-13,123450,KOSPI,09:01,1060,1060,1060,1060,10',
    ]);
    const input = openDayFile({ file, calendar: KRX_CALENDAR });
    const { history, instrument } = input.load(parseTradeDate('2026-03-13')).symbols.get('123450')!;
    expect(history).toEqual([
      {
        date: '2026-03-12',
        open: 1000,
        high: 1050,
        low: 990,
        close: 1045,
        volume: 35,
        turnover: 20 * 1040 + 10 * 1010 + 5 * 1045,
      },
    ]);
    expect(instrument).toMatchObject({ referencePrice: 1045, previousVolume: 35 });
    expect(input.load(input.firstDate).symbols.get('123450')!.history).toEqual([]);
  });

  it('with several dates gives them one by one', () => {
    const row = '123450,KOSPI,09:01,1000,1000,1000,1000,5';
    const file = write('many.csv', [
      `date,${HEADER}`,
      `20260313,${row}`,
      `20260312,${row}`,
      `bad,${row}`,
    ]);
    const input = openDayFile({ file, calendar: KRX_CALENDAR });
    expect(input.firstDate).toBe('2026-03-12');
    expect(input.nextDate(input.firstDate)).toBe('2026-03-13');
    expect(input.nextDate(parseTradeDate('2026-03-13'))).toBeUndefined();
    expect(notesOf(input.load(input.firstDate))[0]).toBe(
      '1 row skipped with an unreadable date (line 4)',
    );
  });

  it.each([
    [
      'is missing',
      () => openDayFile({ file: join(folder, 'no.csv'), calendar: KRX_CALENDAR }),
      'does not exist',
    ],
    ['is a folder', () => openDayFile({ file: folder, calendar: KRX_CALENDAR }), 'cannot be read'],
    ['is empty', () => load(['']), 'bars_20260312.csv is empty.'],
    [
      'is cut off',
      () => {
        const file = write('cut_20260312.csv.gz', [HEADER]);
        writeFileSync(file, gzipSync('x'.repeat(999)).subarray(0, 20));
        return openDayFile({ file, calendar: KRX_CALENDAR });
      },
      'is a damaged gzip file',
    ],
    [
      'lacks columns',
      () => load(['symbol,time,open,high,low', 'x']),
      'lacks the columns close, volume',
    ],
    [
      'has no good row',
      () => load([HEADER, '1,KOSPI,09:01,1,1,1,1,1']),
      'no usable row for 2026-03-12: 1 row skipped whose symbol',
    ],
    [
      'has no date',
      () => load([HEADER, '1'], {}, 'bars.csv'),
      'add a date column, eight digits in its name, or --from',
    ],
    [
      'is of a holiday',
      () => load([HEADER, '123450,KOSPI,09:01,1,1,1,1,1'], {}, 'x_20260314.csv'),
      '2026-03-14 is not a trading day',
    ],
    [
      'ends before the wanted date',
      () =>
        load([`date,${HEADER}`, '2026-03-12,123450,KOSPI,09:01,1,1,1,1,1'], {
          from: parseTradeDate('2026-03-13'),
        }),
      'ends on 2026-03-12',
    ],
  ])('that %s is refused in one sentence', (_, act, expected) => {
    const { en, ko } = failure(act);
    expect(en).toContain(expected);
    expect(`${en}${ko}`).not.toContain('\n');
    expect(ko).toMatch(/[가-힣]/);
  });
});

describe('reference prices', () => {
  const rows = [
    HEADER,
    '123450,KOSPI,09:01,1000,1000,1000,1000,5',
    '543210,KOSPI,09:01,2000,2000,2000,2000,5',
    '999990,KOSPI,09:01,3000,3000,3000,3000,5',
  ];

  it('come from the last daily close before the day, else from the first open', () => {
    const daily = write('daily.csv', [
      'symbol,date,close,volume',
      '123450,2026-03-10,950,100',
      '123450,2026-03-11,960,200',
      '123450,2026-03-12,5000,200',
      '999990,2026-03-11,30000,200',
      '999990,never,1,1',
    ]);
    const day = load(rows, { daily });
    const instrument = (symbol: string) => day.symbols.get(symbol)!.instrument;
    expect(instrument('123450')).toMatchObject({
      referencePrice: 960,
      upperLimit: 1248,
      lowerLimit: 672,
      previousVolume: 200,
      previousTurnover: 192_000,
    });
    expect(day.symbols.get('123450')!.history.map(({ close }) => close)).toEqual([950, 960]);
    expect(instrument('543210').referencePrice).toBe(2000);
    // A close from which the open could not be reached is of another share count.
    expect(instrument('999990').referencePrice).toBe(3000);
    expect(notesOf(day)).toContain(
      "reference prices: 1 from daily closes, 2 from the day's first open (1 of them because the daily close is out of reach)",
    );
    expect(notesOf(day)).toContain('1 rows of the daily file skipped');
  });

  it('without a daily file say so', () => {
    expect(notesOf(load(rows))).toContain(
      "reference prices: 0 from daily closes, 3 from the day's first open",
    );
  });

  it('refuse a daily file that ends too late', () => {
    const daily = write('late.csv', ['symbol,date,close', '123450,2026-03-12,950']);
    expect(failure(() => load(rows, { daily })).en).toBe(
      'late.csv has no usable daily row before 2026-03-12.',
    );
  });
});

const dataFolder =
  process.env['FLEET_DATA_DIR'] ?? resolve(import.meta.dirname, '../../../../../shared/data');
const realFile = join(dataFolder, 'minute_krx_20190920.csv.gz');

(existsSync(realFile) ? describe : describe.skip)('a real day of 715,000 rows', () => {
  it('loads clean, with its own day’s session and both reference sources', () => {
    const daily = join(dataFolder, 'daily_adj_2016_2022.csv.gz');
    const input = openDayFile({ file: realFile, daily, calendar: KRX_CALENDAR });
    const day = input.load(input.firstDate);
    expect(day.date).toBe('2019-09-20');
    expect(day.symbols.size).toBe(1862);
    expect(notesOf(day).filter((note) => note.includes('skipped'))).toEqual([]);
    expect(notesOf(day)).toContain('bars are labelled by their end');
    expect(notesOf(day).some((note) => note.includes('off the tick'))).toBe(false);
  });
});
