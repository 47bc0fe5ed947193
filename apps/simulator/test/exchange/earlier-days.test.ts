import { describe, expect, it } from '@jest/globals';
import { KRX_CALENDAR, type TradeDate } from '@fleet/krx';

import type { DayData } from '../../src/day/day-data.ts';
import { InputError } from '../../src/control/input-error.ts';
import { EarlierDays } from '../../src/exchange/earlier-days.ts';
import { Engine } from '../../src/exchange/engine.ts';
import type { Bar } from '../../src/exchange/types.ts';
import { afterOpen, flat, makeTestDay, makeTestInput, TEST_DATE } from './test-day.ts';

const SYMBOLS = { '000010': { bars: [flat(0, 10_000, 100), flat(5, 10_100, 50)] } };

const DAY = (days: number): TradeDate => KRX_CALENDAR.add(TEST_DATE, days);

/** Earlier days of a source that counts what it is asked to load. */
function makeEarlierDays(missing: readonly TradeDate[] = []) {
  const loads: TradeDate[] = [];
  const input = makeTestInput(SYMBOLS);
  const days = new EarlierDays(
    {
      ...input,
      load(date) {
        loads.push(date);
        if (missing.includes(date))
          throw new InputError({ en: 'no such day', ko: '그런 날이 없습니다' });
        return input.load(date);
      },
    },
    makeEngine,
  );
  return { days, loads };
}

function makeEngine(day: DayData): Engine {
  return new Engine({ day, seed: 1, participation: 0.2 });
}

/** Volumes of the minutes that traded, newest first. */
function traded(bars: readonly Bar[]): readonly number[] {
  return bars.map(({ volume }) => volume).filter((volume) => volume > 0);
}

describe('earlier days of a run', () => {
  it('are loaded once while clients go to and fro between the newest few', () => {
    const { days, loads } = makeEarlierDays();
    for (const back of [2, 1, 0, 2, 1, 0]) {
      expect(traded(days.minuteBars('000010', DAY(back)))).toEqual([50, 100]);
    }
    expect(loads).toEqual([DAY(2), DAY(1), DAY(0)]);
  });

  it('are forgotten, the one asked about longest ago first', () => {
    const { days, loads } = makeEarlierDays();
    for (const back of [0, 1, 2, 0, 3, 0, 1]) days.minuteBars('000010', DAY(back));
    expect(loads).toEqual([DAY(0), DAY(1), DAY(2), DAY(3), DAY(1)]);
  });

  it('need no loading when they have just ended, and print what they printed then', () => {
    const { days, loads } = makeEarlierDays();
    const engine = makeEngine(makeTestDay(SYMBOLS));
    engine.setWatched('000010', afterOpen(1), true);
    engine.advance(engine.day.session.afterHoursSinglePrice.to);
    days.keep(engine);
    const kept = days.minuteBars('000010', TEST_DATE);
    expect(loads).toEqual([]);
    expect(kept).toEqual(makeEarlierDays().days.minuteBars('000010', TEST_DATE));
    expect(traded(kept)).toEqual([50, 100]);
  });

  it('are nothing before the run began, and asked for once where the source lacks them', () => {
    const { days, loads } = makeEarlierDays([DAY(1)]);
    expect(days.minuteBars('000010', DAY(-1))).toEqual([]);
    expect(days.minuteBars('000010', DAY(1))).toEqual([]);
    expect(days.minuteBars('000010', DAY(1))).toEqual([]);
    expect(loads).toEqual([DAY(1)]);
  });
});
