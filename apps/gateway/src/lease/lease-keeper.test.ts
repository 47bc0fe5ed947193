import { describe, expect, it } from '@jest/globals';
import type { ProcessIdentity } from '@fleet/service-layer';
import { FakeClock } from '@fleet/testkit';
import { LeaseKeeper } from './lease-keeper.ts';
import { FakeLeases } from '../../test/fake-stores.ts';
import { recordingLog } from '../../test/recording-log.ts';

const MYSELF: ProcessIdentity = { pid: 1, hostId: 'h', bootId: 'b', startedAt: '1' };
const OTHER: ProcessIdentity = { pid: 2, hostId: 'h', bootId: 'b', startedAt: '2' };

function setup(otherIs: 'alive' | 'dead' | 'unknown' = 'alive') {
  const clock = new FakeClock();
  const leases = new FakeLeases(clock);
  const keeper = new LeaseKeeper({
    name: 'gateway',
    leases,
    clock,
    log: recordingLog(),
    holder: 'me',
    process: MYSELF,
    judgeProcess: () => otherIs,
    ttlMs: 15_000,
    renewMs: 3_000,
    marginMs: 4_000,
  });
  const hold = (): Promise<unknown> =>
    leases.acquire({ name: 'gateway', holder: 'other', process: OTHER, ttlMs: 15_000 });
  return { clock, leases, keeper, hold };
}

describe('gateway lease', () => {
  it('waits while a living holder has it, and takes it when that has expired', async () => {
    const { clock, keeper, hold } = setup('alive');
    await hold();
    let taken = false;
    void keeper.take(new AbortController().signal).then(() => (taken = true));
    await clock.advance(14_900);
    expect(taken).toBe(false);
    await clock.advance(500);
    expect(taken).toBe(true);
    expect(keeper.term).toBe(2);
  });

  it('passes over a holder whose death is proved, at once', async () => {
    const { keeper, hold } = setup('dead');
    await hold();
    await keeper.take(new AbortController().signal);
    expect(keeper.isTrusted()).toBe(true);
  });

  it('is kept by renewals and given back', async () => {
    const { clock, leases, keeper } = setup();
    await keeper.take(new AbortController().signal);
    const stop = new AbortController();
    const kept = keeper.keep(stop.signal);
    await clock.advance(60_000);
    expect(keeper.isTrusted()).toBe(true);
    stop.abort();
    expect(await kept).toBe('stopped');
    await keeper.release();
    expect(leases.row).toBeUndefined();
    expect(keeper.isTrusted()).toBe(false);
  });

  it('is lost when another has taken it', async () => {
    const { clock, leases, keeper } = setup();
    await keeper.take(new AbortController().signal);
    const kept = keeper.keep(new AbortController().signal);
    leases.row = {
      lease: { name: 'gateway', holder: 'other', term: 9 },
      process: OTHER,
      expiresAt: clock.now() + 99_999,
    };
    await clock.advance(3_000);
    expect(await kept).toBe('lost');
  });

  it.each(['fail', 'hang'] as const)(
    'is lost when the trust window ends while renewals %s, not before',
    async (renewals) => {
      const { clock, leases, keeper } = setup();
      await keeper.take(new AbortController().signal);
      leases.renewals = renewals;
      let result: string | undefined;
      void keeper.keep(new AbortController().signal).then((how) => (result = how));
      await clock.advance(10_900);
      expect(result).toBeUndefined();
      await clock.advance(700);
      expect(result).toBe('lost');
      expect(keeper.isTrusted()).toBe(false);
    },
  );

  it('is not trusted after a suspend, although the monotonic clock stood still', async () => {
    const { clock, keeper } = setup();
    await keeper.take(new AbortController().signal);
    clock.suspend(20_000);
    expect(keeper.isTrusted()).toBe(false);
  });
});
