import { beforeAll } from '@jest/globals';
import { price, quantity, type Quantity, type Side, won, type Won } from '@fleet/domain';
import type { BookedRow, BrokerOrder, GrantedLock, OrderIntent } from '@fleet/service-layer';
import {
  aBaseline,
  aBrokerOrder,
  anIntent,
  aProcess,
  newId,
  TEST_DATE,
  TEST_MARKET_AT,
  type TestDatabase,
  withDatabase,
} from '@fleet/testkit';
import { makePostgresStores, type Pool, type PostgresStores } from '../../src/index.ts';

export const TTL_MS = 15_000;
export const GRACE_MS = 5_000;
export const SEND_DEADLINE_MS = 3_000;

let lastSymbol = 100_000;
let lastNumber = 0;

/** A stock that no other test of the file has touched. */
export const newSymbol = (): string => String((lastSymbol += 1));
export const newBrokerNumber = (): string => String((lastNumber += 1));

export interface EventRow {
  readonly type: string;
  readonly level: string;
  readonly worker_id: string | null;
  readonly symbol: string | null;
  readonly order_id: string | null;
  readonly market_at: number;
  readonly payload: Record<string, unknown>;
}

/** A worker with a lock, and shorthands for the life of its orders. */
export interface Holder {
  readonly workerId: string;
  readonly symbol: string;
  readonly fence: number;
}

export interface TestFleet {
  readonly database: TestDatabase;
  readonly stores: PostgresStores;
  readonly pool: Pool;
  worker(capital?: Won): Promise<string>;
  /** Claims as ENTRY; fails the test when it is refused. */
  holder(symbol?: string, workerId?: string): Promise<Holder>;
  claim(symbol: string, workerId: string, purpose?: 'ENTRY' | 'ADOPTION'): Promise<GrantedLock>;
  /** Moves a lock's expiry so many ms into the past, as if time had passed. */
  expire(symbol: string, agoMs: number): Promise<void>;
  intentOf(holder: Holder, changes?: Partial<OrderIntent>): OrderIntent;
  /** Stored, sent and accepted; returns its id and list row. */
  accepted(
    holder: Holder,
    order?: {
      side?: Side;
      quantity?: number;
      price?: number;
      purpose?: OrderIntent['purpose'];
      expectedLoss?: Won;
    },
  ): Promise<{ orderId: string; row: BrokerOrder }>;
  /** A list row with so many shares filled, at one price. */
  book(
    order: { orderId: string; row: BrokerOrder },
    filled: number,
    options?: { price?: number; marketAt?: number; canceled?: number },
  ): Promise<BookedRow>;
  /** Buys and books all of it. */
  bought(holder: Holder, shares?: number, at?: number): Promise<{ orderId: string }>;
  sold(
    holder: Holder,
    shares?: number,
    at?: number,
    purpose?: OrderIntent['purpose'],
  ): Promise<BookedRow>;
  events(where: { symbol?: string; workerId?: string; type?: string }): Promise<EventRow[]>;
  row(table: string, where: string, value: unknown): Promise<Record<string, unknown>>;
}

/** Stores on a database of the test file's own, with a baseline for the test day. */
export function withFleet(): TestFleet {
  const database = withDatabase();
  let stores: PostgresStores | undefined;
  beforeAll(async () => {
    const { pool, url, schema } = database;
    const opened = makePostgresStores(pool, { url, schema });
    stores = opened;
    database.onDrop(() => opened.close());
    await stores.settlement.saveBaseline(aBaseline(), TEST_MARKET_AT);
  });
  return makeFleet(database, () => {
    if (stores === undefined) throw new Error('stores exist inside tests only');
    return stores;
  });
}

function makeFleet(database: TestDatabase, get: () => PostgresStores): TestFleet {
  const fleet: TestFleet = {
    database,
    get stores() {
      return get();
    },
    get pool() {
      return database.pool;
    },
    async worker(capital = won(50_000_000)) {
      const workerId = newId();
      await get().workers.register({
        workerId,
        process: aProcess(),
        capitalLimit: capital,
        strategyName: 'test-strategy',
        marketAt: TEST_MARKET_AT,
      });
      return workerId;
    },
    async claim(symbol, workerId, purpose = 'ENTRY') {
      const result = await get().locks.claim({
        symbol,
        workerId,
        purpose,
        ttlMs: TTL_MS,
        graceMs: GRACE_MS,
        marketAt: TEST_MARKET_AT,
      });
      if (!result.granted) throw new Error(`claim of ${symbol} refused: ${result.reason}`);
      return result;
    },
    async holder(symbol = newSymbol(), workerId) {
      const owner = workerId ?? (await fleet.worker());
      const { fence } = await fleet.claim(symbol, owner);
      return { workerId: owner, symbol, fence };
    },
    async expire(symbol, agoMs) {
      await database.pool.query(
        `UPDATE stock_locks SET heartbeat_at = clock_timestamp() - interval '1 hour',
           ttl = clock_timestamp() - $2::int * interval '1 millisecond' WHERE symbol = $1`,
        [symbol, agoMs],
      );
    },
    intentOf: (holder, changes = {}) => anIntent({ ...holder, ...changes }),
    async accepted(holder, order = {}) {
      const side = order.side ?? 'BUY';
      const intent = fleet.intentOf(holder, {
        side,
        quantity: quantity(order.quantity ?? 10),
        limitPrice: price(order.price ?? 10_000),
        judgedPrice: price(order.price ?? 10_000),
        purpose: order.purpose ?? (side === 'BUY' ? 'ENTRY' : 'TAKE_PROFIT'),
        ...(order.expectedLoss ? { expectedLoss: order.expectedLoss } : {}),
      });
      const { orders } = get();
      const stored = await orders.storeIntent(intent);
      if (stored.outcome !== 'stored') throw new Error(JSON.stringify(stored));
      await send(get(), intent.orderId);
      const key = { date: TEST_DATE, branch: '00950', number: newBrokerNumber() };
      const outcome = { kind: 'accepted', broker: key, brokerTime: '100000' } as const;
      await orders.recordAnswer({ orderId: intent.orderId, outcome, marketAt: TEST_MARKET_AT });
      const { symbol, quantity: shares, limitPrice } = intent;
      const row = aBrokerOrder({ key, symbol, side, quantity: shares, price: limitPrice });
      return { orderId: intent.orderId, row };
    },
    async book({ orderId, row }, filled, options = {}) {
      const at = options.price ?? row.price?.toNumber() ?? 10_000;
      const canceled = options.canceled ?? 0;
      return await get().orders.bookBrokerOrder({
        orderId,
        row: {
          ...row,
          filledQuantity: quantity(filled),
          filledAmount: won(at * filled),
          canceledQuantity: quantity(canceled),
          leavesQuantity: quantity(row.quantity - filled - canceled),
        },
        readStartedAt: TEST_MARKET_AT,
        marketAt: options.marketAt ?? TEST_MARKET_AT,
      });
    },
    async bought(holder, shares = 10, at = 10_000) {
      const order = await fleet.accepted(holder, { quantity: shares, price: at });
      await fleet.book(order, shares);
      return order;
    },
    async sold(holder, shares = 10, at = 11_000, purpose = 'TAKE_PROFIT') {
      const order = { side: 'SELL', quantity: shares, price: at, purpose } as const;
      return await fleet.book(await fleet.accepted(holder, order), shares);
    },
    async events({ symbol, workerId, type }) {
      const { rows } = await database.pool.query<EventRow>(
        `SELECT type, level, worker_id, symbol, order_id, market_at, payload FROM events
         WHERE ($1::text IS NULL OR symbol = $1) AND ($2::text IS NULL OR worker_id = $2)
           AND ($3::text IS NULL OR type = $3) ORDER BY id`,
        [symbol ?? null, workerId ?? null, type ?? null],
      );
      return rows;
    },
    async row(table, where, value) {
      const { rows } = await database.pool.query<Record<string, unknown>>(
        `SELECT * FROM ${table} WHERE ${where} = $1`,
        [value],
      );
      return rows[0] ?? {};
    },
  };
  return fleet;
}

/** Marks an intent sent, as the gateway does; fails the test when that is refused. */
export async function send(stores: PostgresStores, orderId: string): Promise<void> {
  const marked = await stores.orders.markSent({
    orderId,
    // oxlint-disable-next-line no-restricted-globals -- the wall clock that the database compares with
    requestedAt: Date.now(),
    sendDeadlineMs: SEND_DEADLINE_MS,
    marketAt: TEST_MARKET_AT,
  });
  if (!marked.sent) throw new Error(`not sent: ${marked.reason}`);
}

export const shares = (count: number): Quantity => quantity(count);
