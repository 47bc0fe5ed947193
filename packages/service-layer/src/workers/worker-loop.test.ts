import { describe, expect, it } from '@jest/globals';
import { InvariantViolation, WorkerTerminationError } from '@fleet/domain';
import { kstInstant } from '@fleet/krx';
import { anOrder, aSellSignal, FakeFleet, ScriptedStrategy, TEST_DATE } from '@fleet/testkit';
import type { WorkerContext } from './worker-context.ts';
import { WorkerLoop } from './worker-loop.ts';

const SYMBOL = '000001';
const MINUTE_MS = 60_000;

function setUp(at = '10:00:00') {
  const fleet = new FakeFleet(kstInstant(TEST_DATE, at));
  const ctx = fleet.makeWorker();
  const stop = new AbortController();
  const loop = new WorkerLoop(ctx, fleet.makeDay());
  const running = loop.run(stop.signal);
  const failure = running.then(
    () => undefined,
    (error: unknown) => error,
  );
  const move = async (ms: number, stepMs = 1_000): Promise<void> => {
    for (let passed = 0; passed < ms; passed += stepMs) await fleet.clock.advance(stepMs);
  };
  const end = async (): Promise<unknown> => {
    stop.abort(new Error('stop'));
    await move(1_000);
    return await failure;
  };
  return { fleet, ctx, loop, stop, failure, move, end };
}

const rowOf = (fleet: FakeFleet, ctx: WorkerContext) => fleet.workers.rows.get(ctx.workerId);
const states = (fleet: FakeFleet): readonly unknown[] =>
  fleet.events.events
    .filter(({ type }) => type === 'WorkerStateChangedEvent')
    .map(({ payload }) => payload?.['to']);

describe('a worker’s round', () => {
  it('SC-005, SC-007: buys, holds, sells, releases and scans again', async () => {
    const { fleet, ctx, loop, move, end } = setUp();
    fleet.addSignals(SYMBOL);
    await move(10_000);
    expect(rowOf(fleet, ctx)).toMatchObject({ status: 'HOLD', currentSymbol: SYMBOL });
    expect(loop.state).toBe('HOLD');
    fleet.strategy.sell = () => aSellSignal();
    fleet.trading.candidates.length = 0;
    await move(10_000);
    expect(rowOf(fleet, ctx)).toMatchObject({ status: 'SCAN', currentSymbol: undefined });
    expect(fleet.locks.locks.size).toBe(0);
    expect(fleet.orders.isBusy(SYMBOL)).toBe(false);
    expect(fleet.events.types(SYMBOL)).toEqual([
      'LockAcquiredEvent',
      'OrderCreatedEvent',
      'OrderSentEvent',
      'PositionEnteredEvent',
      'OrderFilledEvent',
      'WorkerStateChangedEvent',
      'MonitoringEvent',
      'OrderCreatedEvent',
      'OrderSentEvent',
      'PositionExitedEvent',
      'OrderFilledEvent',
      'LockReleasedEvent',
    ]);
    expect(states(fleet)).toEqual(['HOLD', 'SCAN']);
    await end();
  });

  it('SC-004: two workers and one signal make one position', async () => {
    const { fleet, move, end } = setUp();
    const other = new WorkerLoop(fleet.makeWorker(), fleet.makeDay());
    const stop = new AbortController();
    const running = other.run(stop.signal);
    fleet.addSignals(SYMBOL);
    await move(20_000);
    expect(fleet.gateway.sent).toHaveLength(1);
    expect(states(fleet)).toEqual(['HOLD']);
    stop.abort(new Error('stop'));
    await end();
    await running;
  });

  it('EC-002: a rejected buy releases the lock, and other stocks are tried', async () => {
    const { fleet, ctx, move, end } = setUp();
    fleet.addSignals(SYMBOL, '000002');
    fleet.gateway.react = ({ symbol }) =>
      symbol === SYMBOL ? { kind: 'rejected', code: 'APBK0952' } : { kind: 'fill' };
    await move(20_000);
    expect(fleet.events.types(SYMBOL)).toContain('OrderRejectedEvent');
    expect(fleet.locks.locks.has(SYMBOL)).toBe(false);
    expect(rowOf(fleet, ctx)).toMatchObject({ status: 'HOLD', currentSymbol: '000002' });
    await end();
  });

  it('EC-001: a failed cycle keeps SCAN, and the next poll goes on', async () => {
    const { fleet, ctx, loop, move, end } = setUp();
    fleet.trading.failures.next('getSignals', 3);
    fleet.addSignals(SYMBOL);
    await move(15_000);
    expect(loop.state).toBe('SCAN');
    await move(15_000);
    expect(rowOf(fleet, ctx)?.status).toBe('HOLD');
    await end();
  });

  it('EC-004: after a refusal that every stock would meet it rests, then tries again', async () => {
    const { fleet, move, end } = setUp();
    fleet.orders.denyBuys = 'POSITION_COUNT';
    fleet.addSignals('000001', '000002', '000003');
    await move(40_000);
    expect(fleet.trading.entrySignals).toHaveLength(1);
    expect(fleet.locks.locks.size).toBe(0);
    fleet.orders.denyBuys = undefined;
    await move(40_000);
    expect(fleet.trading.entrySignals).toHaveLength(2);
    expect(states(fleet)).toEqual(['HOLD']);
    await end();
  });

  it.each([
    ['before the session', { state: 'READY' } as const],
    ['with the gate closed', { gate: 'EXIT_ONLY' } as const],
    ['observing', { gate: 'OBSERVE' } as const],
  ])('buys nothing %s', async (_when, change) => {
    const { fleet, move, end } = setUp();
    fleet.system.state = { ...fleet.system.state, ...change };
    fleet.addSignals(SYMBOL);
    await move(30_000);
    expect(fleet.orders.all()).toEqual([]);
    expect(fleet.locks.locks.size).toBe(0);
    await end();
  });
});

describe('what others left behind', () => {
  it('SC-009: adopts an orphan before it looks for candidates', async () => {
    const { fleet, ctx, move, end } = setUp();
    fleet.addSignals('000002');
    fleet.addPosition(SYMBOL);
    await move(6_000);
    expect(rowOf(fleet, ctx)).toMatchObject({ status: 'HOLD', currentSymbol: SYMBOL });
    expect(fleet.locks.locks.get(SYMBOL)?.workerId).toBe(ctx.workerId);
    expect(fleet.locks.locks.has('000002')).toBe(false);
    await end();
  });

  it.each([
    ['the strategy that bought it', 'other-strategy', 'SCAN'],
    ['its own where that one is not known', 'retired-strategy', 'HOLD'],
  ])('watches an adopted position by %s', async (_whose, bought, status) => {
    const fleet = new FakeFleet(kstInstant(TEST_DATE, '10:00:00'));
    const ctx = fleet.makeWorker();
    const other = Object.assign(new ScriptedStrategy(), { name: 'other-strategy' });
    other.sell = () => aSellSignal();
    const stop = new AbortController();
    const loop = new WorkerLoop(ctx, fleet.makeDay(), [fleet.makeDay(other)]);
    const running = loop.run(stop.signal);
    fleet.addPosition(SYMBOL);
    const position = fleet.orders.positions.get(SYMBOL);
    if (!position) throw new Error('no position');
    fleet.orders.positions.set(SYMBOL, { ...position, strategyName: bought });
    for (let passed = 0; passed < 20; passed += 1) await fleet.clock.advance(1_000);
    expect(rowOf(fleet, ctx)?.status).toBe(status);
    stop.abort(new Error('stop'));
    await fleet.clock.advance(1_000);
    await running;
  });

  it('brings an orphan’s orders to their end first: what never left is dropped', async () => {
    const { fleet, move, end } = setUp();
    fleet.addStock(SYMBOL);
    const left = anOrder({ symbol: SYMBOL });
    fleet.orders.put(left);
    await move(10_000);
    expect(fleet.orders.row(left.orderId).endReason).toBe('NOT_SENT');
    expect(fleet.locks.locks.has(SYMBOL)).toBe(false);
    await end();
  });

  it('cancels an inherited order, past a cancel that its dead owner never sent', async () => {
    const { fleet, move, end } = setUp();
    fleet.addStock(SYMBOL);
    const dead = fleet.makeWorker({ workerId: 'dead' });
    const claim = await dead.lockKeeper.acquire(SYMBOL, 'ENTRY');
    const fence = claim.granted ? claim.fence : 0;
    fleet.gateway.react = () => ({ kind: 'fill', shares: 0 });
    const order = anOrder({ symbol: SYMBOL, workerId: 'dead', fence });
    fleet.orders.put(order);
    await fleet.gateway.placeOrder({ ...order, original: undefined });
    const cancel = anOrder({
      symbol: SYMBOL,
      workerId: 'dead',
      fence,
      request: 'CANCEL',
      parentOrderId: order.orderId,
    });
    fleet.orders.put(cancel);
    await fleet.locks.reapDeadWorker({ workerId: 'dead' });
    await move(30_000);
    expect(fleet.orders.row(cancel.orderId).endReason).toBe('NOT_SENT');
    expect(fleet.orders.row(order.orderId).status).toBe('CANCELED');
    expect(fleet.orders.isBusy(SYMBOL)).toBe(false);
    await end();
  });

  it('keeps an order that nobody can judge yet from being doubled', async () => {
    const { fleet, move, end } = setUp();
    fleet.addSignals(SYMBOL);
    fleet.gateway.react = () => ({ kind: 'unknown', arrives: false });
    await move(40 * MINUTE_MS, 5_000);
    expect(fleet.gateway.sent).toHaveLength(1);
    const [order] = fleet.orders.openOf(SYMBOL);
    const ending = { orderId: order?.orderId ?? '', detail: '', marketAt: fleet.clock.now() };
    await fleet.orders.endOrder({ ...ending, status: 'REJECTED', reason: 'NEVER_ARRIVED' });
    await move(MINUTE_MS);
    expect(fleet.locks.locks.has(SYMBOL)).toBe(false);
    await end();
  });

  it('leaves a frozen stock to a person, and goes on with others', async () => {
    const { fleet, ctx, move, end } = setUp();
    fleet.addSignals(SYMBOL);
    fleet.gateway.react = ({ symbol }) =>
      symbol === SYMBOL ? { kind: 'unknown', arrives: true } : { kind: 'fill' };
    await move(10_000);
    fleet.locks.frozen.add(SYMBOL);
    await move(25 * MINUTE_MS, 5_000);
    expect(fleet.locks.locks.has(SYMBOL)).toBe(false);
    fleet.addSignals('000002');
    await move(20_000);
    expect(rowOf(fleet, ctx)).toMatchObject({ status: 'HOLD', currentSymbol: '000002' });
    expect(fleet.gateway.sent.filter(({ symbol }) => symbol === SYMBOL)).toHaveLength(1);
    await end();
  });

  it('leaves what could not be sold alone once the day is over', async () => {
    const { fleet, ctx, move, end } = setUp('15:14:00');
    fleet.addPosition(SYMBOL);
    fleet.gateway.react = () => ({ kind: 'rejected', code: 'HALTED' });
    await move(25 * MINUTE_MS);
    expect(rowOf(fleet, ctx)?.status).toBe('SCAN');
    expect(fleet.locks.locks.size).toBe(0);
    const claims = fleet.events.types(SYMBOL).filter((type) => type === 'LockAcquiredEvent');
    expect(claims).toHaveLength(1);
    await end();
  });
});

describe('accidents between two steps', () => {
  it('a lock whose release failed is released at the next poll', async () => {
    const { fleet, ctx, loop, move, end } = setUp();
    fleet.addSignals(SYMBOL);
    await move(10_000);
    fleet.locks.failures.next('release');
    fleet.strategy.sell = () => aSellSignal();
    await move(5_000);
    expect(fleet.orders.isBusy(SYMBOL)).toBe(false);
    await move(15_000);
    expect(fleet.locks.locks.size).toBe(0);
    expect(loop.state).toBe('SCAN');
    expect(rowOf(fleet, ctx)?.status).toBe('SCAN');
    await end();
  });

  it('a position whose state change failed is held at the next poll', async () => {
    const { fleet, ctx, move, end } = setUp();
    fleet.addSignals(SYMBOL);
    fleet.workers.failures.next('changeState');
    await move(20_000);
    expect(fleet.gateway.sent).toHaveLength(1);
    expect(rowOf(fleet, ctx)).toMatchObject({ status: 'HOLD', currentSymbol: SYMBOL });
    await end();
  });

  it('HOLD whose change back failed becomes SCAN at the next poll', async () => {
    const { fleet, ctx, loop, move, end } = setUp();
    fleet.addSignals(SYMBOL);
    await move(10_000);
    fleet.trading.candidates.length = 0;
    fleet.strategy.sell = () => aSellSignal();
    fleet.workers.failures.next('changeState');
    await move(6_000);
    expect(loop.state).toBe('HOLD');
    await move(6_000);
    expect(loop.state).toBe('SCAN');
    expect(rowOf(fleet, ctx)?.status).toBe('SCAN');
    await end();
  });

  it('a failed hold is taken up again', async () => {
    const { fleet, ctx, move, end } = setUp();
    fleet.addSignals(SYMBOL);
    await move(10_000);
    fleet.orders.failures.next('getPosition', 2);
    await move(20_000);
    expect(rowOf(fleet, ctx)?.status).toBe('HOLD');
    fleet.strategy.sell = () => aSellSignal();
    await move(20_000);
    expect(rowOf(fleet, ctx)?.status).toBe('SCAN');
    await end();
  });

  it('an entry that failed half-way leaves neither order nor lock', async () => {
    const { fleet, move, end } = setUp();
    fleet.addSignals(SYMBOL);
    fleet.orders.failures.next('storeIntent answer');
    await move(15_000);
    expect(fleet.orders.all()[0]).toMatchObject({ status: 'CANCELED', endReason: 'NOT_SENT' });
    await end();
  });

  it('ends when its lock is lost, without touching the stock again', async () => {
    const { fleet, failure, move } = setUp();
    fleet.addSignals(SYMBOL);
    await move(10_000);
    fleet.locks.locks.set(SYMBOL, { workerId: 'other', fence: 9, expiresAt: Infinity });
    fleet.strategy.sell = () => aSellSignal();
    await move(10_000);
    expect(await failure).toBeInstanceOf(WorkerTerminationError);
    expect(fleet.gateway.sent).toHaveLength(1);
    expect(fleet.locks.locks.get(SYMBOL)?.workerId).toBe('other');
  });

  it('SC-009: ends when it has been reaped', async () => {
    const { fleet, ctx, failure, move } = setUp();
    fleet.locks.exited.add(ctx.workerId);
    fleet.addSignals(SYMBOL);
    await move(10_000);
    expect(await failure).toBeInstanceOf(WorkerTerminationError);
  });

  it('ends when its row is in another state than it believes', async () => {
    const { fleet, ctx, failure, move } = setUp();
    const row = rowOf(fleet, ctx);
    if (row) fleet.workers.rows.set(ctx.workerId, { ...row, status: 'EXIT' });
    fleet.addSignals(SYMBOL);
    await move(10_000);
    expect(await failure).toBeInstanceOf(WorkerTerminationError);
  });

  it('ends on a broken invariant', async () => {
    const { fleet, failure, move } = setUp();
    fleet.strategy.buy = () => {
      throw new InvariantViolation('broken');
    };
    fleet.addSignals(SYMBOL);
    await move(10_000);
    expect(await failure).toBeInstanceOf(InvariantViolation);
  });

  it('told to stop while an order waits, it hands everything over', async () => {
    const { fleet, ctx, move, end } = setUp();
    fleet.addSignals(SYMBOL);
    fleet.gateway.react = () => ({ kind: 'fill', shares: 5 });
    await move(10_000);
    expect(await end()).toBeUndefined();
    expect(ctx.lockKeeper.heldSymbols()).toEqual([SYMBOL]);
    expect(await ctx.lockKeeper.release(SYMBOL, 'worker stops')).toBe('NOT_FLAT');
    await ctx.lockKeeper.abandon(SYMBOL, 'handed over');
    expect(await fleet.locks.getOrphans()).toEqual([SYMBOL]);
  });
});
