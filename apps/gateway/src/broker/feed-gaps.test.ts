import { describe, expect, it } from '@jest/globals';
import type { FleetEvent, ReconcileResult } from '@fleet/service-layer';
import { FakeClock } from '@fleet/testkit';
import { recordingLog } from '../../test/recording-log.ts';
import { FeedGaps } from './feed-gaps.ts';

function setup(reconcile: () => Promise<ReconcileResult>) {
  const clock = new FakeClock();
  const marked: FleetEvent[] = [];
  const steps: string[] = [];
  const gaps = new FeedGaps({
    reconcile: async () => {
      steps.push('reconciled');
      return await reconcile();
    },
    events: {
      append: async (events) => {
        steps.push('marked');
        marked.push(...events);
      },
    },
    marketClock: clock,
    log: recordingLog(),
  });
  return { clock, marked, steps, gaps };
}

describe('a gap of the feed', () => {
  it('is reconciled, then marked from the first loss to the return, with what the list knew more', async () => {
    const { clock, marked, steps, gaps } = setup(async () => ({ orders: 4, mismatches: 1 }));
    const lostAt = clock.now();
    gaps.lost('1006');
    await clock.advance(5_000);
    gaps.lost('OPSP8996');
    await clock.advance(30_000);
    await gaps.regained();
    expect(steps).toEqual(['reconciled', 'marked']);
    const regainedAt = lostAt + 35_000;
    const payload = { reason: '1006', lostAt, regainedAt, orders: 4, mismatches: 1 };
    expect(marked).toEqual([
      { type: 'FeedGapEvent', level: 'WARN', marketAt: regainedAt, payload },
    ]);
  });

  it('without a difference is only information, and a return without a loss is none', async () => {
    const { marked, gaps } = setup(async () => ({ orders: 2, mismatches: 0 }));
    await gaps.regained();
    gaps.lost('1006');
    await gaps.regained();
    await gaps.regained();
    expect(marked.map(({ level }) => level)).toEqual(['INFO']);
  });

  it('is marked as not reconciled when the list cannot be read', async () => {
    const { marked, gaps } = setup(async () => {
      throw new Error('no list');
    });
    gaps.lost('1006');
    await gaps.regained();
    expect(marked).toMatchObject([{ level: 'WARN', payload: { reason: '1006' } }]);
    expect(marked[0]?.payload).not.toHaveProperty('orders');
  });
});
