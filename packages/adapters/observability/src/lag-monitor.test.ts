import { describe, expect, it } from '@jest/globals';
import { LagMonitor } from './lag-monitor.ts';

describe('LagMonitor', () => {
  it('gives percentiles in milliseconds and counts what was skipped', () => {
    const lag = new LagMonitor();
    for (let i = 1; i <= 99; i += 1) lag.record(1);
    lag.recordSkipped(500);
    const figures = lag.figures();
    expect(figures.count).toBe(100);
    expect(figures.skipped).toBe(1);
    expect(figures.p50Ms).toBeCloseTo(1, 2);
    expect(figures.maxMs).toBeGreaterThan(490);
  });

  it('adds up over restarts of a process', () => {
    const before = new LagMonitor();
    before.record(10);
    const after = new LagMonitor();
    const { encoded, skipped } = before.encode();
    after.add(encoded, skipped);
    after.record(20);
    expect(after.figures().count).toBe(2);
    expect(after.figures().maxMs).toBeGreaterThan(19);
  });

  it('is empty without records', () => {
    expect(new LagMonitor().figures()).toEqual({
      count: 0,
      skipped: 0,
      p50Ms: 0,
      p99Ms: 0,
      maxMs: 0,
    });
  });
});
