import { describe, expect, it } from '@jest/globals';
import { won, WorkerTerminationError } from '@fleet/domain';
import { aProcess, FakeFleet } from '@fleet/testkit';
import { WorkerLifecycle } from './worker-lifecycle.ts';

const WORKER = { process: aProcess(), capitalLimit: won('1000000'), strategyName: 's' };

function setUp() {
  const fleet = new FakeFleet();
  const { workers, system, clock, lag, log } = fleet;
  const board = { unrealizedPnl: undefined, lastEvent: undefined };
  const workerId = 'me';
  const deps = { workerId, workers, system, clock, marketClock: clock, lag, board, log };
  const lifecycle = new WorkerLifecycle(deps);
  const stop = new AbortController();
  const told: string[] = [];
  const beat = () =>
    lifecycle.keepBeating(stop.signal, {
      stop: () => told.push('stop'),
      exited: () => told.push('exited'),
    });
  const row = () => workers.rows.get(workerId);
  return { fleet, lifecycle, board, beat, stop, told, row };
}

describe('SC-001: a worker starts', () => {
  it('SC-001: is registered as IDLE, told of, and goes to SCAN', async () => {
    const { fleet, lifecycle, row } = setUp();
    expect(() => lifecycle.systemNow()).toThrow(WorkerTerminationError);
    await lifecycle.register(WORKER);
    expect(row()).toMatchObject({ status: 'IDLE', capitalLimit: WORKER.capitalLimit });
    expect(fleet.events.types()).toEqual(['WorkerStartedEvent']);
    expect(lifecycle.systemNow().state).toBe('TRADING');
    await lifecycle.startScanning();
    expect(row()?.status).toBe('SCAN');
    expect(fleet.events.types()).toEqual(['WorkerStartedEvent', 'WorkerStateChangedEvent']);
  });

  it('does not start when it was ended meanwhile', async () => {
    const { lifecycle } = setUp();
    await lifecycle.register(WORKER);
    expect(await lifecycle.end('IDLE', 'test')).toBe(true);
    await expect(lifecycle.startScanning()).rejects.toThrow(WorkerTerminationError);
    expect(await lifecycle.end('IDLE', 'again')).toBe(false);
  });
});

describe('the heartbeat', () => {
  it('shows what the worker does, and reads how the system is', async () => {
    const { fleet, lifecycle, board, beat, stop, told, row } = setUp();
    await lifecycle.register(WORKER);
    const beating = beat();
    Object.assign(board, { unrealizedPnl: won('-5'), lastEvent: 'MonitoringEvent' });
    fleet.system.state = { ...fleet.system.state, gate: 'EXIT_ONLY' };
    await fleet.clock.advance(1_000);
    expect(row()).toMatchObject({ lastEvent: 'MonitoringEvent' });
    expect(lifecycle.systemNow().gate).toBe('EXIT_ONLY');
    expect(fleet.lag.lags).toEqual([0, 0]);
    expect(told).toEqual([]);
    stop.abort();
    await beating;
  });

  it('tells of a wish to stop, and of being reaped', async () => {
    const { fleet, lifecycle, beat, stop, told } = setUp();
    await lifecycle.register(WORKER);
    const beating = beat();
    await fleet.workers.requestStop(['me']);
    await fleet.clock.advance(500);
    expect(told).toEqual(['stop']);
    fleet.workers.rows.delete('me');
    // The answer counts, even when the system cannot be read.
    fleet.system.failures.next('read');
    await fleet.clock.advance(500);
    expect(told).toEqual(['stop', 'exited']);
    stop.abort();
    await beating;
  });

  it('goes on after a failure', async () => {
    const { fleet, lifecycle, beat, stop, told } = setUp();
    await lifecycle.register(WORKER);
    const beating = beat();
    fleet.workers.failures.next('heartbeat', 2);
    await fleet.clock.advance(1_000);
    await fleet.workers.requestStop(['me']);
    await fleet.clock.advance(500);
    expect(told).toEqual(['stop']);
    stop.abort();
    await beating;
  });
});
