import { describe, expect, it } from '@jest/globals';
import type { CallLane } from '@fleet/service-layer';
import { FakeClock } from '@fleet/testkit';
import { DEFAULT_RESERVE } from './call-pace.ts';
import { Callers } from './caller.ts';
import { PacedCallBudget } from './paced-call-budget.ts';

const RATE = 20;
const CLIENTS = 8;
/** Everybody has one call waiting, so each waits for all the others. */
const IDEAL_MS = (CLIENTS / RATE) * 1_000;
const SLOT_MS = 1_000 / RATE;
const LANES: readonly CallLane[] = ['cancel', 'exit', 'entry', 'reconcile', 'scan', 'backfill'];

interface Granted {
  readonly client: string;
  readonly lane: CallLane;
  readonly askedAt: number;
  readonly at: number;
}

function setup() {
  const clock = new FakeClock();
  const callers = new Callers();
  const budget = new PacedCallBudget({
    pace: { callsPerSecond: RATE, ...DEFAULT_RESERVE },
    brokerClock: clock,
    callers,
  });
  const granted: Granted[] = [];
  const ask = (client: string, lane: CallLane): Promise<void> =>
    callers.run(client, async () => {
      const askedAt = clock.now();
      await budget.acquire(lane);
      granted.push({ client, lane, askedAt, at: clock.now() });
    });
  /** One call after the other, as a process that scans does. */
  const scan = async (client: string, lane: CallLane, pauseMs = 0): Promise<never> => {
    for (;;) {
      await ask(client, lane);
      await clock.sleep(pauseMs);
    }
  };
  return { clock, granted, ask, scan };
}

function p99(calls: readonly Granted[]): number {
  const waits = calls.map(({ askedAt, at }) => at - askedAt).toSorted((a, b) => a - b);
  return waits[Math.ceil(waits.length * 0.99) - 1] ?? Number.NaN;
}

const clients = Array.from({ length: CLIENTS }, (_, index) => `client-${index}`);

describe('call budget under load', () => {
  it('p99 of the wait of eight processes is within 1.2 times the ideal, shares within a fifth', async () => {
    const { clock, granted, scan } = setup();
    for (const client of clients) void scan(client, 'scan');
    await clock.advance(60_000);
    expect(granted.length).toBeGreaterThan(0.94 * RATE * 60);
    expect(p99(granted)).toBeLessThanOrEqual(1.2 * IDEAL_MS);
    for (const client of clients) {
      const share = granted.filter((call) => call.client === client).length;
      expect(share / (granted.length / CLIENTS)).toBeGreaterThan(0.8);
      expect(share / (granted.length / CLIENTS)).toBeLessThan(1.2);
    }
  });

  it('a process that asks for a hundred things at once does not lengthen the wait of the others', async () => {
    const { clock, granted, ask, scan } = setup();
    for (const client of clients) void scan(client, 'scan');
    await clock.advance(5_000);
    for (let call = 0; call < 100; call += 1) void ask('greedy', 'scan');
    await clock.advance(30_000);
    const others = granted.filter(({ client }) => client !== 'greedy');
    expect(p99(others)).toBeLessThanOrEqual(1.2 * ((CLIENTS + 1) / RATE) * 1_000);
  });

  it('cancels and exits wait about a slot however much is scanned', async () => {
    const { clock, granted, scan } = setup();
    for (const client of clients) void scan(client, 'scan');
    void scan('canceler', 'cancel', 293);
    void scan('seller', 'exit', 701);
    await clock.advance(60_000);
    const urgent = granted.filter(({ lane }) => lane !== 'scan');
    expect(urgent.length).toBeGreaterThan(200);
    expect(p99(urgent)).toBeLessThanOrEqual(SLOT_MS);
    expect(granted.length).toBeGreaterThan(0.94 * RATE * 60);
  });

  it('no call goes while one of a more urgent lane waits, whatever comes when', async () => {
    const { clock, granted, ask } = setup();
    let state = 7;
    const random = (bound: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * bound);
    };
    const all: Promise<void>[] = [];
    for (let step = 0; step < 600; step += 1) {
      const lane = LANES[random(LANES.length)] ?? 'scan';
      all.push(ask(clients[random(CLIENTS)] ?? '', lane));
      await clock.advance(random(90));
    }
    await clock.advance(60_000);
    await Promise.all(all);
    for (const call of granted) {
      const passedOver = granted.filter(
        (other) =>
          LANES.indexOf(other.lane) < LANES.indexOf(call.lane) &&
          other.askedAt < call.at &&
          other.at > call.at,
      );
      expect(passedOver).toEqual([]);
    }
  });
});
