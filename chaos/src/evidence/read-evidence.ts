import { makePool } from '@fleet/storage-postgres';
import { ALWAYS, brokenRules, type Query, type Row } from '@fleet/testkit';
import type { ChaosFleet } from '../fleet/chaos-fleet.ts';
import type { SimulatedMarket } from '../fleet/simulated-market.ts';
import type { Arrival, Evidence, ExchangeOrder, LockEvent, OurOrder } from './evidence.ts';

/** Both sides' books of a run that is over; of a shared market only what this run's stocks saw. */
export async function readEvidence(fleet: ChaosFleet, market: SimulatedMarket): Promise<Evidence> {
  const { database, symbols } = fleet;
  const query: Query = async (sql, values = []) =>
    (await database.pool.query<Row>(sql, [...values])).rows;
  const exchangePool = makePool({
    url: database.serverUrl,
    schema: market.schema,
    applicationName: 'chaos-exchange',
  });
  try {
    const arrivals = await exchangePool.query<Row>(ARRIVALS, [symbols]);
    const exchange = await exchangePool.query<Row>(EXCHANGE_ORDERS, [symbols]);
    const [left = {}] = await query(LEFT);
    const broken = await brokenRules(query, ALWAYS);
    return {
      locks: (await query(LOCKS)).map(lockOf),
      starts: (await query(STARTS)).map((row) => ({
        workerId: String(row['worker_id']),
        pid: Number(row['pid']),
      })),
      orders: (await query(ORDERS)).map(orderOf),
      fills: (await query('SELECT order_id, qty, amount::text AS amount FROM fills')).map(
        (row) => ({
          orderId: String(row['order_id']),
          quantity: Number(row['qty']),
          amount: String(row['amount']),
        }),
      ),
      arrivals: arrivals.rows.map(arrivalOf),
      exchange: exchange.rows.map(exchangeOrderOf),
      left: {
        locks: Number(left['locks']),
        positions: Number(left['positions']),
        openOrders: Number(left['open_orders']),
        frozen: Number(left['frozen']),
      },
      brokenRules: broken.map(({ name, rows }) => `${name}: ${JSON.stringify(rows[0])}`),
      refusals: Object.fromEntries(
        (await query(REFUSALS)).map((row) => [String(row['guard']), Number(row['times'])]),
      ),
    };
  } finally {
    await exchangePool.end();
  }
}

const EPOCH_MS = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::float8`;

const LOCKS = `
  SELECT id, type, symbol, worker_id, payload, ${EPOCH_MS('recorded_at')} AS at FROM events
  WHERE type IN ('LockAcquiredEvent', 'LockReleasedEvent') ORDER BY id`;

const STARTS = `
  SELECT worker_id, payload->>'pid' AS pid FROM events WHERE type = 'WorkerStartedEvent'`;

const ORDERS = `
  SELECT order_id, continues_order_id, request, symbol, side, qty, limit_price::text AS limit_price,
    worker_id, fence, status, end_reason, end_detail, broker_order_id, filled_qty,
    filled_amount::text AS filled_amount, ${EPOCH_MS('sent_at')} AS sent_ms,
    ${EPOCH_MS('coalesce(answered_at, ended_at)')} AS settled_ms
  FROM orders ORDER BY created_at`;

const LEFT = `
  SELECT (SELECT count(*) FROM stock_locks) AS locks,
    (SELECT count(*) FROM positions WHERE qty > 0) AS positions,
    (SELECT count(*) FROM orders WHERE status IN ('NEW', 'SENT', 'PARTIAL')) AS open_orders,
    (SELECT count(*) FROM symbol_fences WHERE frozen) AS frozen`;

const REFUSALS = `
  SELECT 'claim: ' || (payload->>'reason') AS guard, count(*) AS times FROM events
    WHERE type = 'LockRejectedEvent' GROUP BY 1
  UNION ALL
  SELECT 'intent: ' || (payload->>'code'), count(*) FROM events
    WHERE type IN ('OrderDeniedEvent', 'RiskViolationEvent') GROUP BY 1
  UNION ALL
  SELECT 'send: ' || regexp_replace(end_detail, '[0-9]+', 'n', 'g'), count(*) FROM orders
    WHERE end_reason = 'NOT_SENT' GROUP BY 1
  ORDER BY 1`;

const ARRIVALS = `
  SELECT sequence, real_ms, request, symbol, side, quantity, price, original_number, number
  FROM arrivals WHERE symbol = ANY($1) ORDER BY sequence`;

const EXCHANGE_ORDERS = `
  SELECT number, symbol, request, filled_quantity, filled_amount FROM orders WHERE symbol = ANY($1)`;

function text(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function number(value: unknown): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}

function requestOf(value: unknown): OurOrder['request'] {
  return value === 'CANCEL' ? 'CANCEL' : value === 'AMEND' || value === 'MODIFY' ? 'AMEND' : 'NEW';
}

function sideOf(value: unknown): 'BUY' | 'SELL' {
  return value === 'SELL' ? 'SELL' : 'BUY';
}

function lockOf(row: Row): LockEvent {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the payload of lock events
  const payload = row['payload'] as Readonly<Record<string, unknown>>;
  return {
    id: Number(row['id']),
    kind: row['type'] === 'LockAcquiredEvent' ? 'GRANTED' : 'RELEASED',
    symbol: String(row['symbol']),
    workerId: String(row['worker_id']),
    fence: Number(payload['fence']),
    at: Number(row['at']),
    reason: text(payload['reason']),
    expiredAt: number(payload['ttl']),
    orphan: payload['orphan'] === true,
  };
}

function orderOf(row: Row): OurOrder {
  return {
    orderId: String(row['order_id']),
    continues: text(row['continues_order_id']),
    request: requestOf(row['request']),
    symbol: String(row['symbol']),
    side: sideOf(row['side']),
    quantity: Number(row['qty']),
    price: text(row['limit_price']),
    workerId: String(row['worker_id']),
    fence: Number(row['fence']),
    status: String(row['status']),
    endReason: text(row['end_reason']),
    endDetail: text(row['end_detail']),
    sentAt: number(row['sent_ms']),
    settledAt: number(row['settled_ms']),
    brokerNumber: text(row['broker_order_id']),
    filledQuantity: Number(row['filled_qty']),
    filledAmount: String(row['filled_amount']),
  };
}

function arrivalOf(row: Row): Arrival {
  return {
    sequence: Number(row['sequence']),
    at: Number(row['real_ms']),
    request: requestOf(row['request']),
    symbol: String(row['symbol']),
    side: row['side'] === null ? undefined : sideOf(row['side']),
    quantity: number(row['quantity']),
    price: text(row['price']),
    originalNumber: bare(row['original_number']),
    number: bare(row['number']),
  };
}

/** The fleet keeps the broker's numbers without their padding. */
function bare(value: unknown): string | undefined {
  return text(value)?.replace(/^0+/, '');
}

function exchangeOrderOf(row: Row): ExchangeOrder {
  return {
    number: bare(row['number']) ?? '',
    symbol: String(row['symbol']),
    request: requestOf(row['request']),
    filledQuantity: Number(row['filled_quantity']),
    filledAmount: String(row['filled_amount']),
  };
}
