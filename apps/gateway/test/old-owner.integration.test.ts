import { beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '@fleet/clock';
import { DEFAULT_LOCK_TIMING as TIMING, quantity, won } from '@fleet/domain';
import {
  type Clock,
  LockKeeper,
  type LockStore,
  OrderEgress,
  type OrderStore,
  type OrderTicket,
} from '@fleet/service-layer';
import { makePostgresStores, type PostgresStores } from '@fleet/storage-postgres';
import {
  aBaseline,
  aBrokerOrder,
  aCancel,
  anIntent,
  aProcess,
  FakeClock,
  newId,
  RecordingLag,
  RecordingLog,
  TEST_DATE,
  TEST_MARKET_AT,
  withDatabase,
} from '@fleet/testkit';
import { LastLook, LOOKS } from '../src/orders/last-look.ts';

/** A call that has been made and is not let through yet, as by a process that was stopped there. */
class Gate {
  readonly reached: Promise<void>;
  #arrive: () => void = () => undefined;
  #open: () => void = () => undefined;
  readonly #opened: Promise<void>;

  constructor() {
    this.reached = new Promise((resolve) => (this.#arrive = resolve));
    this.#opened = new Promise((resolve) => (this.#open = resolve));
  }

  async pass(): Promise<void> {
    this.#arrive();
    await this.#opened;
  }

  letGo(): void {
    this.#open();
  }
}

/** The store, with one method held: before it is executed, or with its answer on the way back. */
function holding<T extends object>(
  store: T,
  method: keyof T,
  where: 'before' | 'after',
  gate: Gate,
): T {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]): Promise<unknown> => {
        if (name === method && where === 'before') await gate.pass();
        const result: unknown = await Reflect.apply(value, target, args);
        if (name === method && where === 'after') await gate.pass();
        return result;
      };
    },
  });
}

/** Lease time that jumps with the process that was stopped. */
class StallingClock implements Clock {
  stalledMs = 0;
  now(): number {
    return systemClock.now() + this.stalledMs;
  }
  monotonicMs(): number {
    return systemClock.monotonicMs() + this.stalledMs;
  }
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(ms, signal);
  }
}

const database = withDatabase();
let stores: PostgresStores;
let lastSymbol = 500_000;

beforeAll(async () => {
  const { pool, url, schema } = database;
  stores = makePostgresStores(pool, { url, schema });
  database.onDrop(() => stores.close());
  await stores.settlement.saveBaseline(aBaseline(), TEST_MARKET_AT);
});

interface Owner {
  readonly workerId: string;
  readonly keeper: LockKeeper;
  readonly clock: StallingClock;
}

async function anOwner(locks: LockStore = stores.locks): Promise<Owner> {
  const workerId = newId();
  const capitalLimit = won(50_000_000);
  const strategyName = 'test-strategy';
  const row = { workerId, process: aProcess(), capitalLimit, strategyName };
  await stores.workers.register({ ...row, marketAt: TEST_MARKET_AT });
  const clock = new StallingClock();
  const keeper = new LockKeeper({
    workerId,
    locks,
    timing: TIMING,
    clock,
    marketClock: new FakeClock(TEST_MARKET_AT),
    lag: new RecordingLag(),
    log: new RecordingLog(),
  });
  return { workerId, keeper, clock };
}

function egressOf(
  orders: OrderStore,
  { clock }: Owner,
): { egress: OrderEgress; sent: OrderTicket[] } {
  const sent: OrderTicket[] = [];
  const sendDeadlineMs = TIMING.sendDeadlineMs;
  const [isTrusted, isBehind] = [() => true, () => false];
  const egress = new OrderEgress({
    orders,
    guard: new LastLook({ isTrusted, isBehind, clock, sendDeadlineMs, looks: LOOKS }),
    clock,
    marketClock: new FakeClock(TEST_MARKET_AT),
    sendDeadlineMs,
    log: new RecordingLog(),
    lookFor: async () => 'absent',
    onUnknown: () => undefined,
    submitter: {
      submit: async (ticket, hooks) => {
        const answer = await hooks.beforeBytesLeave();
        if (!answer.go) return { kind: 'notSent', reason: answer.reason };
        sent.push(ticket);
        const broker = { date: TEST_DATE, branch: '1', number: String(lastSymbol) };
        return { kind: 'accepted', broker, brokerTime: '100000' };
      },
    },
  });
  return { egress, sent };
}

const newSymbol = (): string => String((lastSymbol += 1));

/** The lock runs out and its grace passes: the process of its owner stood still for so long. */
async function standStill(symbol: string, owner: Owner): Promise<void> {
  const ms = TIMING.ttlMs + TIMING.graceMs;
  owner.clock.stalledMs += ms;
  await database.pool.query(
    `UPDATE stock_locks SET heartbeat_at = heartbeat_at - $2 * interval '1 ms',
       ttl = ttl - $2 * interval '1 ms' WHERE symbol = $1`,
    [symbol, ms],
  );
}

async function takeOver(symbol: string, from: Owner, graceMs = TIMING.graceMs): Promise<number> {
  await standStill(symbol, from);
  const { workerId } = await anOwner();
  const claim = { symbol, workerId, ttlMs: TIMING.ttlMs, graceMs, purpose: 'ENTRY' } as const;
  const result = await stores.locks.claim({ ...claim, marketAt: TEST_MARKET_AT });
  if (!result.granted) throw new Error(`the takeover is refused: ${result.reason}`);
  return result.fence;
}

async function granted(symbol: string, { keeper }: Owner): Promise<number> {
  const result = await keeper.acquire(symbol, 'ENTRY');
  if (!result.granted) throw new Error(result.reason);
  return result.fence;
}

const lockOf = async (symbol: string) =>
  (await database.pool.query('SELECT fence FROM stock_locks WHERE symbol = $1', [symbol])).rows;

const ordersOf = (symbol: string) => stores.orders.getOrdersOf(symbol, TEST_DATE);

describe('an owner that was held at a step and taken over is refused when it goes on (SC-009, SC-010)', () => {
  it('claim: the later grant stands', async () => {
    const gate = new Gate();
    const old = await anOwner(holding(stores.locks, 'claim', 'before', gate));
    const symbol = newSymbol();
    const claiming = old.keeper.acquire(symbol, 'ENTRY');
    await gate.reached;
    await granted(symbol, await anOwner());
    gate.letGo();

    expect(await claiming).toMatchObject({ granted: false, reason: 'HELD' });
    expect(old.keeper.holds(symbol)).toBe(false);
  });

  it('claim, its answer: neither trusted nor taken by an intent', async () => {
    const gate = new Gate();
    const old = await anOwner(holding(stores.locks, 'claim', 'after', gate));
    const symbol = newSymbol();
    const claiming = granted(symbol, old);
    await gate.reached;
    await takeOver(symbol, old);
    gate.letGo();
    const fence = await claiming;

    expect(old.keeper.fenceOf(symbol)).toBeUndefined();
    const intent = anIntent({ symbol, fence, workerId: old.workerId });
    expect(await stores.orders.storeIntent(intent)).toMatchObject({ code: 'FENCE_LOST' });
    expect(await ordersOf(symbol)).toEqual([]);
  });

  it('intent: no order is stored', async () => {
    const old = await anOwner();
    const symbol = newSymbol();
    const fence = await granted(symbol, old);
    const gate = new Gate();
    const storing = holding(stores.orders, 'storeIntent', 'before', gate).storeIntent(
      anIntent({ symbol, fence, workerId: old.workerId }),
    );
    await gate.reached;
    await takeOver(symbol, old);
    gate.letGo();

    expect(await storing).toMatchObject({ outcome: 'denied', code: 'FENCE_LOST' });
    expect(await ordersOf(symbol)).toEqual([]);
  });

  it('sent: the mark is refused, no byte leaves, the order ends as not sent', async () => {
    const old = await anOwner();
    const symbol = newSymbol();
    const fence = await granted(symbol, old);
    const intent = anIntent({ symbol, fence, workerId: old.workerId });
    await stores.orders.storeIntent(intent);
    const gate = new Gate();
    const { egress, sent } = egressOf(holding(stores.orders, 'markSent', 'before', gate), old);
    // Asked in time by its own clock: what refuses is the database.
    const submitting = egress.submit({ orderId: intent.orderId, requestedAt: old.clock.now() });
    await gate.reached;
    await takeOver(symbol, old);
    gate.letGo();

    expect(await submitting).toMatchObject({ kind: 'notSent', reason: 'FENCE_LOST' });
    expect(sent).toEqual([]);
    expect(await ordersOf(symbol)).toMatchObject([{ status: 'CANCELED', endReason: 'NOT_SENT' }]);
  });

  it('sent, its answer: the stock is granted to nobody, then the last look keeps the bytes back', async () => {
    const old = await anOwner();
    const symbol = newSymbol();
    const fence = await granted(symbol, old);
    const intent = anIntent({ symbol, fence, workerId: old.workerId });
    await stores.orders.storeIntent(intent);
    const gate = new Gate();
    const { egress, sent } = egressOf(holding(stores.orders, 'markSent', 'after', gate), old);
    const submitting = egress.submit({ orderId: intent.orderId, requestedAt: old.clock.now() });
    await gate.reached;
    await expect(takeOver(symbol, old)).rejects.toThrow('IN_FLIGHT');
    // As after the grace.
    expect(await takeOver(symbol, old, 0)).toBe(fence + 1);
    gate.letGo();

    expect(await submitting).toMatchObject({ kind: 'notSent' });
    expect(sent).toEqual([]);
    expect(await ordersOf(symbol)).toMatchObject([{ status: 'CANCELED', endReason: 'NOT_SENT' }]);
  });

  it('answer and fill: booked, since the broker did it, and the shares are the successor’s', async () => {
    const old = await anOwner();
    const symbol = newSymbol();
    const fence = await granted(symbol, old);
    const intent = anIntent({ symbol, fence, workerId: old.workerId });
    await stores.orders.storeIntent(intent);
    const gate = new Gate();
    const { egress, sent } = egressOf(holding(stores.orders, 'recordAnswer', 'before', gate), old);
    const submitting = egress.submit({ orderId: intent.orderId, requestedAt: old.clock.now() });
    await gate.reached;
    expect(sent).toHaveLength(1);
    expect(await takeOver(symbol, old, 0)).toBe(fence + 1);
    gate.letGo();
    await submitting;
    const [order] = await ordersOf(symbol);
    const filled = { filledQuantity: quantity(10), filledAmount: won(100_000) };
    const row = aBrokerOrder({ key: order!.broker!, symbol, ...filled });
    const booking = { orderId: order!.orderId, row, readStartedAt: 0, marketAt: TEST_MARKET_AT };
    await stores.orders.bookBrokerOrder(booking);
    await stores.orders.bookBrokerOrder(booking);

    const position = await stores.orders.getPosition(symbol);
    expect(position).toMatchObject({ quantity: quantity(10) });
    expect(position!.workerId).not.toBe(old.workerId);
    const sell = { side: 'SELL', symbol, fence, workerId: old.workerId } as const;
    expect(await stores.orders.storeIntent(anIntent(sell))).toMatchObject({ code: 'FENCE_LOST' });
  });

  it('cancel: no request is stored', async () => {
    const old = await anOwner();
    const symbol = newSymbol();
    const fence = await granted(symbol, old);
    const intent = anIntent({ symbol, fence, workerId: old.workerId });
    await stores.orders.storeIntent(intent);
    const { egress } = egressOf(stores.orders, old);
    await egress.submit({ orderId: intent.orderId, requestedAt: old.clock.now() });
    await takeOver(symbol, old);
    const cancel = aCancel({ parentOrderId: intent.orderId, workerId: old.workerId, fence });

    expect(await stores.orders.storeCancelIntent(cancel)).toMatchObject({ code: 'FENCE_LOST' });
    expect(await ordersOf(symbol)).toHaveLength(1);
  });

  it('renew: the lock is lost, and the successor’s is not lengthened', async () => {
    const gate = new Gate();
    const old = await anOwner(holding(stores.locks, 'renew', 'before', gate));
    const symbol = newSymbol();
    const fence = await granted(symbol, old);
    const renewing = holding(stores.locks, 'renew', 'before', gate).renew({
      workerId: old.workerId,
      locks: [{ symbol, fence }],
      ttlMs: TIMING.ttlMs,
    });
    await gate.reached;
    await takeOver(symbol, old);
    const before = await lockOf(symbol);
    gate.letGo();

    expect(await renewing).toEqual([symbol]);
    expect(await lockOf(symbol)).toEqual(before);
  });

  it.each(['release', 'abandon'] as const)('%s: the successor keeps the stock', async (method) => {
    const gate = new Gate();
    const old = await anOwner(holding(stores.locks, method, 'before', gate));
    const symbol = newSymbol();
    await granted(symbol, old);
    const leaving = old.keeper[method](symbol, 'test');
    await gate.reached;
    const fence = await takeOver(symbol, old);
    gate.letGo();
    await leaving;

    expect(await lockOf(symbol)).toEqual([{ fence }]);
  });
});
