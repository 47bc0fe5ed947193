import { describe, expect, it } from '@jest/globals';
import { DEFAULT_WATCH_LIMITS, price } from '@fleet/domain';
import { FakeFleet } from '@fleet/testkit';
import { BrokerError } from '../ports/broker.ts';
import { holdPosition } from './hold-position.ts';

const SYMBOL = '000001';
const { feedSilentMs } = DEFAULT_WATCH_LIMITS;

/** A worker that holds a stock which nothing says to sell. */
async function setUp() {
  const fleet = new FakeFleet();
  const ctx = fleet.makeWorker();
  fleet.addPosition(SYMBOL, 10);
  await ctx.lockKeeper.acquire(SYMBOL, 'ADOPTION');
  void holdPosition(ctx, fleet.makeDay(), SYMBOL, fleet.ended.signal).catch(() => undefined);
  await fleet.clock.advance(0);
  const told = () => fleet.events.events.filter(({ type }) => type === 'KillConditionEvent');
  const move = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 1_000) await fleet.clock.advance(1_000);
  };
  return { fleet, ctx, told, move };
}

describe('DESIGN 9: a held stock of which nothing timely is heard', () => {
  it('neither trade nor poll for too long: buys stop, told once by its holder', async () => {
    const { fleet, ctx, told, move } = await setUp();
    fleet.marketData.failures.next('getQuotes', 1_000, () => new BrokerError('TIMEOUT', 'slow'));
    await move(feedSilentMs - 5_000);
    expect(fleet.system.state.gate).toBe('OPEN');
    await move(60_000);
    expect(fleet.system.state).toMatchObject({ gate: 'EXIT_ONLY', gateReason: 'FEED_STALE' });
    expect(told()).toMatchObject([
      { workerId: ctx.workerId, symbol: SYMBOL, payload: { detail: 'NOTHING_HEARD' } },
    ]);
  });

  it('polls that are answered are enough', async () => {
    const { fleet, told, move } = await setUp();
    await move(5 * 60_000);
    expect(told()).toEqual([]);
    expect(fleet.system.state.gate).toBe('OPEN');
  });

  it.each([-60_000, 60_000])(
    'trades whose time is %d ms from ours: the clocks, or the feed, are wrong',
    async (offsetMs) => {
      const { fleet, told, move } = await setUp();
      for (let nth = 0; nth < feedSilentMs / 1_000 + 15; nth += 1) {
        fleet.marketData.tick(SYMBOL, fleet.clock.now() + offsetMs, price(10_000));
        await move(1_000);
      }
      expect(fleet.system.state.gate).toBe('EXIT_ONLY');
      expect(told().map(({ payload }) => payload?.['code'])).toEqual(['FEED_STALE', 'CLOCK_SKEW']);
      expect(told()[1]?.payload).toMatchObject({ detail: 'TRADE_TIME', actual: '60000' });
    },
  );

  it('a burst of late trades after a pause is none', async () => {
    const { fleet, told, move } = await setUp();
    for (let nth = 0; nth < 30; nth += 1) {
      fleet.marketData.tick(SYMBOL, fleet.clock.now() - 20_000, price(10_000));
    }
    await move(20_000);
    for (let nth = 0; nth < 60; nth += 1) {
      fleet.marketData.tick(SYMBOL, fleet.clock.now() - 900, price(10_000));
      await move(1_000);
    }
    expect(told()).toEqual([]);
  });
});
