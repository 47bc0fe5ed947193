import { describe, expect, it } from '@jest/globals';
import type { CallLane } from '@fleet/service-layer';
import { FakeClock } from '@fleet/testkit';
import { DEFAULT_RESERVE } from './call-pace.ts';
import { Callers } from './caller.ts';
import { PacedCallBudget } from './paced-call-budget.ts';

const RATE = 20;

function setup(callsPerSecond = RATE, speed = 1) {
  const clock = new FakeClock(1_000_000, speed);
  const callers = new Callers();
  const budget = new PacedCallBudget({
    pace: { callsPerSecond, ...DEFAULT_RESERVE },
    brokerClock: clock,
    callers,
  });
  const granted: { lane: CallLane; client: string; at: number }[] = [];
  const ask = (lane: CallLane, client = 'a', signal?: AbortSignal): Promise<void> =>
    callers.run(client, async () => {
      await budget.acquire(lane, signal);
      granted.push({ lane, client, at: clock.now() });
    });
  return { clock, budget, granted, ask };
}

function mostInAnySecond(instants: readonly number[]): number {
  return Math.max(
    ...instants.map((start) => instants.filter((at) => at >= start && at < start + 1_000).length),
  );
}

describe('call budget', () => {
  it('spaces calls, never bursts them, and never exceeds the rate in any second', async () => {
    const { clock, granted, ask } = setup();
    for (let i = 0; i < 100; i += 1) void ask('scan');
    await clock.advance(6_000);
    expect(granted).toHaveLength(100);
    const instants = granted.map(({ at }) => at);
    const gaps = instants.slice(1).map((at, index) => at - (instants[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(50);
    expect(mostInAnySecond(instants)).toBeLessThanOrEqual(RATE);
    // The ideal at 20/s is five seconds; the reserve for exits costs a twentieth.
    expect((instants.at(-1) ?? 0) - 1_000_000).toBeLessThanOrEqual(5_000 * 1.1);
  });

  it('gives eight clients equal shares within a fifth, however unequally they ask', async () => {
    const { clock, granted, ask } = setup();
    for (let client = 0; client < 8; client += 1) {
      for (let i = 0; i < 50 * (client + 1); i += 1) void ask('scan', `client-${client}`);
    }
    await clock.advance(10_000);
    const shares = Map.groupBy(granted, ({ client }) => client);
    expect(shares.size).toBe(8);
    const ideal = granted.length / 8;
    for (const calls of shares.values()) {
      expect(Math.abs(calls.length - ideal)).toBeLessThanOrEqual(ideal * 0.2);
    }
  });

  it('serves lanes by urgency: a cancel is never behind scans', async () => {
    const { clock, granted, ask } = setup();
    for (let i = 0; i < 200; i += 1) void ask('scan', `client-${i % 8}`);
    await clock.advance(2_000);
    for (const lane of ['backfill', 'scan', 'reconcile', 'entry', 'exit', 'cancel'] as const) {
      void ask(lane, 'late');
    }
    const before = granted.length;
    await clock.advance(1_000);
    const order = granted.slice(before, before + 4).map(({ lane }) => lane);
    expect(order).toEqual(['cancel', 'exit', 'entry', 'reconcile']);
  });

  it('keeps a reserve that only cancels and exits may use', async () => {
    const { clock, granted, ask } = setup();
    for (let i = 0; i < 200; i += 1) void ask('scan');
    await clock.advance(5_000);
    const asked = clock.now();
    void ask('exit', 'late');
    void ask('cancel', 'late');
    await clock.advance(60);
    const urgent = granted.filter(({ client }) => client === 'late');
    expect(urgent.map(({ lane }) => lane)).toEqual(['cancel', 'exit']);
    for (const { at } of urgent) expect(at - asked).toBeLessThanOrEqual(50);
    await clock.advance(5_000);
    expect(mostInAnySecond(granted.map(({ at }) => at))).toBeLessThanOrEqual(RATE);
  });

  it('an urgent call ends the sleep before an ordinary slot', async () => {
    const { clock, granted, ask } = setup(1);
    void ask('scan');
    await clock.advance(10_000);
    void ask('scan');
    void ask('scan');
    await clock.advance(100);
    void ask('exit');
    await clock.advance(1_000);
    expect(granted.map(({ lane }) => lane)).toEqual(['scan', 'scan', 'exit']);
    expect(mostInAnySecond(granted.map(({ at }) => at))).toBe(1);
  });

  it('starts empty: what ran before may have spent this second', async () => {
    const { clock, granted, ask } = setup();
    void ask('cancel');
    void ask('scan');
    await clock.advance(49);
    expect(granted).toEqual([]);
    await clock.advance(200);
    expect(granted).toHaveLength(2);
  });

  it('pauses and goes slower after a refusal, and recovers', async () => {
    const { clock, budget, granted, ask } = setup();
    for (let i = 0; i < 2_000; i += 1) void ask('scan');
    await clock.advance(2_000);
    budget.throttled();
    budget.throttled();
    const start = granted.length;
    await clock.advance(499);
    expect(granted.length).toBe(start);
    await clock.advance(1_501);
    const slow = granted.length - start;
    expect(slow).toBeLessThan(1.5 * RATE * 0.85);
    expect(slow).toBeGreaterThan(1.5 * RATE * 0.6);
    await clock.advance(10_000);
    const recovered = granted.length;
    await clock.advance(2_000);
    expect(granted.length - recovered).toBeGreaterThanOrEqual(37);
  });

  it('a caller that gives up takes no slot', async () => {
    const { clock, budget, granted, ask } = setup();
    const giveUp = new AbortController();
    const abandoned = ask('entry', 'a', giveUp.signal);
    const stays = ask('entry', 'b');
    giveUp.abort(new Error('enough'));
    await expect(abandoned).rejects.toThrow('enough');
    await clock.advance(1_000);
    await stays;
    expect(granted.map(({ client }) => client)).toEqual(['b']);
    expect(budget.waitingCalls).toBe(0);
    await expect(ask('entry', 'a', giveUp.signal)).rejects.toThrow('enough');
  });

  it('keeps the full rate when one tick of the timer is many slots long', async () => {
    const clock = new FakeClock(1_000_000, 120);
    const callers = new Callers();
    const budget = new PacedCallBudget({
      pace: { callsPerSecond: RATE, ...DEFAULT_RESERVE },
      // Timers wake a real millisecond late at the earliest: 120 broker ms.
      brokerClock: {
        now: () => clock.now(),
        speed: () => 120,
        sleep: (ms, signal) => clock.sleep(Math.ceil(ms / 120) * 120, signal),
        sleepUntil: (instant, signal) =>
          clock.sleep(Math.ceil(Math.max(0, instant - clock.now()) / 120) * 120, signal),
      },
      callers,
    });
    let granted = 0;
    for (let i = 0; i < 1_000; i += 1) void budget.acquire('scan').then(() => (granted += 1));
    await clock.advance(20_000);
    expect(granted).toBeGreaterThanOrEqual(20 * RATE * 0.93);
    expect(granted).toBeLessThanOrEqual(20 * RATE);
  });
});
