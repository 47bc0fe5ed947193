import { describe, expect, it } from '@jest/globals';
import { InvariantViolation, type Order } from '@fleet/domain';
import { anIntent, FakeFleet } from '@fleet/testkit';

async function setUp() {
  const fleet = new FakeFleet();
  const ctx = fleet.makeWorker();
  fleet.addStock('005930');
  const lock = await ctx.lockKeeper.acquire('005930', 'ENTRY');
  if (!lock.granted) throw new Error('not granted');
  const owner = { workerId: ctx.workerId, fence: lock.fence };
  const create = async (): Promise<Order> => {
    const created = await ctx.orderService.createOrder(anIntent(owner));
    if (created.outcome === 'denied') throw new Error(created.code);
    return created.order;
  };
  const open = async (): Promise<Order> => {
    fleet.gateway.react = () => ({ kind: 'fill', shares: 0 });
    const order = await create();
    await ctx.orderService.sendOrder(order);
    return fleet.orders.row(order.orderId);
  };
  return { fleet, ctx, service: ctx.orderService, owner, create, open };
}

describe('orders of a worker', () => {
  it('stores an intent and sends nothing yet', async () => {
    const { fleet, create } = await setUp();
    const order = await create();
    expect(fleet.orders.row(order.orderId).status).toBe('NEW');
    expect(fleet.gateway.sent).toHaveLength(0);
  });

  it('EC-004: tells a refusal of our own', async () => {
    const { fleet, service, owner } = await setUp();
    fleet.orders.denyBuys = 'DAILY_LOSS_LIMIT';
    const result = await service.createOrder(anIntent(owner));
    expect(result).toMatchObject({ outcome: 'denied', code: 'DAILY_LOSS_LIMIT' });
    expect(fleet.orders.all()).toHaveLength(0);
  });

  it('drops an order that nobody took, so that it is not left NEW', async () => {
    const { fleet, service, create } = await setUp();
    fleet.gateway.react = () => ({ kind: 'gatewayGone' });
    const order = await create();
    expect((await service.sendOrder(order)).kind).toBe('notSent');
    expect(fleet.orders.row(order.orderId).endReason).toBe('NOT_SENT');
  });

  it('drops an order whose request failed before it was marked', async () => {
    const { fleet, service, create } = await setUp();
    fleet.gateway.failures.next('placeOrder');
    const order = await create();
    expect((await service.sendOrder(order)).kind).toBe('notSent');
    expect(fleet.orders.row(order.orderId).endReason).toBe('NOT_SENT');
  });

  it('keeps an order that may have left', async () => {
    const { fleet, service, create } = await setUp();
    fleet.gateway.react = () => ({ kind: 'unknown', arrives: true });
    const order = await create();
    expect((await service.sendOrder(order)).kind).toBe('unknown');
    expect(fleet.orders.row(order.orderId).status).toBe('SENT');
  });

  it('cancels what is left', async () => {
    const { fleet, service, owner, open } = await setUp();
    const order = await open();
    expect(await service.cancelOrder(order, owner)).toBe(true);
    expect(fleet.orders.row(order.orderId).status).toBe('CANCELED');
  });

  it('says when a cancel was not stored, not taken, or came too late', async () => {
    const { fleet, service, owner, open } = await setUp();
    const order = await open();
    fleet.gateway.cancelReaction = 'gatewayGone';
    expect(await service.cancelOrder(order, owner)).toBe(false);
    expect(fleet.orders.openOf('005930')).toHaveLength(1);
    fleet.gateway.cancelReaction = 'rejected';
    expect(await service.cancelOrder(order, owner)).toBe(false);
    expect(await service.cancelOrder(order, { ...owner, fence: 99 })).toBe(false);
  });
});

describe('waiting for the end of an order', () => {
  it('wakes on a push', async () => {
    const { fleet, service, open } = await setUp();
    const order = await open();
    const until = fleet.clock.now() + 60_000;
    const work = service.waitForEnd(order.orderId, until, fleet.ended.signal);
    await fleet.clock.advance(10);
    await fleet.gateway.fill(order.orderId, 10);
    await fleet.clock.advance(0);
    expect((await work).status).toBe('FILLED');
    expect(fleet.gateway.listeners).toBe(0);
  });

  it('looks by itself when the push is lost', async () => {
    const { fleet, service, open } = await setUp();
    const order = await open();
    const until = fleet.clock.now() + 60_000;
    const work = service.waitForEnd(order.orderId, until, fleet.ended.signal);
    await fleet.clock.advance(10);
    const { status, ...filled } = { ...order, status: 'FILLED' as const };
    fleet.orders.put({ ...filled, status });
    await fleet.clock.advance(3_000);
    expect((await work).status).toBe('FILLED');
  });

  it('gives the order as it is when time is up', async () => {
    const { fleet, service, open } = await setUp();
    const order = await open();
    const until = fleet.clock.now() + 5_000;
    const work = service.waitForEnd(order.orderId, until, fleet.ended.signal);
    await fleet.clock.advance(5_000);
    expect((await work).status).toBe('SENT');
  });

  it('stops when told to, and leaves no listener', async () => {
    const { fleet, service, open } = await setUp();
    const order = await open();
    const stop = new AbortController();
    const work = service.waitForEnd(order.orderId, fleet.clock.now() + 60_000, stop.signal);
    const failure = work.catch((error: unknown) => error);
    await fleet.clock.advance(10);
    stop.abort(new Error('stop'));
    expect(await failure).toEqual(new Error('stop'));
    expect(fleet.gateway.listeners).toBe(0);
  });

  it('an order that is gone, or a failed look, leaves no listener', async () => {
    const { fleet, service } = await setUp();
    const { signal } = fleet.ended;
    await expect(service.waitForEnd('x', Infinity, signal)).rejects.toThrow(InvariantViolation);
    fleet.orders.failures.next('getOrder');
    await expect(service.waitForEnd('x', Infinity, signal)).rejects.toThrow('getOrder failed');
    expect(fleet.gateway.listeners).toBe(0);
  });
});
