import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { price, quantity, ZERO_WON } from '@fleet/domain';
import type { MarkSentResult, OrderStore, OrderTicket } from '@fleet/service-layer';
import { makePostgresStores, type PostgresStores } from '@fleet/storage-postgres';
import { aBaseline, anIntent, aProcess, eventually, newId, withDatabase } from '@fleet/testkit';
import { DATE } from './fake-broker.ts';
import { type Look, LOOKS } from '../src/orders/last-look.ts';
import { connect, endWorld, makeWorld, startGateway, type World } from './start-gateway.ts';

const SEND_DEADLINE_MS = 300;
/** As everywhere: longer than the send deadline. */
const GRACE_MS = 600;
const LIMIT = price(70_000);

interface Owner {
  readonly symbol: string;
  readonly workerId: string;
  readonly fence: number;
}

interface Held {
  readonly orderId: string;
  readonly marked: PromiseWithResolvers<void>;
  readonly letGo: PromiseWithResolvers<void>;
}

/** The stores of the database, with one order held between its mark and its bytes. */
function holdAfterMark(orders: OrderStore, held: Held): OrderStore {
  // The orders of everybody else pass.
  const markSent = async (
    request: Parameters<OrderStore['markSent']>[0],
  ): Promise<MarkSentResult> => {
    const result = await orders.markSent(request);
    if (request.orderId !== held.orderId) return result;
    held.marked.resolve();
    await held.letGo.promise;
    return result;
  };
  return new Proxy(orders, {
    get: (target, name) => {
      if (name === 'markSent') return markSent;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

/** Of a ticket only the id crosses the socket. */
function ticketOf(orderId: string, symbol: string): OrderTicket {
  return {
    orderId,
    request: 'PLACE',
    symbol,
    side: 'BUY',
    type: 'LIMIT',
    venue: 'KRX',
    quantity: quantity(3),
    limitPrice: LIMIT,
    original: undefined,
  };
}

function newHold(orderId: string): Held {
  return { orderId, marked: Promise.withResolvers(), letGo: Promise.withResolvers() };
}

describe('an owner that is held between the mark of its order and the bytes', () => {
  const database = withDatabase();
  let stores: PostgresStores;
  let world: World;
  let held: Held;
  let numbers = 100;

  beforeEach(async () => {
    const { pool, url, schema } = database;
    stores = makePostgresStores(pool, { url, schema });
    await stores.settlement.saveBaseline(aBaseline({ tradeDate: DATE }), 0);
    world = makeWorld();
    world.broker.answer = async () => {
      const broker = { date: DATE, branch: '91252', number: String((numbers += 1)) };
      return { kind: 'accepted', broker, brokerTime: '090001' };
    };
  });
  afterEach(async () => {
    held.letGo.resolve();
    await endWorld(world);
    await stores.close();
  });

  async function claim(symbol: string): Promise<Owner> {
    const workerId = newId();
    await stores.workers.register({
      workerId,
      process: aProcess(),
      capitalLimit: price(50_000_000),
      strategyName: 'test-strategy',
      marketAt: 0,
    });
    const terms = { symbol, workerId, purpose: 'ENTRY', ttlMs: 600_000 } as const;
    const claimed = await stores.locks.claim({ ...terms, graceMs: GRACE_MS, marketAt: 0 });
    if (!claimed.granted) throw new Error(claimed.reason);
    return { symbol, workerId, fence: claimed.fence };
  }

  async function storeBuy(owner: Owner): Promise<OrderTicket> {
    const intent = anIntent({
      ...owner,
      tradeDate: DATE,
      quantity: quantity(3),
      limitPrice: LIMIT,
      judgedPrice: LIMIT,
      expectedLoss: ZERO_WON,
      marketAt: 0,
    });
    const stored = await stores.orders.storeIntent(intent);
    if (stored.outcome !== 'stored') throw new Error(JSON.stringify(stored));
    return ticketOf(intent.orderId, owner.symbol);
  }

  async function endLock(symbol: string): Promise<void> {
    await database.pool.query(
      `update stock_locks set ttl = clock_timestamp() - interval '1 hour',
         heartbeat_at = clock_timestamp() - interval '2 hours' where symbol = $1`,
      [symbol],
    );
  }

  /** Marked and held, its lock ended, the stock granted to another; then let go. */
  async function overtake(symbol: string, looks: readonly Look[]) {
    const owner = await claim(symbol);
    const old = await storeBuy(owner);
    held = newHold(old.orderId);
    const orders = holdAfterMark(stores.orders, held);
    await startGateway(world, { looks, sendDeadlineMs: SEND_DEADLINE_MS }, { orders });
    const client = await connect(world);
    const outcome = client.placeOrder(old);
    await held.marked.promise;
    await endLock(symbol);
    // No stock is granted while its bytes could still be on their way.
    await expect(claim(symbol)).rejects.toThrow('IN_FLIGHT');
    const successor = await eventually(() => claim(symbol));
    expect(successor.fence).toBeGreaterThan(owner.fence);
    held.letGo.resolve();
    return { client, old, outcome: await outcome, successor };
  }

  it('sends nothing once let go, and its successor is free to', async () => {
    const { client, old, outcome, successor } = await overtake('005930', LOOKS);
    expect(outcome).toEqual({ kind: 'notSent', reason: 'the send deadline has passed' });
    expect(world.broker.sent).toEqual([]);
    const row = await stores.orders.getOrder(old.orderId);
    expect(row).toMatchObject({ status: 'CANCELED', endReason: 'NOT_SENT' });
    const next = await storeBuy(successor);
    expect(await client.placeOrder(next)).toMatchObject({ kind: 'accepted' });
    expect(world.broker.sent.map(({ orderId }) => orderId)).toEqual([next.orderId]);
  });

  it('without the look at the deadline its bytes leave after the stock has another owner', async () => {
    const { old, outcome } = await overtake(
      '000660',
      LOOKS.filter((look) => look !== 'deadline'),
    );
    expect(outcome).toMatchObject({ kind: 'accepted' });
    expect(world.broker.sent.map(({ orderId }) => orderId)).toEqual([old.orderId]);
  });
});
