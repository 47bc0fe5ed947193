import { describe, expect, it } from '@jest/globals';
import { PROMISES, type Promised, search } from './search.ts';
import { A_HOLDS, ALL_GUARDS, type Guards, NOBODY, type State, TIMING } from './state.ts';

interface Case {
  readonly start?: State;
  readonly ordersMax?: number;
  readonly onlyByExpiry?: boolean;
  readonly off?: readonly (keyof Guards)[];
  readonly promise?: Promised;
}

function searched({
  start = NOBODY,
  ordersMax = 2,
  onlyByExpiry = false,
  off = [],
  promise,
}: Case) {
  const guards = { ...ALL_GUARDS, ...Object.fromEntries(off.map((guard) => [guard, false])) };
  const rules = { guards, timing: TIMING, ordersMax, grantsMax: 2, onlyByExpiry };
  return search(
    start,
    rules,
    PROMISES.filter(({ name }) => !promise || name === promise),
  );
}

/**
 * Every interleaving of two workers, one stock and one gateway with lost answers, lost packets, pauses
 * of any length and deaths anywhere: the promises hold with all guards, and each guard is needed.
 */
describe('the protocol of locks and orders, searched whole', () => {
  it.each([
    ['from a free stock', { start: NOBODY }],
    ['from a held position', { start: A_HOLDS, ordersMax: 3 }],
  ])('keeps every promise %s (SC-009, SC-010)', (_name, given) => {
    const { violation, states } = searched(given);

    expect(violation).toBeUndefined();
    // An empty search would keep them too.
    expect(states).toBeGreaterThan(5_000);
  });

  // One guard off is enough: nothing else stands in its way.
  const ALONE: readonly (readonly [keyof Guards, Promised, Case])[] = [
    ['fenceAtIntent', 'no order is stored but by the owner', {}],
    ['fenceAtMark', 'no order arrives after a higher fence was granted', {}],
    ['departure', 'no order arrives after a higher fence was granted', {}],
    ['lastLook', 'no order that arrived is given up', {}],
    ['orphanMark', 'no stock is bought or sold twice', {}],
    ['sellOnce', 'no stock is bought or sold twice', { start: A_HOLDS, ordersMax: 3 }],
    ['fillOnce', 'no fill is booked twice', {}],
  ];
  it.each(ALONE)('breaks without %s: %s', (guard, promise, given) => {
    expect(searched({ ...given, off: [guard] }).violation?.promise).toBe(promise);
  });

  // These stand behind others. With the others off, it is this one that keeps the promise.
  const BEHIND: readonly (readonly [keyof Guards, Promised, Case])[] = [
    [
      'trustWindow',
      'no order arrives after a higher fence was granted',
      { onlyByExpiry: true, off: ['fenceAtMark', 'fenceAtIntent', 'departure'] },
    ],
    [
      'grace',
      'no order arrives after a higher fence was granted',
      { onlyByExpiry: true, off: ['departure', 'trustWindow'] },
    ],
    [
      'openQuestion',
      'no stock has two open questions',
      { start: A_HOLDS, ordersMax: 3, off: ['sellOnce'] },
    ],
    [
      'highestFence',
      'no order arrives after one of a higher fence',
      {
        start: A_HOLDS,
        ordersMax: 3,
        off: ['fenceAtMark', 'trustWindow', 'departure', 'sellOnce'],
      },
    ],
  ];
  it.each(BEHIND)('without those before it, %s alone keeps "%s"', (guard, promise, given) => {
    const off = given.off ?? [];

    expect(searched({ ...given, promise }).violation).toBeUndefined();
    expect(searched({ ...given, promise, off: [...off, guard] }).violation).toBeDefined();
  });
});
