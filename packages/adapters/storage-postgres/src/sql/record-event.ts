import type { FleetEvent } from '@fleet/service-layer';
import type { Client, Pool } from '../make-pool.ts';

const RECORD_EVENTS = `
  SELECT record_event(e.type, e.level, e.worker_id, e.symbol, e.order_id, e.market_at, e.payload)
  FROM jsonb_to_recordset($1::jsonb) AS e(
    position int, type text, level text, worker_id text, symbol text, order_id uuid,
    market_at bigint, payload jsonb)
  ORDER BY e.position`;

/** Writes events in the caller's transaction, in their order, in one round trip. */
export async function recordEvents(
  client: Client | Pool,
  events: readonly FleetEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event, position) => ({
    position,
    type: event.type,
    level: event.level,
    worker_id: event.workerId,
    symbol: event.symbol,
    order_id: event.orderId,
    market_at: event.marketAt,
    payload: event.payload ?? {},
  }));
  await client.query({
    name: 'record_events',
    text: RECORD_EVENTS,
    values: [JSON.stringify(rows)],
  });
}
