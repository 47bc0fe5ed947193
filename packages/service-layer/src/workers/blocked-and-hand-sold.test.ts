import { describe, expect, it } from '@jest/globals';
import { OrderExecutionError, quantity, WorkerTerminationError } from '@fleet/domain';
import { aSellSignal, FakeFleet } from '@fleet/testkit';
import { BrokerError } from '../ports/broker.ts';
import { holdPosition, type HoldResult } from './hold-position.ts';
import { asWorkerError, tellError } from './tell-error.ts';

const SYMBOL = '000001';

async function setUp() {
  const fleet = new FakeFleet();
  const ctx = fleet.makeWorker();
  fleet.addPosition(SYMBOL, 10);
  await ctx.lockKeeper.acquire(SYMBOL, 'ADOPTION');
  fleet.strategy.sell = () => aSellSignal();
  const stop = new AbortController();
  let result: HoldResult | undefined;
  const holding = holdPosition(ctx, fleet.makeDay(), SYMBOL, stop.signal);
  holding.then(
    (end) => (result = end),
    () => undefined,
  );
  const told = (type: string) => fleet.events.events.filter((event) => event.type === type);
  const move = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 1_000) await fleet.clock.advance(1_000);
  };
  return { fleet, ctx, told, move, result: () => result };
}

describe('a gate that forbids sells', () => {
  it('is told of once for each gate, and asked no order meanwhile', async () => {
    const { fleet, told, move, result } = await setUp();
    fleet.system.state = { ...fleet.system.state, gate: 'STOPPED' };
    await move(60_000);
    expect(fleet.orders.all()).toEqual([]);
    expect(told('OrderDeniedEvent')).toEqual([]);
    expect(told('SellBlockedEvent')).toMatchObject([{ payload: { gate: 'STOPPED' } }]);
    fleet.system.state = { ...fleet.system.state, gate: 'OBSERVE' };
    await move(60_000);
    expect(told('SellBlockedEvent')).toHaveLength(2);
    fleet.system.state = { ...fleet.system.state, gate: 'EXIT_ONLY' };
    await move(10_000);
    expect(result()).toBe('FLAT');
  });
});

describe('a hand sale while a sell of ours is open', () => {
  it('cancels the sell that is more than what is left, and sells the rest', async () => {
    const { fleet, move, result } = await setUp();
    fleet.gateway.react = (_ticket, nth) =>
      nth === 1 ? { kind: 'fill', shares: 0 } : { kind: 'fill' };
    await move(2_000);
    const position = fleet.orders.positions.get(SYMBOL)!;
    fleet.orders.positions.set(SYMBOL, { ...position, quantity: quantity(4) });
    await move(12_000);
    const [first, second] = fleet.orders.all().filter(({ request }) => request === 'PLACE');
    expect(first).toMatchObject({ quantity: 10, status: 'CANCELED' });
    expect(second).toMatchObject({ quantity: 4, status: 'FILLED' });
    expect(result()).toBe('FLAT');
  });

  it('leaves a sell alone whose own fill made the position smaller', async () => {
    const { fleet, move, result } = await setUp();
    fleet.gateway.react = () => ({ kind: 'fill', shares: 4 });
    await move(20_000);
    expect(fleet.orders.all().map(({ request, status }) => [request, status])).toEqual([
      ['PLACE', 'PARTIAL'],
    ]);
    const [order] = fleet.orders.all();
    await fleet.gateway.fill(order!.orderId, 6);
    await move(10_000);
    expect(result()).toBe('FLAT');
  });
});

describe('EC-003: a sell that the market does not take', () => {
  it('EC-003: is told of as a warning each time, and retried for the rest', async () => {
    const { fleet, told, move, result } = await setUp();
    fleet.gateway.react = (_ticket, nth) =>
      nth <= 3 ? { kind: 'fill', shares: 2 } : { kind: 'fill' };
    await move(5 * 60_000);
    expect(result()).toBe('FLAT');
    expect(told('ExitIncompleteEvent')).toMatchObject([
      { level: 'WARN', payload: { quantity: 10, filledQuantity: 2, tries: 1 } },
      { level: 'WARN', payload: { quantity: 8, filledQuantity: 2, tries: 2 } },
      { level: 'WARN', payload: { quantity: 6, filledQuantity: 2, tries: 3 } },
    ]);
  });
});

describe('errors of a worker', () => {
  it('EC-001: a failed step is one of the spec’s errors, told with its type and stack', async () => {
    const { ctx, told } = await setUp();
    const error = new BrokerError('TIMEOUT', 'no quote in time');
    await tellError(ctx, 'HoldPollFailed', { symbol: SYMBOL, error });
    expect(told('WorkerErrorEvent')).toMatchObject([
      {
        level: 'ERROR',
        symbol: SYMBOL,
        workerId: ctx.workerId,
        payload: {
          step: 'HoldPollFailed',
          errorType: 'PositionError',
          code: 'POSITION',
          causeType: 'BrokerError',
          message: 'no quote in time',
          stack: expect.stringContaining('BrokerError'),
        },
      },
    ]);
  });

  it('keeps what is one of them already, and wraps what is not even an error', () => {
    const known = new WorkerTerminationError('reaped');
    expect(asWorkerError('WorkerCycleFailed', known)).toBe(known);
    expect(asWorkerError('EntryFailed', 'odd')).toBeInstanceOf(OrderExecutionError);
    expect(asWorkerError('WorkerCycleFailed', new Error('x'))).toMatchObject({ code: 'WORKER' });
  });
});
