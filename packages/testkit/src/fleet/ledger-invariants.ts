/** A rule about the tables. */
export interface LedgerInvariant {
  readonly name: string;
  /** Selects what breaks the rule. */
  readonly violations: string;
  /** A change after which a finished day breaks it: the proof that the rule can be broken at all. */
  readonly brokenBy: string;
}

/** One more event like the newest of its type. */
const again = (type: string, columns: Readonly<Record<string, string>> = {}, times = 1): string => {
  const of = (column: string): string => columns[column] ?? `e.${column}`;
  return `insert into events (type, level, worker_id, symbol, order_id, trade_date, market_at, payload)
    select ${['type', 'level', 'worker_id', 'symbol', 'order_id', 'trade_date', 'market_at', 'payload'].map(of).join(', ')}
    from (select * from events where type = '${type}' order by id desc limit 1) e,
      generate_series(1, ${times})`;
};

const SIGNED = "case side when 'BUY' then qty else -qty end";

/** What must hold at any moment, also in the middle of a day and right after a kill. */
export const ALWAYS: readonly LedgerInvariant[] = [
  {
    name: 'fills sum to positions',
    violations: `select coalesce(p.symbol, f.symbol) as symbol, p.qty, f.filled
      from positions p full join (select symbol, sum(${SIGNED}) as filled from fills group by symbol) f
        on f.symbol = p.symbol
      where coalesce(p.qty, 0) <> coalesce(f.filled, 0)`,
    brokenBy: `update positions set qty = qty + 1, avg_price = 1`,
  },
  {
    name: "fills sum to their order's filled quantity and amount",
    violations: `select o.order_id, o.filled_qty, f.qty, o.filled_amount, f.amount
      from orders o full join
        (select order_id, sum(qty) as qty, sum(amount) as amount from fills group by order_id) f
        on f.order_id = o.order_id
      where coalesce(o.filled_qty, 0) <> coalesce(f.qty, 0)
         or coalesce(o.filled_amount, 0) <> coalesce(f.amount, 0)`,
    brokenBy: `update fills set qty = qty + 1, cumulative_qty = cumulative_qty + 1`,
  },
  {
    name: 'a fill has the stock and the side of its order',
    violations: `select f.fill_id from fills f join orders o using (order_id)
      where f.symbol <> o.symbol or f.side <> o.side or o.request <> 'PLACE'`,
    brokenBy: `update fills set side = case side when 'BUY' then 'SELL' else 'BUY' end`,
  },
  {
    name: 'fills sum to their trade',
    violations: `select t.trade_id, t.bought_qty, t.sold_qty, f.*
      from trades t full join
        (select trade_id,
                sum(qty) filter (where side = 'BUY') as bought,
                coalesce(sum(qty) filter (where side = 'SELL'), 0) as sold,
                sum(amount) filter (where side = 'BUY') as paid,
                coalesce(sum(amount) filter (where side = 'SELL'), 0) as got
         from fills group by trade_id) f on f.trade_id = t.trade_id
      where (t.bought_qty, t.sold_qty, t.bought_amount, t.sold_amount)
        is distinct from (f.bought, f.sold, f.paid, f.got)`,
    brokenBy: `update trades set bought_amount = bought_amount + 1, pnl = pnl - 1`,
  },
  {
    name: "a closed trade's pnl is sold - bought - commission - tax - adjustment (SC-011)",
    violations: `select * from trades where sold_qty = bought_qty
      and pnl is distinct from sold_amount - bought_amount - commission - transaction_tax - cost_adjustment`,
    brokenBy: `do $$ declare c text; begin
        for c in select conname from pg_constraint where conrelid = 'trades'::regclass and contype = 'c'
        loop execute format('alter table trades drop constraint %I', c); end loop;
      end $$; update trades set pnl = pnl + 1`,
  },
  {
    name: 'the daily summary agrees with the trades (SC-011)',
    violations: `select t.*, s.* from
        (select closed_on, sum(pnl) as pnl, count(*) as n, count(*) filter (where pnl > 0) as wins,
                least(min(pnl), 0) as worst
         from trades where closed_on is not null group by closed_on) t
      full join daily_summaries s on s.date = t.closed_on
      where s.pnl is distinct from coalesce(t.pnl, 0) or s.trades_count is distinct from coalesce(t.n, 0)
         or s.win_count is distinct from coalesce(t.wins, 0) or s.max_loss is distinct from coalesce(t.worst, 0)
         or abs(s.win_rate - coalesce(t.wins::float8 / t.n, 0)) > 1e-6
         or abs(s.avg_pnl - coalesce(t.pnl / t.n, 0)) > 0.0001`,
    brokenBy: `update daily_summaries set pnl = pnl + 1`,
  },
  {
    // Lock events of one stock are written while its row is locked: their ids are in commit order.
    name: 'never two workers on one stock, and each release is of the lock that was granted',
    violations: `select * from
        (select id, symbol, type, worker_id, payload->>'fence' as fence,
                lag(type) over s as before, lag(worker_id) over s as owner,
                lag(payload->>'fence') over s as granted
         from events where type in ('LockAcquiredEvent', 'LockReleasedEvent')
         window s as (partition by symbol order by id)) l
      where (type = 'LockAcquiredEvent' and before = 'LockAcquiredEvent')
         or (type = 'LockReleasedEvent'
             and (before, owner, granted) is distinct from ('LockAcquiredEvent', worker_id, fence))`,
    brokenBy: again(
      'LockAcquiredEvent',
      { worker_id: "'another'", payload: `'{"fence": 9999}'` },
      2,
    ),
  },
  {
    name: 'fences only grow',
    violations: `select * from
        (select id, symbol, (payload->>'fence')::bigint as fence,
                lag((payload->>'fence')::bigint) over (partition by symbol order by id) as before
         from events where type = 'LockAcquiredEvent') l
      where fence <= before`,
    brokenBy: again('LockAcquiredEvent', { payload: `'{"fence": 0}'` }),
  },
  {
    name: 'stock_locks is what the lock events say',
    violations: `select l.symbol, e.symbol as of_events from stock_locks l full join
        (select distinct on (symbol) symbol, type, worker_id, payload->>'fence' as fence
         from events where type in ('LockAcquiredEvent', 'LockReleasedEvent')
         order by symbol, id desc) e on e.symbol = l.symbol
      where (l.symbol is null and e.type = 'LockAcquiredEvent')
         or (l.symbol is not null and (e.type, e.worker_id, e.fence)
             is distinct from ('LockAcquiredEvent', l.worker_id::text, l.fence::text))`,
    brokenBy: again('LockAcquiredEvent'),
  },
  {
    name: 'workers go IDLE, SCAN, HOLD, SCAN, EXIT and never back',
    violations: `select * from
        (select id, worker_id, payload->>'from' as was, payload->>'to' as now,
                lag(payload->>'to', 1, 'IDLE') over (partition by worker_id order by id) as before
         from events where type = 'WorkerStateChangedEvent') w
      where was is distinct from before or (was, now) not in
        (('IDLE', 'SCAN'), ('IDLE', 'EXIT'), ('SCAN', 'HOLD'), ('SCAN', 'EXIT'), ('HOLD', 'SCAN'), ('HOLD', 'EXIT'))`,
    brokenBy: again('WorkerStateChangedEvent', { payload: `'{"from": "EXIT", "to": "SCAN"}'` }),
  },
  {
    name: 'the system walks one way in each term (UB-001)',
    violations: `select * from
        (select id, type, payload->>'from' as was, payload->>'to' as now, (payload->>'term')::bigint as term,
                lag((payload->>'term')::bigint, 1, 0) over (order by id) as term_before,
                lag(payload->>'to', 1, 'OFFLINE') over (order by id) as before
         from events where type in ('SystemStateChangedEvent', 'SupervisorTermStartedEvent')) s
      where was is distinct from before or case type
        when 'SupervisorTermStartedEvent' then now <> 'OFFLINE' or term <= term_before
        else term <> term_before or (now <> 'STOPPED' and (was, now) not in
          (('OFFLINE', 'INITIALIZING'), ('INITIALIZING', 'READY'), ('READY', 'TRADING'),
           ('TRADING', 'CLOSING'), ('CLOSING', 'CLOSED'), ('CLOSED', 'INITIALIZING'))) end`,
    brokenBy: again('SystemStateChangedEvent', {
      payload: `'{"from": "CLOSED", "to": "TRADING", "term": 1}'`,
    }),
  },
  {
    name: 'order events never go backward and nothing follows an end',
    violations: `select * from
        (select id, order_id, type, step, max(step) over
           (partition by order_id order by id rows between unbounded preceding and 1 preceding) as before
         from (select *, case type
             when 'OrderCreatedEvent' then 0 when 'OrderSentEvent' then 1
             when 'OrderPartiallyFilledEvent' then 2
             when 'OrderFilledEvent' then 3 when 'OrderCanceledEvent' then 3
             when 'OrderRejectedEvent' then 3 when 'OrderExpiredEvent' then 3
             when 'OrderNotSentEvent' then 3 when 'OrderNotExecutedEvent' then 3
             when 'OrderNeverArrivedEvent' then 3 end as step
           from events where order_id is not null) named where step is not null) o
      where (before is null and step <> 0) or step < before or (step in (0, 1, 3) and step = before)`,
    brokenBy: again('OrderSentEvent'),
  },
  {
    name: 'an order has the state that its last event says',
    violations: `select * from
        (select o.order_id, o.status, (select case e.type
             when 'OrderCreatedEvent' then 'NEW' when 'OrderSentEvent' then 'SENT'
             when 'OrderPartiallyFilledEvent' then 'PARTIAL' when 'OrderFilledEvent' then 'FILLED'
             when 'OrderRejectedEvent' then 'REJECTED' when 'OrderNeverArrivedEvent' then 'REJECTED'
             when 'OrderNotExecutedEvent' then o.status else 'CANCELED' end
           from events e where e.order_id = o.order_id and e.type in
             ('OrderCreatedEvent', 'OrderSentEvent', 'OrderPartiallyFilledEvent', 'OrderFilledEvent',
              'OrderRejectedEvent', 'OrderNeverArrivedEvent', 'OrderNotExecutedEvent',
              'OrderCanceledEvent', 'OrderExpiredEvent', 'OrderNotSentEvent')
           order by e.id desc limit 1) as told
         from orders o) t
      where told is distinct from status`,
    brokenBy: `delete from events where type = 'OrderFilledEvent'`,
  },
  {
    name: 'every order is created by one event and followed by others, each with both instants',
    violations: `select o.order_id, o.status from orders o
      left join events e on e.order_id = o.order_id
      group by o.order_id, o.status
      having count(*) filter (where e.type = 'OrderCreatedEvent') <> 1
         or (o.status <> 'NEW' and count(*) < 2)
         or count(e.market_at) <> count(*) or count(e.recorded_at) <> count(*)`,
    brokenBy: `delete from events where type = 'OrderCreatedEvent'`,
  },
  {
    name: 'no worker buys for more than its capital',
    violations: `select o.order_id, o.qty, o.judged_price, w.capital_limit from orders o
      join workers w using (worker_id)
      where o.side = 'BUY' and o.request = 'PLACE' and o.qty * o.judged_price > w.capital_limit`,
    brokenBy: `update workers set capital_limit = 1`,
  },
  {
    name: 'every buy was of a stock that a scan had a signal for (SC-002)',
    violations: `select o.order_id, o.symbol from orders o
      where o.side = 'BUY' and o.request = 'PLACE' and not exists
        (select from candidates c where c.symbol = o.symbol and c.signal and c.trade_date = o.trade_date
           and c.scanned_at <= o.created_market_at)`,
    brokenBy: `update candidates set signal = false`,
  },
];

/** What must hold besides when the day is settled. */
export const AFTER_THE_CLOSE: readonly LedgerInvariant[] = [
  {
    name: 'no order is open',
    violations: "select order_id, status from orders where status in ('NEW', 'SENT', 'PARTIAL')",
    brokenBy: `update orders set qty = qty + 1, status = 'PARTIAL', ended_at = null where status = 'FILLED'`,
  },
  {
    name: 'no stock is locked (SC-008)',
    violations: 'select * from stock_locks',
    brokenBy: `insert into stock_locks (symbol, worker_id, locked_at, ttl, heartbeat_at, fence)
      select symbol, entry_worker_id, now(), now() + interval '1 second', now(), 1 from trades limit 1`,
  },
  {
    name: 'no position is left (SC-008)',
    violations: 'select * from positions where qty > 0',
    brokenBy: `update positions set qty = 1, avg_price = 1`,
  },
  {
    name: 'no worker has a stock, and all have ended (SC-008)',
    violations:
      "select worker_id from workers where current_symbol is not null or status <> 'EXIT'",
    brokenBy: `update workers set status = 'SCAN'`,
  },
  {
    name: 'the day is closed',
    violations: "select state from system_state where state <> 'CLOSED'",
    brokenBy: `update system_state set state = 'TRADING'`,
  },
  {
    name: 'the books tie out with the broker to the won (WT-004)',
    violations: `select s.trade_date, s.tie_out from (select 1) one
      left join daily_settlements s on true
      where s.tied_out is not true or (s.tie_out->>'cashDifference')::numeric <> 0
         or jsonb_array_length(s.tie_out->'holdingsDifferences') > 0`,
    brokenBy: `update daily_settlements set tie_out = jsonb_set(tie_out, '{cashDifference}', '"1"')`,
  },
  {
    name: 'the settlement is the sum of the trades (WT-004)',
    violations: `select s.trade_date, s.realized_pnl from daily_settlements s
      where s.realized_pnl <> (select coalesce(sum(pnl), 0) from trades where closed_on = s.trade_date)`,
    brokenBy: `update daily_settlements set realized_pnl = realized_pnl + 1, total_pnl = total_pnl + 1`,
  },
];
