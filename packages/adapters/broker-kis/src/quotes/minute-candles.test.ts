import { describe, expect, it } from '@jest/globals';
import { price, quantity, type Candle } from '@fleet/domain';
import { kstDate, kstInstant, kstTime, minuteOf, parseTradeDate } from '@fleet/krx';
import { collectMinuteCandles, minuteCandlesQuery, parseMinuteCandles } from './minute-candles.ts';

const DAY = parseTradeDate('2026-03-12');
const MINUTE = 60_000;
const at = (time: string) => kstInstant(DAY, time);

function candle(start: number): Candle {
  const flat = price('100');
  return { start, open: flat, high: flat, low: flat, close: flat, volume: quantity(1) };
}

/** KIS: thirty minutes back from the asked one, yesterday's after today's first. */
function exchangeOpenSince(open: number) {
  const asked: string[] = [];
  const readPage = async (until: number): Promise<readonly Candle[]> => {
    asked.push(kstTime(until));
    return Array.from({ length: 30 }, (_, index) => {
      const start = minuteOf(until) - index * MINUTE;
      return candle(start >= open ? start : start - 17.5 * 60 * MINUTE);
    });
  };
  return { asked, readPage };
}

describe('minute candles', () => {
  it('are collected page by page, oldest first, without the running minute', async () => {
    const { asked, readPage } = exchangeOpenSince(at('09:00'));
    const candles = await collectMinuteCandles(40, at('10:15:20'), readPage);
    expect(candles).toHaveLength(40);
    expect([candles[0], candles.at(-1)].map((one) => kstTime(one?.start ?? 0))).toEqual([
      '09:35:00',
      '10:14:00',
    ]);
    expect(asked).toEqual(['10:15:00', '09:45:00']);
  });

  it('end where the day began', async () => {
    const { readPage } = exchangeOpenSince(at('09:00'));
    const candles = await collectMinuteCandles(500, at('09:40:00'), readPage);
    expect(candles).toHaveLength(40);
    expect(candles.every(({ start }) => kstDate(start) === DAY)).toBe(true);
  });

  it('are none before the first minute is over', async () => {
    const { readPage } = exchangeOpenSince(at('09:00'));
    expect(await collectMinuteCandles(10, at('09:00:30'), readPage)).toEqual([]);
    expect(await collectMinuteCandles(0, at('10:00:30'), readPage)).toEqual([]);
    expect(await collectMinuteCandles(10, at('10:00:30'), async () => [])).toEqual([]);
  });

  it('do not run forever against a server that repeats itself', async () => {
    let calls = 0;
    const same = Array.from({ length: 30 }, (_, index) => candle(at('10:00') - index * MINUTE));
    const candles = await collectMinuteCandles(500, at('10:01'), async () => {
      calls += 1;
      return same;
    });
    expect([candles.length, calls]).toEqual([30, 2]);
  });

  it('are asked for in KIS’s words', () => {
    expect(minuteCandlesQuery('005930', 'J', at('09:05:00'))).toMatchObject({
      FID_INPUT_HOUR_1: '090500',
      FID_INPUT_ISCD: '005930',
    });
  });

  it.each([
    { stck_hgpr: '99' },
    { stck_prpr: '0' },
    { cntg_vol: '' },
    { stck_bsop_date: '2026031' },
    { stck_cntg_hour: '' },
  ])('with %j are a bad reply', (changes) => {
    const row = {
      stck_bsop_date: '20260312',
      stck_cntg_hour: '090000',
      stck_prpr: '100',
      stck_oprc: '100',
      stck_hgpr: '100',
      stck_lwpr: '100',
      cntg_vol: '0',
    };
    expect(parseMinuteCandles({ output2: row })).toHaveLength(1);
    expect(() => parseMinuteCandles({ output2: [row, { ...row, ...changes }] })).toThrow(
      'itemchartprice',
    );
  });
});
