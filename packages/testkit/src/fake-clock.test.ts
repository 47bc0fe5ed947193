import { describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.ts';
import { FakeClock } from './fake-clock.ts';

describe('FakeClock', () => {
  it('wakes sleepers in the order they are due, with their own new sleeps', async () => {
    const clock = new FakeClock(1_000);
    const seen: string[] = [];
    const nap = async (name: string, ...naps: number[]) => {
      for (const ms of naps) {
        await clock.sleep(ms);
        seen.push(`${name} ${clock.now()}`);
      }
    };
    const all = [nap('a', 30, 30), nap('b', 10, 10, 10), nap('c', 30)];
    await clock.advance(30);
    expect(seen).toEqual(['b 1010', 'b 1020', 'a 1030', 'c 1030', 'b 1030']);
    expect(clock.sleeping).toBe(1);
    await clock.advance(100);
    await Promise.all(all);
    expect(seen.at(-1)).toBe('a 1060');
    expect(clock.monotonicMs()).toBe(130);
  });

  it('gives up a sleep whose signal aborts, before or during it', async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    const sleeping = clock.sleep(10, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(sleeping).rejects.toThrow('stopped');
    await expect(clock.sleep(10, stop.signal)).rejects.toThrow('stopped');
    expect(clock.sleeping).toBe(0);
  });

  it('sets wall and monotonic clock apart', async () => {
    const clock = new FakeClock(0);
    await clock.advance(5);
    clock.suspend(1_000);
    expect([clock.now(), clock.monotonicMs()]).toEqual([1_005, 5]);
    await clock.sleepUntil(1_005);
    clock.stepWall(-500);
    expect([clock.now(), clock.monotonicMs()]).toEqual([505, 5]);
  });
});

describe('eventually', () => {
  it('gives the value once it is there, and the last failure at the deadline', async () => {
    let tries = 0;
    const value = await eventually(() => {
      tries += 1;
      return tries === 3 && 'there';
    });
    expect(value).toBe('there');
    const failing = eventually(
      () => {
        throw new Error('never');
      },
      { timeoutMs: 20 },
    );
    await expect(failing).rejects.toThrow('never');
    await expect(eventually(() => false, { timeoutMs: 20 })).rejects.toThrow('still false');
  });
});
