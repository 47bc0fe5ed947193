import { describe, expect, it } from '@jest/globals';
import { DEFAULT_WATCH_LIMITS } from '@fleet/domain';
import { FakeFleet } from '@fleet/testkit';
import { watchFleet } from './watch-fleet.ts';

const { feedSilentMs, clockSkewMs, databaseLatencyMs } = DEFAULT_WATCH_LIMITS;

async function setUp() {
  const fleet = new FakeFleet();
  const { system, orders, gateway, clock, log, ended } = fleet;
  const deps = { system, orders, gateway, clock, marketClock: clock, log };
  const watching = watchFleet({ ...deps, limits: DEFAULT_WATCH_LIMITS }, ended.signal);
  const told = () => fleet.events.events.filter(({ type }) => type === 'KillConditionEvent');
  const move = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 500) await clock.advance(500);
  };
  const resume = (): void => {
    system.state = { ...system.state, gate: 'OPEN', gateReason: undefined };
  };
  const stop = async (): Promise<void> => {
    ended.abort();
    await watching;
  };
  await move(5_000);
  expect(told()).toEqual([]);
  return { fleet, system, gateway, clock, told, move, resume, stop };
}

describe('DESIGN 9: the feed while something is held', () => {
  it('down for too long it stops buys, told once with its numbers', async () => {
    const { fleet, system, gateway, told, move, stop } = await setUp();
    fleet.addPosition('000001');
    gateway.feedConnected = false;
    await move(feedSilentMs - 5_000);
    expect(system.state.gate).toBe('OPEN');
    await move(10_000);
    expect(system.state).toMatchObject({ gate: 'EXIT_ONLY', gateReason: 'FEED_STALE' });
    await move(60_000);
    expect(told()).toMatchObject([
      {
        level: 'ERROR',
        payload: {
          code: 'FEED_STALE',
          detail: 'FEED_DOWN',
          limit: String(feedSilentMs),
          gate: 'EXIT_ONLY',
        },
      },
    ]);
    await stop();
  });

  it('may be down while nothing is held, and outside of the session', async () => {
    const { fleet, system, gateway, told, move, stop } = await setUp();
    gateway.feedConnected = false;
    await move(2 * feedSilentMs);
    fleet.addPosition('000001');
    system.state = { ...system.state, state: 'CLOSING' };
    await move(2 * feedSilentMs);
    expect(told()).toEqual([]);
    await stop();
  });

  it('a short break is none, and a gateway that does not answer has no feed', async () => {
    const { fleet, system, gateway, told, move, stop } = await setUp();
    fleet.addPosition('000001');
    for (let breaks = 0; breaks < 3; breaks += 1) {
      gateway.feedConnected = false;
      await move(feedSilentMs - 5_000);
      gateway.feedConnected = true;
      await move(3_000);
    }
    expect(told()).toEqual([]);
    gateway.getStatus = () => Promise.reject(new Error('gone'));
    await move(feedSilentMs + 5_000);
    expect(system.state.gate).toBe('EXIT_ONLY');
    await stop();
  });

  it('is never opened by itself; opened by a person over a lasting breach it is closed again', async () => {
    const { fleet, system, gateway, told, move, resume, stop } = await setUp();
    fleet.addPosition('000001');
    gateway.feedConnected = false;
    await move(feedSilentMs + 5_000);
    resume();
    await move(2_000);
    expect(system.state.gate).toBe('EXIT_ONLY');
    expect(told()).toHaveLength(2);
    gateway.feedConnected = true;
    await move(60_000);
    expect(system.state.gate).toBe('EXIT_ONLY');
    resume();
    await move(60_000);
    expect(system.state.gate).toBe('OPEN');
    expect(told()).toHaveLength(2);
    await stop();
  });

  it('leaves a narrower gate as it is', async () => {
    const { fleet, system, gateway, told, move, stop } = await setUp();
    system.state = { ...system.state, gate: 'OBSERVE', gateReason: 'WRONG_ACCOUNT' };
    fleet.addPosition('000001');
    gateway.feedConnected = false;
    await move(feedSilentMs + 5_000);
    expect(system.state).toMatchObject({ gate: 'OBSERVE', gateReason: 'WRONG_ACCOUNT' });
    expect(told()).toHaveLength(1);
    await stop();
  });
});

describe('DESIGN 9: the database', () => {
  it.each([1, -1])('its clock apart from this host’s (%d) stops buys', async (direction) => {
    const { system, clock, told, move, stop } = await setUp();
    system.databaseClock = () => clock.now() + direction * (clockSkewMs - 100);
    await move(10_000);
    expect(told()).toEqual([]);
    system.databaseClock = () => clock.now() + direction * (clockSkewMs + 500);
    await move(10_000);
    expect(system.state).toMatchObject({ gate: 'EXIT_ONLY', gateReason: 'CLOCK_SKEW' });
    expect(told()).toMatchObject([
      { payload: { code: 'CLOCK_SKEW', detail: 'DATABASE_CLOCK', actual: '3500' } },
    ]);
    await stop();
  });

  it('slow once is the machine, slow three times in a row stops buys', async () => {
    const { system, clock, told, move, stop } = await setUp();
    const slow = async (): Promise<number> => {
      await clock.sleep(databaseLatencyMs + 1_000);
      return clock.now();
    };
    const quick = system.readDatabaseClock.bind(system);
    system.readDatabaseClock = slow;
    await move(4_500);
    system.readDatabaseClock = quick;
    await move(10_000);
    expect(told()).toEqual([]);
    system.readDatabaseClock = slow;
    await move(20_000);
    expect(system.state).toMatchObject({ gate: 'EXIT_ONLY', gateReason: 'DATABASE_SLOW' });
    expect(told()).toMatchObject([{ payload: { detail: 'ROUND_TRIP', actual: '3000' } }]);
    await stop();
  });

  it('one that cannot be told now is told at the next look', async () => {
    const { system, clock, told, move, stop } = await setUp();
    system.databaseClock = () => clock.now() + 60_000;
    system.failures.next('tripKill', 2);
    await move(4_500);
    expect(told()).toEqual([]);
    await move(5_000);
    expect(told()).toHaveLength(1);
    await stop();
  });
});
