import type { MarkSentResult, OrderTicket } from '@fleet/service-layer';
import type { Pool } from '../make-pool.ts';
import { oneRow } from '../sql/one-row.ts';
import { brokerKeyOf, ORDER_COLUMNS, orderOf, type OrderRow } from './order-row.ts';

type Outcome = 'SENT' | Extract<MarkSentResult, { sent: false }>['reason'];

interface SentRow extends OrderRow {
  readonly outcome: Outcome;
  readonly original_date: string | null;
  readonly original_branch: string | null;
  readonly original_number: string | null;
}

// The order's terms never change, so they may be read beside the function; its status may not.
const MARK_SENT = {
  name: 'mark_order_sent',
  text: `
  SELECT marked.outcome, o.*, p.broker_date AS original_date, p.broker_branch AS original_branch,
    p.broker_order_id AS original_number
  FROM mark_order_sent($1, $2, $3, $4) AS marked(outcome)
  LEFT JOIN (SELECT ${ORDER_COLUMNS} FROM orders) o ON o.order_id = $1
  LEFT JOIN orders p ON p.order_id = o.parent_order_id`,
};

/** NEW -> SENT in one round trip, with the ticket to send. Repeating it is refused: NOT_NEW. */
export async function markOrderSent(
  pool: Pool,
  request: {
    readonly orderId: string;
    readonly requestedAt: number;
    readonly sendDeadlineMs: number;
    readonly marketAt: number;
  },
): Promise<MarkSentResult> {
  const { orderId, requestedAt, sendDeadlineMs, marketAt } = request;
  const result = await pool.query<SentRow>({
    ...MARK_SENT,
    values: [orderId, Math.floor(requestedAt), sendDeadlineMs, marketAt],
  });
  const row = oneRow(result, 'order to send');
  return row.outcome === 'SENT'
    ? { sent: true, ticket: ticketOf(row) }
    : { sent: false, reason: row.outcome };
}

function ticketOf(row: SentRow): OrderTicket {
  const { orderId, request, symbol, side, type, venue, quantity, limitPrice } = orderOf(row);
  const original = brokerKeyOf({
    broker_date: row.original_date,
    broker_branch: row.original_branch,
    broker_order_id: row.original_number,
  });
  return { orderId, request, symbol, side, type, venue, quantity, limitPrice, original };
}
