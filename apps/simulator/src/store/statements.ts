const ORDER_COLUMNS = `trade_date, number, sequence, account, branch, original_number, request, symbol,
  market, kind, side, type, quantity, price, working_limit, reserve_unit, accepted_at,
  condition_price, filled_quantity, filled_amount, canceled_quantity, rejected_quantity,
  rest_quantity`;

const ORDER_TYPES = `trade_date text, number text, sequence bigint, account text, branch text,
  original_number text, request text, symbol text, market text, kind text, side text, type text,
  quantity bigint, price bigint, working_limit bigint, reserve_unit bigint, accepted_at bigint,
  condition_price bigint, filled_quantity bigint, filled_amount bigint, canceled_quantity bigint, rejected_quantity bigint,
  rest_quantity bigint`;

const ARRIVAL_COLUMNS = `sequence, trade_date, real_ms, market_ms, request, account, symbol, side, type,
  quantity, price, original_number, number, refusal`;

const ARRIVAL_TYPES = `sequence bigint, trade_date text, real_ms bigint, market_ms bigint, request text,
  account text, symbol text, side text, type text, quantity bigint, price bigint,
  original_number text, number text, refusal text`;

/**
 * One statement, so one round trip and one transaction: arrivals, orders, fills, market instant. Safe
 * to repeat when the answer of the first try was lost.
 */
export function commitSql(schema: string): string {
  return `with new_arrivals as (
      insert into ${schema}.arrivals (${ARRIVAL_COLUMNS})
      select ${ARRIVAL_COLUMNS} from jsonb_to_recordset($1) as row (${ARRIVAL_TYPES})
      on conflict (sequence) do nothing
    ), changed_orders as (
      insert into ${schema}.orders (${ORDER_COLUMNS})
      select ${ORDER_COLUMNS} from jsonb_to_recordset($2) as row (${ORDER_TYPES})
      on conflict (trade_date, number) do update set
        filled_quantity = excluded.filled_quantity,
        filled_amount = excluded.filled_amount,
        canceled_quantity = excluded.canceled_quantity,
        rejected_quantity = excluded.rejected_quantity,
        rest_quantity = excluded.rest_quantity
    ), new_fills as (
      insert into ${schema}.fills (trade_date, number, sequence, at, quantity, price)
      select trade_date, number, sequence, at, quantity, price from jsonb_to_recordset($3) as row
        (trade_date text, number text, sequence integer, at bigint, quantity bigint, price bigint)
      on conflict (trade_date, number, sequence) do nothing
    )
    update ${schema}.run set trade_date = $4, market_instant = $5`;
}

/** Everything of a run as one JSON document: numbers stay numbers. */
export function loadSql(schema: string): string {
  return `select
      run.parameters, run.trade_date, run.market_instant::float8 as market_instant,
      (select coalesce(json_agg(o order by o.sequence), '[]') from ${schema}.orders o) as orders,
      (select coalesce(json_agg(f order by f.at, f.number, f.sequence), '[]')
         from ${schema}.fills f) as fills,
      (select coalesce(max(a.sequence), 0)::float8 from ${schema}.arrivals a) as last_arrival,
      (select coalesce(max(o.sequence), 0)::float8 from ${schema}.orders o) as last_order
    from ${schema}.run`;
}

export function arrivalsSql(schema: string): string {
  return `select coalesce(json_agg(a order by a.sequence), '[]') as arrivals
    from ${schema}.arrivals a`;
}
