import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { KRX_CALENDAR, kstTime } from '@fleet/krx';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { barStart, type DayData } from '../../src/day/day-data.ts';
import { openDayFile } from '../../src/day/day-file.ts';
import { generateDays } from '../../src/day/generated/generated-days.ts';
import { SeededRandom } from '../../src/day/seeded-random.ts';
import { ACCOUNT, makeManualExchange } from './manual-exchange.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'simulator-cut-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Instants at which a day is looked at. */
const LOOKS = 50;
const LABEL_SHIFT = { START: 0, END: 60_000 };

interface Row {
  readonly label: string;
  readonly text: string;
}

/** A few dozen symbols of a generated day as file rows; some begin late, one only at the close. */
function rowsOf(day: DayData, labels: 'START' | 'END'): readonly Row[] {
  const closing = day.session.closingAuction.to;
  const rows: Row[] = [];
  for (const [index, [symbol, { bars, instrument }]] of [...day.symbols]
    .slice(100, 130)
    .entries()) {
    for (const [row, minute] of bars.minute.entries()) {
      if (index % 7 === 3 && minute < 40 + index) continue;
      const start = barStart(day.session, minute);
      const label = kstTime(start === closing ? start : start + LABEL_SHIFT[labels]).slice(0, 5);
      const numbers = [bars.open, bars.high, bars.low, bars.close, bars.volume].map(
        (column) => column[row],
      );
      rows.push({ label, text: [symbol, instrument.market, label, ...numbers].join(',') });
    }
  }
  return rows;
}

function fileOf(name: string, rows: readonly Row[]): string {
  const file = join(folder, name);
  const header = 'symbol,market,time,open,high,low,close,volume';
  writeFileSync(file, [header, ...rows.map(({ text }) => text)].join('\n'));
  return file;
}

/**
 * Everything the outside could see, at many instants before `until` and right before it, while orders
 * come and go. Quotes are asked for by name: also of symbols that will only trade later.
 */
async function tellAll(
  file: string,
  until: number,
  names: readonly string[],
): Promise<readonly string[]> {
  const input = openDayFile({ file, calendar: KRX_CALENDAR });
  const data = input.load(input.firstDate);
  const market = makeManualExchange(data, { cash: 50_000_000 });
  const { exchange } = market;
  const random = new SeededRandom(5);
  const seen: string[] = [];
  const from = data.session.openingAuction.from;
  const step = Math.floor((until - from) / LOOKS);
  const looks = Array.from({ length: LOOKS }, (_, look) => from + look * step);
  for (const instant of [...looks, until - 1]) {
    market.moveTo(instant);
    const listed = exchange.instruments();
    const pick = listed[random.integer(0, listed.length - 1)]!.symbol;
    const quotes = names.map((symbol) => exchange.quote(symbol) ?? null);
    seen.push(JSON.stringify([instant, listed.map(({ symbol }) => symbol), quotes]));
    seen.push(JSON.stringify(listed.map(({ symbol }) => exchange.book(symbol))));
    seen.push(
      JSON.stringify([
        exchange.instrument(pick),
        exchange.book(pick),
        exchange.minuteBars(pick, { count: 30 }),
        exchange.dailyBars(pick, { from: data.date, to: data.date }),
        exchange.recentTrades(pick, 5),
        exchange.interruptions(),
        exchange.circuitBreaker('KOSPI'),
      ]),
    );
    if (random.next() < 0.5)
      seen.push(JSON.stringify(await market.buy(pick, random.integer(1, 200))));
    else seen.push(JSON.stringify(await market.sell(pick, random.integer(1, 50))));
    const { bid } = exchange.quote(pick)!;
    if (bid !== undefined) seen.push(JSON.stringify(await market.buy(pick, 20, { price: bid })));
    await market.settled();
    seen.push(
      JSON.stringify([exchange.orders(ACCOUNT, data.date, data.date), exchange.account(ACCOUNT)]),
    );
  }
  return [...seen, ...market.notices.map((notice) => JSON.stringify(notice))];
}

describe('the simulator', () => {
  const generated = generateDays({ seed: 11, calendar: KRX_CALENDAR });
  const day = generated.load(generated.firstDate);

  it.each([
    ['END', '09:30'],
    ['END', '15:20'],
    ['START', '10:11'],
    ['START', '15:25'],
  ] as const)(
    'does not see the future: with %s labels, cutting the file after %s changes nothing before',
    async (labels, cut) => {
      const rows = rowsOf(day, labels);
      const whole = fileOf('whole_20260312.csv', rows);
      const cutFile = fileOf(
        'cut_20260312.csv',
        rows.filter(({ label }) => label <= cut),
      );
      const [hours, minutes] = cut.split(':').map(Number);
      const until = day.session.regular.from + (hours! * 60 + minutes! - 540) * 60_000;
      const names = [...new Set(rows.map(({ text }) => text.slice(0, 6)))];
      const before = await tellAll(cutFile, until, names);
      expect(before.length).toBeGreaterThan(80);
      expect(await tellAll(whole, until, names)).toEqual(before);
    },
  );

  it('shows of the running minute what has traded, not what the file has', () => {
    const { symbol } = [...day.symbols.values()][120]!.instrument;
    const market = makeManualExchange(day);
    for (let seconds = 10; seconds < 3600; seconds += 97) {
      market.moveTo(day.session.regular.from + seconds * 1000);
      const bars = market.exchange.minuteBars(symbol, { count: 400 });
      const total = bars.reduce((sum, { volume }) => sum + volume, 0);
      expect(total).toBe(market.exchange.quote(symbol)!.volume);
    }
  });

  it('shows the same to everybody, however often it is asked', async () => {
    const rows = rowsOf(day, 'END');
    const data = (() => {
      const input = openDayFile({
        file: fileOf('same_20260312.csv', rows),
        calendar: KRX_CALENDAR,
      });
      return input.load(input.firstDate);
    })();
    const often = makeManualExchange(data);
    const once = makeManualExchange(data);
    const { symbol } = once.exchange.instruments()[5]!;
    often.exchange.watch(symbol);
    const until = data.session.regular.from + 100 * 60_000;
    for (let instant = data.session.openingAuction.from; instant < until; instant += 777)
      often.moveTo(instant);
    often.moveTo(until);
    once.moveTo(until);
    expect(often.exchange.quote(symbol)).toEqual(once.exchange.quote(symbol));
    expect(often.exchange.book(symbol)).toEqual(once.exchange.book(symbol));
    expect(often.exchange.minuteBars(symbol, { count: 200 })).toEqual(
      once.exchange.minuteBars(symbol, { count: 200 }),
    );
    await often.settled();
    expect(often.trades.map(({ volume }) => volume).reduce((a, b) => a + b, 0)).toBe(
      once.exchange.quote(symbol)!.volume,
    );
  });
});
