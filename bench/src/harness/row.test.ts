import { describe, expect, it } from '@jest/globals';
import { percentile } from './percentile.ts';
import { isMet, percentileRows, type Row } from './row.ts';
import { renderTable } from './table.ts';

const row = (change: Partial<Row>): Row => ({
  figure: 'wait',
  unit: 'ms',
  ours: 12,
  yardstick: { name: 'ideal', value: 10 },
  ...change,
});

describe('figures of a bench', () => {
  it('a percentile is a value that was measured', () => {
    const samples = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([0.5, 0.99, 1].map((share) => percentile(samples, share))).toEqual([50, 99, 100]);
    expect(percentile([], 0.5)).toBeNaN();
  });

  it('an aim speaks of the value or of the ratio', () => {
    expect(isMet(row({ aim: { of: 'ratio', atMost: 1.2 } }))).toBe(true);
    expect(isMet(row({ aim: { of: 'ratio', atMost: 1.1 } }))).toBe(false);
    expect(isMet(row({ aim: { of: 'value', atLeast: 13 } }))).toBe(false);
    expect(isMet(row({ yardstick: undefined, aim: { of: 'ratio', atMost: 1 } }))).toBeUndefined();
    expect(isMet(row({ ours: Number.NaN, aim: { of: 'value', atMost: 1 } }))).toBeUndefined();
  });

  it('the table shows each figure beside its yardstick, the ratio, and what is missed', () => {
    const rows = percentileRows({
      figure: 'delay',
      unit: 'ms',
      ours: [1, 2, 30],
      yardstick: { name: 'raw', samples: [1, 2, 10] },
      aims: { p99: { of: 'value', atMost: 10 } },
    });
    const [, p50, p99] = renderTable(rows).split('\n');
    expect(p50?.split(/ {2,}/)).toEqual(['delay p50', '2 ms', '2 ms', 'raw', '1 x']);
    expect(p99?.split(/ {2,}/)).toEqual([
      'delay p99',
      '30 ms',
      '10 ms',
      'raw',
      '3 x',
      '<= 10 ms',
      'MISSED',
    ]);
  });
});
