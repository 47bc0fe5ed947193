import { describe, expect, it } from '@jest/globals';

import { SimulatorClock } from './simulator-clock.ts';

function make(speed: number) {
  const real = { now: 1_000_000 };
  const clock = new SimulatorClock({ speed, realNow: () => real.now });
  clock.jumpTo(50_000);
  return { clock, real };
}

describe('the market clock', () => {
  it('runs at speed 1 until go, then at its own', () => {
    const { clock, real } = make(120);
    real.now += 1000;
    expect(clock.now()).toBe(51_000);
    clock.go();
    clock.go();
    real.now += 1000;
    expect(clock.now()).toBe(51_000 + 120_000);
    expect(clock.anchor()).toEqual({ realMs: 1_001_000, marketMs: 51_000, speed: 120 });
  });

  it('changes speed without a leap, and tells of every new anchor', () => {
    const { clock, real } = make(60);
    const anchors: number[] = [];
    const forget = clock.onAnchor(({ speed }) => void anchors.push(speed));
    clock.setSpeed(10);
    clock.go();
    real.now += 100;
    clock.setSpeed(600);
    expect(clock.now()).toBe(51_000);
    real.now += 10;
    expect(clock.now()).toBe(57_000);
    forget();
    clock.setSpeed(1);
    expect(anchors).toEqual([10, 600]);
  });

  it('never runs backwards, whatever the wall clock does', () => {
    const { clock, real } = make(1);
    real.now += 5000;
    expect(clock.now()).toBe(55_000);
    real.now -= 60_000;
    expect(clock.now()).toBe(55_000);
    expect(() => clock.jumpTo(54_999)).toThrow('cannot run backwards');
    clock.jumpTo(60_000);
    expect(clock.now()).toBe(60_000);
  });

  it('stands still at the horizon until more is allowed', () => {
    const { clock, real } = make(1);
    clock.allowUntil(50_500);
    real.now += 5000;
    expect(clock.now()).toBe(50_500);
    clock.allowUntil(52_000);
    expect(clock.now()).toBe(52_000);
    clock.jumpTo(90_000);
    expect(clock.now()).toBe(90_000);
  });

  it('wakes a sleeper when a faster speed or a jump brings its instant nearer', async () => {
    const { clock } = make(600);
    const sleeping = clock.sleepUntil(60_000);
    clock.jumpTo(60_000);
    await sleeping;
    expect(clock.now()).toBe(60_000);
  });

  it('lets a sleeper go when its signal aborts', async () => {
    const { clock } = make(1);
    const abort = new AbortController();
    const sleeping = Promise.all([
      clock.sleepUntil(Infinity, abort.signal),
      clock.sleepReal(60_000, abort.signal),
    ]);
    abort.abort();
    await sleeping;
    await clock.sleepUntil(Infinity, abort.signal);
    expect(clock.now()).toBe(50_000);
  });

  it.each([0, -1, 601, Number.NaN])('has no speed %d', (speed) => {
    expect(() => new SimulatorClock({ speed })).toThrow('speed must be');
    expect(() => make(1).clock.setSpeed(speed)).toThrow('speed must be');
  });
});
