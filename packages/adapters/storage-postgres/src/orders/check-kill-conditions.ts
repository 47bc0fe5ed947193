import { judgeKillConditions, type KillBreach, type KillLimits } from '@fleet/domain';
import type { OrderIntent } from '@fleet/service-layer';
import type { Client } from '../make-pool.ts';
import { oneRow } from '../sql/one-row.ts';
import { priceOf } from '../sql/row-values.ts';

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
       AND nth < coalesce((SELECT min(nth) FROM buys WHERE NOT refused), ${LOOK_BACK + 1}))::int AS refused,
    (SELECT price FROM stock_marks WHERE symbol = $1
       AND market_at BETWEEN from_ms($2) - interval '1 minute' AND from_ms($2)) AS mark`,
};

/**
 * DESIGN section 9: what only a fault brings about. Asked inside the intent transaction, so that no
 * order can be stored past it. A streak of refusals begins anew when a person has opened the gate.
 */
export async function checkKillConditions(
  client: Client,
  intent: Pick<OrderIntent, 'symbol' | 'side' | 'limitPrice' | 'marketAt' | 'tradeDate'>,
  limits: KillLimits,
): Promise<KillBreach | undefined> {
  const { symbol, side, limitPrice, marketAt, tradeDate } = intent;
  const result = await client.query<FactsRow>({ ...FACTS, values: [symbol, marketAt, tradeDate] });
  const { of_stock, of_fleet, refused, mark } = oneRow(result, 'kill conditions');
  const facts = { ordersOfStock: of_stock, orders: of_fleet, rejectedBuysInRow: refused };
  if (limitPrice === undefined || mark === null) return judgeKillConditions(facts, limits);
  const price = { side, limit: limitPrice, mark: priceOf(mark) };
  return judgeKillConditions({ ...facts, price }, limits);
}

interface FactsRow {
  readonly of_stock: number;
  readonly of_fleet: number;
  readonly refused: number;
  readonly mark: string | null;
}
