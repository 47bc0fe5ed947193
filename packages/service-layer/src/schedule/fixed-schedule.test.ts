import { describe, expect, it } from '@jest/globals';
import { FakeClock, RecordingLag } from '@fleet/testkit';
import { FixedSchedule } from './fixed-schedule.ts';

const START = 1_000_000_000_000;
const PERIOD = 5_000;

function setUp(speed = 1, startAt = START + 1_234) {
  const marketClock = new FakeClock(startAt, speed);
  const lag = new RecordingLag();
  const schedule = new FixedSchedule({ periodMs: PERIOD, marketClock, lag });
  const { signal } = new AbortController();
  return { marketClock, lag, schedule, signal };
}

describe('fixed market instants', () => {
  it('are multiples of the period, whenever the schedule was made', async () => {
    const { marketClock, lag, schedule, signal } = setUp();
    expect(schedule.dueAt).toBe(START + PERIOD);
    const next = schedule.next(signal);
    await marketClock.advance(PERIOD);
    expect(await next).toBe(true);
    expect(schedule.dueAt).toBe(START + 2 * PERIOD);
    expect(lag.lags).toEqual([0]);
  });

  it('count lateness in real time', async () => {
    const { marketClock, lag, schedule } = setUp(10);
    await marketClock.advance(PERIOD - 1_234 + 500);
    schedule.met();
    expect(lag.lags).toEqual([50]);
  });

  it('that passed meanwhile are skipped, and counted with their lateness', async () => {
    const { marketClock, lag, schedule, signal } = setUp();
    await marketClock.advance(PERIOD - 1_234 + 3 * PERIOD + 100);
    expect(await schedule.next(signal)).toBe(true);
    expect(lag.lags).toEqual([3 * PERIOD + 100]);
    expect(lag.skipped).toEqual([2 * PERIOD + 100, PERIOD + 100]);
    expect(schedule.dueAt).toBe(START + 4 * PERIOD);
  });

  it('a jump of market time counts a bounded number and finds the next instant', async () => {
    const { marketClock, lag, schedule } = setUp();
    marketClock.stepWall(86_400_000);
    schedule.met();
    expect(lag.skipped).toHaveLength(1_000);
    expect(schedule.dueAt - marketClock.now()).toBeLessThanOrEqual(PERIOD);
    expect(schedule.dueAt).toBeGreaterThan(marketClock.now());
  });

  it('market time that goes back does not make it wait for the old day', async () => {
    const { marketClock, schedule, signal } = setUp();
    marketClock.stepWall(-86_400_000);
    const next = schedule.next(signal);
    await marketClock.advance(PERIOD);
    expect(await next).toBe(true);
  });

  it('are all accounted for, handled or skipped, however late each start and end is', async () => {
    const marketClock = new FakeClock(START + 3 * PERIOD + 1, 1);
    const lag = new RecordingLag();
    const schedule = new FixedSchedule({ periodMs: PERIOD, marketClock, lag, startAt: START });
    const { signal } = new AbortController();
    const end = START + 20 * PERIOD;
    const works = [2 * PERIOD + 7, 10, 6 * PERIOD, 30, 9 * PERIOD];
    while (marketClock.now() < end) {
      const next = schedule.next(signal);
      await marketClock.advance(Math.max(0, schedule.dueAt - marketClock.now()));
      await next;
      await marketClock.advance(works.shift() ?? PERIOD - 1);
    }
    schedule.endAt(end);
    expect(lag.lags.length + lag.skipped.length).toBe(20);
    expect(lag.lags.length).toBeLessThan(10);
  });

  it('start anew after work that took its time on purpose', async () => {
    const { marketClock, lag, schedule, signal } = setUp();
    await marketClock.advance(10 * PERIOD);
    schedule.restart();
    const next = schedule.next(signal);
    await marketClock.advance(PERIOD);
    expect(await next).toBe(true);
    expect(lag.lags).toEqual([0]);
    expect(lag.skipped).toEqual([]);
  });

  it('end with the signal', async () => {
    const { marketClock, lag, schedule } = setUp();
    const stop = new AbortController();
    const next = schedule.next(stop.signal);
    await marketClock.advance(10);
    stop.abort();
    expect(await next).toBe(false);
    expect(lag.lags).toEqual([]);
  });
});
