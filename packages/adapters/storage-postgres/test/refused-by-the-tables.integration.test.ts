import { beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@fleet/testkit';
import { newSymbol, send, withFleet } from './support/fleet.ts';

const fleet = withFleet();

/** One stock with an order in each state that the attempts below are about. */
async function scene() {
  const holder = await fleet.holder();
  const bought = await fleet.bought(holder, 10);
  const partial = await fleet.accepted(holder, { side: 'SELL', quantity: 10 });
  await fleet.book(partial, 4);
  const ids = { bought: bought.orderId, partial: partial.orderId };
  return { ...holder, ...ids };
}

/** A stock whose order was sent and not answered. */
async function questioned() {
  const holder = await fleet.holder();
  const intent = fleet.intentOf(holder);
  await fleet.stores.orders.storeIntent(intent);
  await send(fleet.stores, intent.orderId);
  return { ...holder, sent: intent.orderId };
}

type Scene = Awaited<ReturnType<typeof scene>> & Awaited<ReturnType<typeof questioned>>;
type Attempt = readonly [what: string, sql: (at: Scene) => string, code: string];

const CHECK = '23514';
const UNIQUE = '23505';
const RESTRICT = '23001';
const FOREIGN_KEY = '23503';

const copyOf = (orderId: string, changes: Readonly<Record<string, string>>): string => {
  const columns = `order_id idempotency_key request trade_date symbol market instrument_kind side
    order_type venue qty limit_price purpose strategy_name strategy_version params_version status
    worker_id fence created_market_at`.split(/\s+/);
  const own: Readonly<Record<string, string>> = {
    order_id: `'${newId()}'`,
    idempotency_key: `'${newId()}'`,
    status: `'NEW'`,
    ...changes,
  };
  const values = columns.map((column) => own[column] ?? column);
  return `INSERT INTO orders (${columns.join()}) SELECT ${values.join()} FROM orders WHERE order_id = '${orderId}'`;
};

const fillOf = (orderId: string, changes: Readonly<Record<string, string>> = {}): string => {
  const columns = `fill_id order_id trade_id symbol side qty price amount cumulative_qty commission
    transaction_tax trade_date market_at`.split(/\s+/);
  const values = columns.map(
    (column) => changes[column] ?? (column === 'fill_id' ? `'${newId()}'` : column),
  );
  return `INSERT INTO fills (${columns.join()}) SELECT ${values.join()} FROM fills WHERE order_id = '${orderId}' LIMIT 1`;
};

const set = (table: string, change: string, where: string): string =>
  `UPDATE ${table} SET ${change} WHERE ${where}`;

const ATTEMPTS: readonly Attempt[] = [
  // Locks and fences.
  [
    'a fence that falls',
    (s) => set('symbol_fences', 'fence = fence - 1', `symbol = '${s.symbol}'`),
    CHECK,
  ],
  ['a fence forgotten', (s) => `DELETE FROM symbol_fences WHERE symbol = '${s.symbol}'`, RESTRICT],
  [
    'a lock that changes hands in place',
    (s) => set('stock_locks', `fence = fence + 1`, `symbol = '${s.symbol}'`),
    CHECK,
  ],
  [
    'a second lock of a stock',
    (s) => `INSERT INTO stock_locks SELECT * FROM stock_locks WHERE symbol = '${s.symbol}'`,
    UNIQUE,
  ],
  [
    'a lock at an older fence',
    (s) => `INSERT INTO stock_locks (symbol, worker_id, locked_at, ttl, heartbeat_at, fence)
     SELECT symbol, worker_id, locked_at, ttl, heartbeat_at, fence + 7 FROM stock_locks WHERE symbol = '${s.symbol}'`,
    CHECK,
  ],
  // Where an order comes from.
  ['an order without a lock', (s) => copyOf(s.bought, { fence: 'fence + 1' }), CHECK],
  [
    'an order of another worker',
    (s) =>
      copyOf(s.bought, {
        worker_id: `(SELECT worker_id FROM workers WHERE worker_id <> '${s.workerId}' LIMIT 1)`,
      }),
    CHECK,
  ],
  ['an order that starts as sent', (s) => copyOf(s.bought, { status: `'SENT'` }), CHECK],
  ['an order that starts as filled', (s) => copyOf(s.bought, { status: `'FILLED'` }), CHECK],
  [
    'an external sale without the broker’s number',
    (s) => copyOf(s.bought, { side: `'SELL'`, purpose: `'EXTERNAL'`, status: `'SENT'` }),
    CHECK,
  ],
  ['an order of an unknown stock', (s) => copyOf(s.bought, { symbol: `'${newSymbol()}'` }), CHECK],
  ['an order of an unknown worker', (s) => copyOf(s.bought, { worker_id: `'${newId()}'` }), CHECK],
  [
    'the same intent twice',
    (s) => copyOf(s.bought, { idempotency_key: 'idempotency_key' }),
    UNIQUE,
  ],
  ['an order of no share', (s) => copyOf(s.bought, { qty: '0' }), CHECK],
  ['a cancel without its order', (s) => copyOf(s.bought, { request: `'CANCEL'` }), CHECK],
  // The one way of an order.
  [
    'an order that goes back',
    (s) => set('orders', `status = 'SENT', ended_at = NULL`, `order_id = '${s.bought}'`),
    CHECK,
  ],
  [
    'an ended order that ends otherwise',
    (s) => set('orders', `status = 'CANCELED', end_reason = 'EXPIRED'`, `order_id = '${s.bought}'`),
    CHECK,
  ],
  [
    'an ended order whose end changes',
    (s) => set('orders', `ended_at = ended_at + interval '1 s'`, `order_id = '${s.bought}'`),
    CHECK,
  ],
  [
    'a partial order without fills',
    (s) => set('orders', `status = 'PARTIAL'`, `order_id = '${s.sent}'`),
    CHECK,
  ],
  [
    'a rejection of an order with fills',
    (s) =>
      set(
        'orders',
        `status = 'REJECTED', end_reason = 'NEVER_ARRIVED', ended_at = now()`,
        `order_id = '${s.partial}'`,
      ),
    CHECK,
  ],
  ['a fill that falls', (s) => set('orders', 'filled_qty = 3', `order_id = '${s.partial}'`), CHECK],
  [
    'a fill beyond the quantity',
    (s) =>
      set(
        'orders',
        'filled_qty = 11, filled_amount = filled_amount + 1',
        `order_id = '${s.partial}'`,
      ),
    CHECK,
  ],
  [
    'a reservation that outlives its order',
    (s) => set('orders', 'reserved_amount = 1', `order_id = '${s.bought}'`),
    CHECK,
  ],
  // Terms and answers.
  ...(
    [
      'qty = qty + 1',
      'limit_price = 1',
      `side = 'BUY'`,
      `symbol = '000001'`,
      'fence = fence + 1',
      `purpose = 'FLATTEN'`,
      'judged_price = 1',
      'params_version = 99',
      `idempotency_key = 'x'`,
      `order_type = 'MARKET'`,
      `venue = 'SOR'`,
      `created_at = now()`,
      `sent_at = now()`,
      `answered_at = now()`,
      `broker_order_id = '999999'`,
    ] as const
  ).map((change): Attempt => [
    `changed terms: ${change}`,
    (s) => set('orders', change, `order_id = '${s.partial}'`),
    CHECK,
  ]),
  ['a forgotten order', (s) => `DELETE FROM orders WHERE order_id = '${s.bought}'`, RESTRICT],
  // Questions and numbers.
  [
    'a second open question of a stock',
    (s) => `${copyOf(s.sent, {})};
     UPDATE orders SET status = 'SENT', sent_at = now() WHERE symbol = (SELECT symbol FROM orders WHERE order_id = '${s.sent}') AND status = 'NEW'`,
    UNIQUE,
  ],
  [
    'one broker number for two orders',
    (s) => `UPDATE orders SET (broker_date, broker_branch, broker_order_id)
     = (SELECT broker_date, broker_branch, broker_order_id FROM orders WHERE order_id = '${s.bought}') WHERE order_id = '${s.sent}'`,
    UNIQUE,
  ],
  [
    'half a broker number',
    (s) => set('orders', `broker_order_id = '777'`, `order_id = '${s.sent}'`),
    CHECK,
  ],
  // Fills.
  ['a fill twice at one cumulative quantity', (s) => fillOf(s.bought), UNIQUE],
  [
    'a fill that its order does not know',
    (s) => fillOf(s.partial, { qty: '1', cumulative_qty: '5' }),
    CHECK,
  ],
  [
    'a fill of another side',
    (s) => fillOf(s.partial, { side: `'BUY'`, cumulative_qty: '3', qty: '1' }),
    CHECK,
  ],
  [
    'a fill of another stock',
    (s) => fillOf(s.partial, { symbol: `'000001'`, cumulative_qty: '3', qty: '1' }),
    CHECK,
  ],
  ['a fill without shares', (s) => fillOf(s.partial, { qty: '0', cumulative_qty: '3' }), CHECK],
  ['a fill of no order', (s) => fillOf(s.partial, { order_id: `'${newId()}'` }), FOREIGN_KEY],
  ['a changed fill', (s) => set('fills', 'qty = 1', `order_id = '${s.bought}'`), RESTRICT],
  ['a deleted fill', (s) => `DELETE FROM fills WHERE order_id = '${s.bought}'`, RESTRICT],
  ['no fills at all', () => 'TRUNCATE fills', RESTRICT],
  // Positions, trades, events.
  ['a position below zero', (s) => set('positions', 'qty = -1', `symbol = '${s.symbol}'`), CHECK],
  ['a forgotten position', (s) => `DELETE FROM positions WHERE symbol = '${s.symbol}'`, RESTRICT],
  [
    'more sold than bought',
    (s) => set('trades', 'sold_qty = bought_qty + 1', `symbol = '${s.symbol}'`),
    CHECK,
  ],
  [
    'a result before the last share is sold',
    (s) => set('trades', 'pnl = 1, closed_on = trade_date', `symbol = '${s.symbol}'`),
    CHECK,
  ],
  [
    'a second open trade of a stock',
    (
      s,
    ) => `INSERT INTO trades SELECT (jsonb_populate_record(t, jsonb_build_object('trade_id', '${newId()}'))).*
     FROM trades t WHERE symbol = '${s.symbol}'`,
    UNIQUE,
  ],
  [
    'a cost share of no trade',
    () => `INSERT INTO trade_costs VALUES ('${newId()}', '2026-03-12', 1, 1, 1)`,
    FOREIGN_KEY,
  ],
  ['a changed event', (s) => set('events', `payload = '{}'`, `symbol = '${s.symbol}'`), RESTRICT],
  ['a deleted event', (s) => `DELETE FROM events WHERE symbol = '${s.symbol}'`, RESTRICT],
];

const longer = ({ symbol }: Scene): string =>
  set('stock_locks', `ttl = ttl + interval '1 s'`, `symbol = '${symbol}'`);

describe('the tables refuse what must not be, whoever asks', () => {
  let at: Scene | undefined;
  beforeAll(async () => {
    at = { ...(await questioned()), ...(await scene()) };
  });

  /** In a transaction of its own that is given up. */
  async function attempt(sql: (at: Scene) => string): Promise<number | null> {
    if (at === undefined) throw new Error('no scene');
    const client = await fleet.pool.connect();
    try {
      await client.query('BEGIN');
      return (await client.query(sql(at))).rowCount;
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  }

  it.each(ATTEMPTS)('%s', async (_what, sql, code) => {
    await expect(attempt(sql)).rejects.toMatchObject({ code });
  });

  it('and take the same when nothing is wrong with it', async () => {
    expect(await attempt(({ bought }) => copyOf(bought, {}))).toBe(1);
    expect(await attempt(longer)).toBe(1);
    expect(
      await attempt((s) => set('symbol_fences', 'fence = fence + 1', `symbol = '${s.symbol}'`)),
    ).toBe(1);
  });
});
