import type { TradeDate } from '@fleet/krx';
import type { EventStore, FleetEvent, StoredEvent } from '@fleet/service-layer';
import type { Pool } from '../make-pool.ts';
import { recordEvents } from '../sql/record-event.ts';
import { StorageError } from '../storage-error.ts';

interface Row {
  readonly cursor: string;
  readonly type: string;
  readonly level: FleetEvent['level'];
  readonly worker_id: string | null;
  readonly symbol: string | null;
  readonly order_id: string | null;
  readonly market_at: number;
  readonly recorded_at: number;
  readonly payload: Readonly<Record<string, unknown>>;
}

const CURSOR = /^(\d+):(\d+)$/;

// Below the oldest running transaction nothing can appear any more; ids alone would skip a row that
// commits late.
const READ_AFTER = {
  name: 'read_events_after',
  text: `
  SELECT xid || ':' || id AS cursor, type, level, worker_id, symbol, order_id, market_at,
    recorded_at, payload
  FROM events
  WHERE (xid, id) > ($1::xid8, $2::bigint) AND xid < pg_snapshot_xmin(pg_current_snapshot())
  ORDER BY xid, id LIMIT $3`,
};

export class PostgresEventStore implements EventStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async append(events: readonly FleetEvent[]): Promise<void> {
    await recordEvents(this.#pool, events);
  }

  /** @throws StorageError BAD_ROW on a cursor that is not ours */
  async readAfter(cursor: string, limit: number): Promise<readonly StoredEvent[]> {
    const match = CURSOR.exec(cursor === '' ? '0:0' : cursor);
    if (match === null) throw new StorageError('BAD_ROW', `not an event cursor: ${cursor}`);
    const { rows } = await this.#pool.query<Row>({
      ...READ_AFTER,
      values: [match[1], match[2], limit],
    });
    return rows.map(eventOf);
  }

  async countByType(tradeDate: TradeDate): Promise<Readonly<Record<string, number>>> {
    const { rows } = await this.#pool.query<{ type: string; count: number }>(
      'SELECT type, count(*) AS count FROM events WHERE trade_date = $1 GROUP BY type ORDER BY type',
      [tradeDate],
    );
    return Object.fromEntries(rows.map(({ type, count }) => [type, count]));
  }
}

function eventOf(row: Row): StoredEvent {
  return {
    cursor: row.cursor,
    type: row.type,
    level: row.level,
    ...(row.worker_id === null ? {} : { workerId: row.worker_id }),
    ...(row.symbol === null ? {} : { symbol: row.symbol }),
    ...(row.order_id === null ? {} : { orderId: row.order_id }),
    marketAt: row.market_at,
    recordedAt: row.recorded_at,
    payload: row.payload,
  };
}
