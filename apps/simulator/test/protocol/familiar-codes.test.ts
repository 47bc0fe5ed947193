import { describe, expect, it } from '@jest/globals';
import { KRX_CALENDAR, parseTradeDate, type TradeDate } from '@fleet/krx';
import { withFamiliarCodes } from '../../src/control/familiar-codes.ts';
import type { DayData, DayInput, DaySymbol } from '../../src/day/day-data.ts';
import { FakeExchange } from './fake-exchange.ts';

const FROM = parseTradeDate('2026-03-12');
const NEXT = parseTradeDate('2026-03-13');
const [template] = new FakeExchange().instruments();

/** Two stocks of the main board, one of the second; the turnover changes from day to day. */
const PLAIN: DayInput = {
  fingerprint: 'plain',
  firstDate: FROM,
  nextDate: () => NEXT,
  load: (date) => dayOf(date, { '111110': date === FROM ? 5 : 900, '222220': 70, '333330': 3 }),
};

describe('generated days of a run that stands alone', () => {
  it('list the codes that published clients have built in, the most traded stock first', () => {
    const { symbols } = withFamiliarCodes(PLAIN).load(FROM);
    const facts = [...symbols].map(([code, { instrument }]) => [
      code,
      instrument.symbol,
      instrument.name,
    ]);
    expect(facts).toEqual([
      ['000660', '000660', 'stock 111110'],
      ['005930', '005930', 'stock 222220'],
      ['247540', '247540', 'stock 333330'],
    ]);
  });

  it('keep the code of a stock on the next day, also when that day is loaded first', () => {
    const name = withFamiliarCodes(PLAIN).load(NEXT).symbols.get('005930')?.instrument.name;
    expect(name).toBe('stock 222220');
  });

  it('are other days than those of a named run', () => {
    expect(withFamiliarCodes(PLAIN).fingerprint).not.toBe(PLAIN.fingerprint);
  });
});

function dayOf(date: TradeDate, turnovers: Readonly<Record<string, number>>): DayData {
  const symbols = Object.entries(turnovers).map(([symbol, previousTurnover]) => {
    const market = symbol === '333330' ? 'KOSDAQ' : 'KOSPI';
    const listing = { visibleFrom: 0, halts: [], market, kind: 'COMMON' } as const;
    const name = `stock ${symbol}`;
    const instrument = { ...template!, ...listing, symbol, name, previousTurnover };
    return [symbol, { instrument, bars: NO_BARS, history: [] }] as [string, DaySymbol];
  });
  return { date, session: KRX_CALENDAR.sessionOf(date), symbols: new Map(symbols), notes: [] };
}

const NO_BARS: DaySymbol['bars'] = {
  minute: new Int16Array(),
  open: new Int32Array(),
  high: new Int32Array(),
  low: new Int32Array(),
  close: new Int32Array(),
  volume: new Int32Array(),
};
