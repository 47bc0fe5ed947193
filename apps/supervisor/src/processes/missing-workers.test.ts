import { describe, expect, it } from '@jest/globals';
import { missingWorkers, type WishedWorkers } from './missing-workers.ts';

const SHARES = [
  { name: 'momentum-breakout', workers: 2 },
  { name: 'pullback-rebound', workers: 1 },
];
const strategyName = 'momentum-breakout';
const shared: WishedWorkers = { wanted: 3, strategies: SHARES, strategyName };
const plain: WishedWorkers = { wanted: 3, strategies: undefined, strategyName };

const start = (living: readonly string[], wish: WishedWorkers) =>
  missingWorkers(living, wish, 8).map(({ strategy }) => strategy);

describe('which workers are missing', () => {
  it('all of them at the start, each with a backoff of its own', () => {
    const missing = missingWorkers([], shared, 8);
    expect(missing.map(({ strategy }) => strategy)).toEqual([
      'momentum-breakout',
      'momentum-breakout',
      'pullback-rebound',
    ]);
    expect(new Set(missing.map(({ slot }) => slot)).size).toBe(3);
    expect(start([], plain)).toEqual([undefined, undefined, undefined]);
  });

  it('only the dead one of several', () => {
    const living = ['worker-momentum-breakout-0000000a', 'worker-pullback-rebound-0000000b'];
    expect(start(living, shared)).toEqual(['momentum-breakout']);
    expect(start(['worker-0000000a', 'worker-0000000b'], plain)).toEqual([undefined]);
  });

  it('counts workers that a predecessor started without strategies: they run STRATEGY', () => {
    const living = ['worker-0000000a', 'worker-0000000b', 'worker-0000000c'];
    expect(start(living, shared)).toEqual(['pullback-rebound']);
    const other = { ...shared, strategyName: 'pullback-rebound' };
    expect(start(living, other)).toEqual(['momentum-breakout', 'momentum-breakout']);
  });

  it('counts workers that a predecessor started with strategies', () => {
    const living = ['worker-momentum-breakout-0000000a', 'worker-pullback-rebound-0000000b'];
    expect(start(living, plain)).toEqual([undefined]);
  });

  it('starts more than was asked for when orphans wait, and none when none is wanted', () => {
    const living = [
      'worker-momentum-breakout-0000000a',
      'worker-momentum-breakout-0000000b',
      'worker-pullback-rebound-0000000c',
    ];
    expect(start(living, { ...shared, wanted: 4 })).toEqual(['momentum-breakout']);
    expect(start([], { ...shared, wanted: 0 })).toEqual([]);
  });
});
