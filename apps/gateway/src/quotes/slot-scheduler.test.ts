import { describe, expect, it } from '@jest/globals';
import type { FeedStatus, Tick } from '@fleet/service-layer';
import { FakeClock } from '@fleet/testkit';
import { FakeMarketData } from '../../test/fake-broker.ts';
import { recordingLog } from '../../test/recording-log.ts';
import { planSlots } from './slot-plan.ts';
import { SlotScheduler } from './slot-scheduler.ts';

function symbols(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(from + index).padStart(6, '0'));
}

function setup(capacity = 40) {
  const clock = new FakeClock();
  const feed = new FakeMarketData();
  feed.now = () => clock.now();
  const ticks: Tick[] = [];
  const statuses: { symbol: string; status: FeedStatus; listeners: string[] }[] = [];
  const scheduler = new SlotScheduler({
    feed,
    audience: {
      onTick: (tick) => ticks.push(tick),
      onStatus: (symbol, status, listeners) =>
        statuses.push({ symbol, status, listeners: [...listeners] }),
    },
    brokerClock: clock,
    log: recordingLog(),
    capacity,
    pollMs: 3_000,
  });
  const stop = new AbortController();
  void scheduler.run(stop.signal);
  const statusOf = (symbol: string): FeedStatus | undefined =>
    statuses.findLast((told) => told.symbol === symbol)?.status;
  return { clock, feed, ticks, statuses, scheduler, statusOf };
}

describe('slot scheduler', () => {
  it('gives held stocks a slot before candidates and polls the rest', async () => {
    const { clock, feed, scheduler, statusOf, ticks } = setup(40);
    scheduler.subscribe('supervisor', symbols(1_000, 60), false);
    await scheduler.settled();
    expect(feed.registered.size).toBe(40);
    scheduler.subscribe('worker', symbols(2_000, 5), true);
    await scheduler.settled();
    expect(feed.registered.size).toBe(40);
    for (const symbol of symbols(2_000, 5)) expect(statusOf(symbol)).toBe('live');
    // The last five candidates gave way; they say so, and then that they are polled.
    expect(statusOf('001039')).toBe('rotatedOut');
    expect(statusOf('001059')).toBe('polled');
    feed.volumes.set('001039', 500);
    await clock.advance(3_000);
    expect(statusOf('001039')).toBe('polled');
    expect(ticks.find(({ symbol }) => symbol === '001039')?.dayVolume).toBe(500);
    expect(feed.polled[0]).toHaveLength(25);
  });

  it('a held stock keeps its slot when more are held than there are slots', async () => {
    const { feed, scheduler, statusOf } = setup(3);
    scheduler.subscribe('a', symbols(1, 3), true);
    await scheduler.settled();
    scheduler.subscribe('b', symbols(10, 2), true);
    await scheduler.settled();
    expect([...feed.registered.keys()]).toEqual(symbols(1, 3));
    expect(statusOf('000010')).toBe('polled');
    scheduler.removeListener('a');
    await scheduler.settled();
    expect([...feed.registered.keys()]).toEqual(symbols(10, 2));
    expect(statusOf('000010')).toBe('live');
  });

  it('registers a symbol once, however many listen, and lets it go with the last', async () => {
    const { feed, scheduler, statuses } = setup();
    scheduler.subscribe('a', ['005930'], true);
    await scheduler.settled();
    scheduler.subscribe('b', ['005930'], true);
    await scheduler.settled();
    expect(feed.registrations).toEqual(['005930']);
    // The second listener alone is told what the first knows already.
    expect(statuses).toEqual([
      { symbol: '005930', status: 'live', listeners: ['a'] },
      { symbol: '005930', status: 'live', listeners: ['b'] },
    ]);
    scheduler.unsubscribe('a', ['005930']);
    await scheduler.settled();
    expect(feed.registered.has('005930')).toBe(true);
    scheduler.unsubscribe('b', ['005930']);
    await scheduler.settled();
    expect(feed.registered.has('005930')).toBe(false);
  });

  it('a quiet stock stays live; one that trades without a tick is stale and registered anew', async () => {
    const { clock, feed, scheduler, statusOf, ticks } = setup();
    scheduler.subscribe('a', ['000020', '000030'], true);
    await scheduler.settled();
    for (const symbol of ['000020', '000030']) {
      feed.tick(symbol, 100);
      feed.volumes.set(symbol, 100);
    }
    await clock.advance(30_000);
    expect(statusOf('000020')).toBe('live');
    feed.volumes.set('000030', 150);
    await clock.advance(3_000);
    expect(statusOf('000020')).toBe('live');
    const told = ticks.findLast(({ symbol }) => symbol === '000030');
    expect(told).toMatchObject({ dayVolume: 150, volume: 50 });
    await scheduler.settled();
    expect(feed.registrations).toEqual(['000020', '000030', '000030']);
    expect(statusOf('000030')).toBe('live');
  });

  it('polls what lost its feed and calls it live with the next tick', async () => {
    const { clock, feed, scheduler, statusOf, ticks } = setup();
    scheduler.subscribe('a', ['000020'], true);
    await scheduler.settled();
    feed.subscribeQuotes = async () => undefined;
    const listener = feed.registered.get('000020');
    listener?.onFeedStatus('000020', 'stale');
    expect(statusOf('000020')).toBe('stale');
    await clock.advance(3_000);
    expect(ticks).toHaveLength(1);
    expect(statusOf('000020')).toBe('stale');
    feed.registered.set('000020', listener!);
    feed.tick('000020', 5);
    expect(statusOf('000020')).toBe('live');
  });

  it('a slot that the broker refuses is polled', async () => {
    const { clock, feed, scheduler, statusOf } = setup(40);
    feed.slotsMax = 1;
    scheduler.subscribe('a', ['000020', '000030'], true);
    await scheduler.settled();
    await clock.advance(3_000);
    expect(statusOf('000020')).toBe('live');
    expect(statusOf('000030')).toBe('polled');
  });

  it('survives polls and registrations that fail', async () => {
    const { clock, feed, scheduler, statusOf } = setup(1);
    feed.isBroken = true;
    scheduler.subscribe('a', ['000020'], true);
    await clock.advance(10_000);
    expect(statusOf('000020')).toBe('stale');
    feed.isBroken = false;
    await clock.advance(40_000);
    expect(statusOf('000020')).toBe('live');
  });
});

describe('candidates', () => {
  it('rotate by value: a clearly better one takes the slot of the worst, and each is told', async () => {
    const { feed, scheduler, statusOf } = setup(3);
    const candidates = symbols(1, 20);
    scheduler.subscribe('supervisor', candidates, false);
    await scheduler.settled();
    expect([...feed.registered.keys()]).toEqual(symbols(1, 3));
    // The next scan: the twelfth has become the best, and the first three lost a place each.
    const best = '000012';
    scheduler.subscribe('supervisor', [best, ...candidates.filter((one) => one !== best)], false);
    await scheduler.settled();
    // A place or two is no reason to change.
    expect([...feed.registered.keys()]).toEqual(symbols(1, 3));
    const others = candidates.filter((one) => one !== best && one !== '000003');
    scheduler.subscribe('supervisor', [best, ...others, '000003'], false);
    await scheduler.settled();
    expect([...feed.registered.keys()].toSorted()).toEqual(['000001', '000002', best]);
    expect(statusOf(best)).toBe('live');
    expect(statusOf('000003')).toBe('rotatedOut');
  });

  it('that are no longer named come behind those that are', async () => {
    const { feed, scheduler } = setup(2);
    scheduler.subscribe('supervisor', symbols(1, 2), false);
    await scheduler.settled();
    scheduler.subscribe('supervisor', symbols(100, 10), false);
    await scheduler.settled();
    expect([...feed.registered.keys()]).toEqual(symbols(100, 2));
  });

  it('never have more slots than there are, and never one that a held stock waits for', async () => {
    const capacity = 5;
    const { clock, feed, scheduler, statusOf } = setup(capacity);
    let state = 11;
    const random = (bound: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * bound);
    };
    const held = new Set<string>();
    for (let step = 0; step < 300; step += 1) {
      const symbol = String(random(12)).padStart(6, '0');
      if (random(3) === 0) {
        scheduler.subscribe('supervisor', symbols(random(12), 1 + random(12)), false);
      } else if (held.has(symbol)) {
        scheduler.unsubscribe('worker', [symbol]);
        held.delete(symbol);
      } else if (held.size < capacity) {
        scheduler.subscribe('worker', [symbol], true);
        held.add(symbol);
      }
      if (random(2) === 0) await scheduler.settled();
      if (random(10) === 0) await clock.advance(1_000);
    }
    await scheduler.settled();
    expect(feed.mostRegistered).toBe(capacity);
    for (const symbol of held) expect(feed.registered.has(symbol)).toBe(true);
    for (const symbol of held) expect(statusOf(symbol)).toBe('live');
  });
});

describe('slot plan', () => {
  it('takes held before candidates, the registered ones first, candidates by their value', () => {
    const wishes = [
      { symbol: 'c3', held: false, rank: 9 },
      { symbol: 'h1', held: true, rank: 0 },
      { symbol: 'c2', held: false, rank: 3 },
      { symbol: 'c1', held: false, rank: 2 },
      { symbol: 'h2', held: true, rank: 0 },
    ];
    const plan = (current: readonly string[], capacity: number) => [
      ...planSlots(wishes, new Set(current), capacity),
    ];
    expect(plan(['h2', 'c2'], 4)).toEqual(['h2', 'h1', 'c2', 'c1']);
    expect(plan(['h2', 'c3'], 3)).toEqual(['h2', 'h1', 'c1']);
    expect(plan([], 1)).toEqual(['h1']);
  });
});
