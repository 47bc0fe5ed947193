import { judgeKillConditions } from '@fleet/domain';
import type { OrderIntent } from '@fleet/service-layer';
import type { Client } from '../make-pool.ts';
import { oneRow } from '../sql/one-row.ts';

const LOOK_BACK = 20;

// Newest first: how many buys the broker has refused since it last took one.
const FACTS = {
  name: 'read_kill_conditions',
  text: `
  WITH recent AS (
    SELECT symbol FROM orders WHERE request = 'PLACE' AND continues_order_id IS NULL
      AND purpose <> 'EXTERNAL' AND created_market_at > from_ms($2) - interval '1 minute'),
  buys AS (
    SELECT end_reason IS NOT DISTINCT FROM 'REJECTED_BY_BROKER' AS refused,
      row_number() OVER (ORDER BY created_at DESC, order_id DESC) AS nth
    FROM (SELECT * FROM orders WHERE trade_date = $3 AND request = 'PLACE' AND side = 'BUY'
            AND answered_at IS NOT NULL
            AND created_at > coalesce((SELECT gate_changed_at FROM system_state), '-infinity')
          ORDER BY created_at DESC, order_id DESC LIMIT ${LOOK_BACK}) b)
  SELECT (SELECT count(*) FROM recent WHERE symbol = $1)::int AS of_stock,
    (SELECT count(*) FROM recent)::int AS of_fleet,
    (SELECT count(*) FROM buys WHERE refused
       AND nth < coalesce((SELECT min(nth) FROM buys WHERE NOT refused), ${LOOK_BACK + 1}))::int AS refused`,
};

/**
 * DESIGN section 9: what only a fault brings about. Asked inside the intent transaction, so that no
 * order can be stored past it. A streak of refusals begins anew when a person has opened the gate.
 */
export async function checkKillConditions(
  client: Client,
  intent: Pick<OrderIntent, 'symbol' | 'marketAt' | 'tradeDate'>,
): Promise<ReturnType<typeof judgeKillConditions>> {
  const result = await client.query<{ of_stock: number; of_fleet: number; refused: number }>({
    ...FACTS,
    values: [intent.symbol, intent.marketAt, intent.tradeDate],
  });
  const { of_stock, of_fleet, refused } = oneRow(result, 'kill conditions');
  return judgeKillConditions({
    ordersOfStock: of_stock,
    orders: of_fleet,
    rejectedBuysInRow: refused,
  });
}
