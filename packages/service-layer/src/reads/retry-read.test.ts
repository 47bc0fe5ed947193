import { describe, expect, it } from '@jest/globals';
import { FakeClock, RecordingLog } from '@fleet/testkit';
import { BrokerError } from '../ports/broker.ts';
import { retryRead } from './retry-read.ts';

function setUp(failures: number, error: Error = new BrokerError('TIMEOUT', 'slow')) {
  const marketClock = new FakeClock(0);
  const askedAt: number[] = [];
  const read = async (): Promise<string> => {
    askedAt.push(marketClock.now());
    if (askedAt.length <= failures) throw error;
    return 'answer';
  };
  const stop = new AbortController();
  const work = retryRead({ marketClock, log: new RecordingLog() }, 'x', read, stop.signal);
  work.catch(() => undefined);
  return { marketClock, askedAt, work, stop };
}

describe('EC-001: reads that fail', () => {
  it('are tried three times more, each after twice the pause', async () => {
    const { marketClock, askedAt, work } = setUp(3);
    await marketClock.advance(60_000);
    expect(await work).toBe('answer');
    expect(askedAt).toEqual([0, 500, 1_500, 3_500]);
  });

  it('fail with the last error after that', async () => {
    const { marketClock, askedAt, work } = setUp(4);
    await marketClock.advance(60_000);
    await expect(work).rejects.toThrow('slow');
    expect(askedAt).toHaveLength(4);
  });

  it.each([new BrokerError('REFUSED', 'no'), new Error('a defect')])(
    'are not repeated after %s',
    async (error) => {
      const { askedAt, work } = setUp(1, error);
      await expect(work).rejects.toThrow(error);
      expect(askedAt).toHaveLength(1);
    },
  );

  it('stop with the signal', async () => {
    const { marketClock, askedAt, work, stop } = setUp(9);
    await marketClock.advance(100);
    stop.abort(new Error('stop'));
    await expect(work).rejects.toThrow('stop');
    expect(askedAt).toHaveLength(1);
  });
});
