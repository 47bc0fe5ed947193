import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AFTER_THE_CLOSE,
  ALWAYS,
  brokenRules,
  FleetFolder,
  openBooks,
  type Row,
} from '../packages/testkit/src/index.ts';
import { SCENARIO_MS } from './support/afternoon.ts';
import { readReportedNumbers, REPORT_KEYS } from './support/report-view.ts';

const OPENING =
  `LOAD_SETTINGS AUTHENTICATE CHECK_ACCOUNT LOAD_PARAMETERS RECOVER_STATE SET_RISK_LIMITS
  CHOOSE_UNIVERSE SUBSCRIBE READY`.split(/\s+/);
const CLOSING = `CLOSING CHECK_OPEN_ORDERS SNAPSHOT_POSITIONS SETTLE PUBLISH_SETTLEMENT UNSUBSCRIBE
  DISCONNECT CLOSED`.split(/\s+/);

describe('a trading day from the open to the close', () => {
  const folder = new FleetFolder();
  let code: number | null = null;
  let output = '';
  let books: Awaited<ReturnType<typeof openBooks>>;

  beforeAll(async () => {
    const day = ['--day', 'generated:1', '--from', '2026-03-12', '--workers', '3'];
    const supervisor = folder.supervisor([...day, '--speed', '600']);
    code = await supervisor.end();
    output = supervisor.output;
    await folder.awaitNothingLeft();
    books = await openBooks(folder.dataDir);
  }, SCENARIO_MS);

  afterAll(async () => {
    await books.close();
    await folder.remove();
  });

  async function column(sql: string): Promise<readonly unknown[]> {
    return (await books.query(sql)).map((row) => Object.values(row)[0]);
  }

  async function expectSome(sql: string): Promise<readonly Row[]> {
    const rows = await books.query(sql);
    expect(rows.length).toBeGreaterThan(0);
    return rows;
  }

  it('exits 0 with a day card and leaves no process', () => {
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain('Tie-out: the books agree.');
  });

  it.each([...ALWAYS, ...AFTER_THE_CLOSE])('$name', async (rule) => {
    expect(await brokenRules(books.query, [rule])).toEqual([]);
    expect((await books.afterChange(rule.brokenBy, rule.violations)).length).toBeGreaterThan(0);
  });

  it('has the same fills as the exchange has in its own books', async () => {
    const ours = await books.query(
      `select symbol, side, sum(qty)::text as qty, sum(amount)::text as amount
       from fills group by 1, 2 order by 1, 2`,
    );
    const theirs = await books.simulator(
      `select o.symbol, o.side, sum(f.quantity)::text as qty, sum(f.quantity * f.price)::text as amount
       from fills f join orders o using (trade_date, number) group by 1, 2 order by 1, 2`,
    );
    expect(ours.length).toBeGreaterThan(0);
    expect(ours).toEqual(theirs);
  });

  it('takes the nine opening steps in order and tells of open and ready (ED-001)', async () => {
    const steps = `select payload->>'step' from events where type = 'OpeningStepEvent' order by id`;
    expect(await column(steps)).toEqual(OPENING);
    const told = `select type from events where type in
      ('MarketOpenEvent', 'MarketReadyEvent', 'MarketTradingEvent') order by id`;
    expect(await column(told)).toEqual([
      'MarketOpenEvent',
      'MarketReadyEvent',
      'MarketTradingEvent',
    ]);
    expect(output.match(/^opening \d\/9/gm)).toHaveLength(9);
  });

  it('takes the eight closing steps in order after the session and ends CLOSED (ED-002)', async () => {
    const steps = `select payload->>'step' from events where type = 'ClosingStepEvent' order by id`;
    expect(await column(steps)).toEqual(CLOSING);
    const told = `select type from events
      where type in ('MarketCloseEvent', 'DailySettlementEvent', 'MarketClosedEvent') order by id`;
    expect(await column(told)).toEqual([
      'MarketCloseEvent',
      'DailySettlementEvent',
      'MarketClosedEvent',
    ]);
    expect(
      await books.query(`select market_at from events
      where type = 'MarketCloseEvent' and market_at < '2026-03-12 15:30:00+09'`),
    ).toEqual([]);
    const states = `select payload->>'to' from events where type = 'SystemStateChangedEvent' order by id`;
    expect(await column(states)).toEqual(['INITIALIZING', 'READY', 'TRADING', 'CLOSING', 'CLOSED']);
  });

  it('has universe, pinned parameters and risk limits before it is READY (WT-001)', async () => {
    const ready = `(select recorded_at from events where type = 'MarketReadyEvent')`;
    const [counts] = await books.query(`select
      (select count(*)::int from universe where trade_date = '2026-03-12' and recorded_at < ${ready}) as universe,
      (select count(*)::int from pinned_params where created_at < ${ready}) as parameters,
      (select count(*)::int from day_baselines where daily_loss_limit > 0 and created_at < ${ready}) as limits`);
    expect(counts).toMatchObject({ parameters: 1, limits: 1 });
    expect(Number(counts?.['universe'])).toBeGreaterThan(100);
  });

  it('registers each worker as IDLE and takes it to SCAN when the day is open (SC-001)', async () => {
    const started = `select distinct worker_id from events where type = 'WorkerStartedEvent' order by 1`;
    const registered = `select worker_id::text from workers order by 1`;
    expect(await column(started)).toEqual(await column(registered));
    const first = `select distinct on (worker_id) payload->>'from' || ' ' || (payload->>'to')
      from events where type = 'WorkerStateChangedEvent' order by worker_id, id`;
    expect(await column(first)).toEqual(['IDLE SCAN', 'IDLE SCAN', 'IDLE SCAN']);
    expect(
      await books.query(
        `select 1 from events where type = 'RiskLimitsSetEvent' having count(*) <> 1`,
      ),
    ).toEqual([]);
  });

  it('scans on its schedule, keeps candidates with and without a signal, and says why not (SC-002)', async () => {
    // Every 30 s from the open to the liquidation: scanned, or skipped while a scan ran, and counted.
    const [beats] = await expectSome(
      `select (select count(*)::int from events where type = 'CandidateScannedEvent') as scans,
         sum(skipped)::int as skipped from process_lags where process like 'supervisor-%@2026-03-12'`,
    );
    expect(Number(beats?.['scans']) + Number(beats?.['skipped'])).toBe((6 * 60 + 15) * 2);
    expect(Number(beats?.['scans'])).toBeGreaterThan(0);
    await expectSome('select 1 from candidates where signal limit 1');
    await expectSome('select 1 from candidates where not signal limit 1');
    expect(
      await books.query(`select * from candidates
      where not signal and jsonb_array_length(why_not) = 0 limit 3`),
    ).toEqual([]);
  });

  it('stores a lock with its event before each buy, at the fence of the order (SC-003)', async () => {
    expect(
      await books.query(`select o.order_id from orders o where o.request = 'PLACE' and not exists
      (select from events l, events c
       where l.type = 'LockAcquiredEvent' and l.symbol = o.symbol and l.worker_id = o.worker_id::text
         and (l.payload->>'fence')::bigint = o.fence and l.payload ? 'locked_at'
         and c.type = 'OrderCreatedEvent' and c.order_id = o.order_id and l.id < c.id)`),
    ).toEqual([]);
  });

  it('buys, holds and remembers price, time and versions of the entry (SC-005)', async () => {
    expect(
      await books.query(`select t.trade_id from trades t where not exists
      (select from events e join orders o on o.order_id = e.order_id
       where e.type = 'PositionEnteredEvent' and e.payload->>'tradeId' = t.trade_id::text
         and e.worker_id = t.entry_worker_id::text and o.side = 'BUY' and o.filled_qty > 0
         and (e.payload->>'entryPrice')::numeric > 0 and e.payload ? 'enteredAt'
         and e.payload->>'strategyVersion' = t.strategy_version
         and (e.payload->>'paramsVersion')::int = t.params_version)`),
    ).toEqual([]);
    expect(
      await books.query(`select t.trade_id from trades t where not exists
      (select from events e where e.type = 'WorkerStateChangedEvent' and e.symbol = t.symbol
         and e.worker_id = t.entry_worker_id::text and e.payload->>'to' = 'HOLD'
         and e.market_at >= t.entered_at and e.market_at <= t.exited_at)`),
    ).toEqual([]);
  });

  it('watches what it holds, by its holder and while it is held (SC-006)', async () => {
    expect(
      await books.query(`select m.id from events m where m.type = 'MonitoringEvent' and not exists
      (select from trades t where t.symbol = m.symbol and t.entry_worker_id::text = m.worker_id
         and m.market_at between t.entered_at and t.exited_at) limit 3`),
    ).toEqual([]);
    expect(
      await books.query(`select t.trade_id from trades t
      where t.exited_at - t.entered_at > interval '5 minutes' and not exists
        (select from events m where m.type = 'MonitoringEvent' and m.symbol = t.symbol
           and m.market_at between t.entered_at and t.exited_at)`),
    ).toEqual([]);
  });

  it('sells on a signal, books the result, releases the lock and scans again (SC-007)', async () => {
    await expectSome(
      `select 1 from trades where exit_reason in ('TAKE_PROFIT', 'STOP_LOSS', 'TREND_BREAK')`,
    );
    expect(
      await books.query(`select t.trade_id from trades t where not exists
      (select from events x, events r, events w
       where x.type = 'PositionExitedEvent' and x.payload->>'tradeId' = t.trade_id::text
         and r.type = 'LockReleasedEvent' and r.symbol = t.symbol and r.worker_id = t.exit_worker_id::text and r.id > x.id
         and w.type = 'WorkerStateChangedEvent' and w.worker_id = t.exit_worker_id::text and w.id > x.id
         and w.payload->>'from' = 'HOLD' and w.payload->>'to' = 'SCAN')`),
    ).toEqual([]);
  });

  it('keeps the daily summary as the trades add up, one by one (SC-011)', async () => {
    const trades = (await column(`select pnl::text from trades order by exited_at`)).map(Number);
    const total = trades.reduce((sum, pnl) => sum + pnl, 0);
    const [summary] = await expectSome(
      'select pnl::float8, win_rate, avg_pnl::float8, max_loss::float8, trades_count, win_count from daily_summaries',
    );
    expect(summary).toMatchObject({
      pnl: total,
      trades_count: trades.length,
      win_count: trades.filter((pnl) => pnl > 0).length,
      max_loss: Math.min(0, ...trades),
    });
    expect(Number(summary?.['avg_pnl'])).toBeCloseTo(total / trades.length, 3);
    await expectSome(
      `select 1 from daily_summaries where improvement ?& array['bySignal', 'byExitReason', 'liquidation', 'illiquidity'] and improvement->'bySignal' ? 'MOMENTUM'`,
    );
  });

  it('keeps a snapshot of positions and the result of the day (WT-004)', async () => {
    const [day] = await expectSome(
      `select realized_pnl::float8 as realized, unrealized_pnl::float8 as unrealized, positions_snapshot as positions from daily_settlements`,
    );
    const [sum] = await books.query('select sum(pnl)::float8 as pnl from trades');
    expect(day).toEqual({ realized: sum?.['pnl'], unrealized: 0, positions: [] });
  });

  it('writes a report whose numbers are those of the tables', async () => {
    const report = folder.report();
    expect(Object.keys(report)).toEqual(expect.arrayContaining([...REPORT_KEYS]));
    expect(report).toMatchObject({
      ...(await readReportedNumbers(books.query)),
      runId: books.runId,
    });
    expect(report).toMatchObject({ mode: 'SIM', seed: 1, tradeDate: '2026-03-12' });
    const types = await books.query('select type, count(*)::int as n from events group by type');
    expect(report.events).toEqual(Object.fromEntries(types.map((row) => [row['type'], row['n']])));
    expect(report.workers.every((worker) => worker.trades > 0)).toBe(true);
    expect(Object.keys(report.lag)).toEqual(expect.arrayContaining(['idle-probe', 'supervisor-1']));
    for (const lag of Object.values(report.lag)) {
      expect(lag.count).toBeGreaterThan(0);
      expect(lag.p50Ms).toBeLessThanOrEqual(lag.p99Ms);
      expect(lag.p99Ms).toBeLessThanOrEqual(lag.maxMs);
    }
  });
});
