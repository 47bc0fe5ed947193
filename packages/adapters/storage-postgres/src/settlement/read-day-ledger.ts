import type { CostBearer } from '@fleet/domain';
import type { InstrumentKind, Market, TradeDate } from '@fleet/krx';
import type { DayLedger } from '@fleet/service-layer';
import type { Client } from '../make-pool.ts';
import { oneRow } from '../sql/one-row.ts';
import { wonOf } from '../sql/row-values.ts';

const TOTALS = `
  SELECT coalesce(sum(amount) FILTER (WHERE side = 'BUY'), 0) AS bought,
    coalesce(sum(amount) FILTER (WHERE side = 'SELL'), 0) AS sold,
    coalesce(sum(commission), 0) AS commission, coalesce(sum(transaction_tax), 0) AS tax
  FROM fills WHERE trade_date = $1`;

const BY_MARKET = `
  SELECT o.market, o.instrument_kind AS kind, sum(f.amount) AS amount
  FROM fills f JOIN orders o USING (order_id)
  WHERE f.trade_date = $1 AND f.side = 'SELL' GROUP BY 1, 2 ORDER BY 1, 2`;

const BY_SYMBOL = `
  SELECT symbol, side, sum(qty)::bigint AS qty FROM fills WHERE trade_date = $1 GROUP BY 1, 2`;

/** Positions from fills, not from the positions table: the tie-out must see a fill that is missing. */
const POSITIONS = `
  SELECT symbol, sum(CASE side WHEN 'BUY' THEN qty ELSE -qty END)::bigint AS qty
  FROM fills GROUP BY symbol HAVING sum(CASE side WHEN 'BUY' THEN qty ELSE -qty END) <> 0`;

const BEARERS = `
  SELECT trade_id, coalesce(sum(amount) FILTER (WHERE side = 'BUY'), 0) AS bought,
    coalesce(sum(amount) FILTER (WHERE side = 'SELL'), 0) AS sold, sum(transaction_tax) AS tax
  FROM fills WHERE trade_date = $1 GROUP BY trade_id ORDER BY trade_id`;

/** Fills again, added up by the broker's number: the order row's own sums are not asked. */
const ORDERS = `
  SELECT o.broker_order_id, o.symbol, coalesce(sum(f.qty), 0)::bigint AS qty,
    coalesce(sum(f.amount), 0) AS amount, bool_or(o.purpose = 'EXTERNAL') AS external
  FROM orders o LEFT JOIN fills f USING (order_id)
  WHERE o.trade_date = $1 AND o.request = 'PLACE' AND o.broker_order_id IS NOT NULL
  GROUP BY o.broker_order_id, o.symbol ORDER BY o.broker_order_id`;

/** The day's sums, from the fills; read in one snapshot. */
export async function readDayLedger(client: Client, tradeDate: TradeDate): Promise<DayLedger> {
  const totals = await client.query<{
    bought: string;
    sold: string;
    commission: string;
    tax: string;
  }>(TOTALS, [tradeDate]);
  const total = oneRow(totals, 'totals of the day');
  const markets = await client.query<{ market: Market; kind: InstrumentKind; amount: string }>(
    BY_MARKET,
    [tradeDate],
  );
  const symbols = await client.query<{ symbol: string; side: string; qty: number }>(BY_SYMBOL, [
    tradeDate,
  ]);
  const positions = await client.query<{ symbol: string; qty: number }>(POSITIONS);
  const ofSide = (side: string): Record<string, number> =>
    Object.fromEntries(
      symbols.rows.filter((row) => row.side === side).map((row) => [row.symbol, row.qty]),
    );
  return {
    boughtAmount: wonOf(total.bought),
    soldAmount: wonOf(total.sold),
    soldByMarket: markets.rows.map((row) => ({ ...row, amount: wonOf(row.amount) })),
    boughtQuantity: ofSide('BUY'),
    soldQuantity: ofSide('SELL'),
    positions: Object.fromEntries(positions.rows.map((row) => [row.symbol, row.qty])),
    estimatedCommission: wonOf(total.commission),
    estimatedTax: wonOf(total.tax),
    costBearers: await readBearers(client, tradeDate),
    orders: await readOrderSums(client, tradeDate),
  };
}

async function readBearers(client: Client, tradeDate: TradeDate): Promise<CostBearer[]> {
  const { rows } = await client.query<{
    trade_id: string;
    bought: string;
    sold: string;
    tax: string;
  }>(BEARERS, [tradeDate]);
  return rows.map((row) => ({
    tradeId: row.trade_id,
    boughtAmount: wonOf(row.bought),
    soldAmount: wonOf(row.sold),
    transactionTax: wonOf(row.tax),
  }));
}

async function readOrderSums(client: Client, tradeDate: TradeDate): Promise<DayLedger['orders']> {
  const { rows } = await client.query<{
    broker_order_id: string;
    symbol: string;
    qty: number;
    amount: string;
    external: boolean;
  }>(ORDERS, [tradeDate]);
  return rows.map((row) => ({
    brokerNumber: row.broker_order_id,
    symbol: row.symbol,
    filledQuantity: row.qty,
    filledAmount: wonOf(row.amount),
    external: row.external,
  }));
}
