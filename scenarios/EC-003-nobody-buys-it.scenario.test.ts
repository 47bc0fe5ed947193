import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AFTER_THE_CLOSE,
  ALWAYS,
  brokenRules,
  FleetFolder,
  openBooks,
} from '../packages/testkit/src/index.ts';
import { inventedAfternoon, SCENARIO_MS } from './support/afternoon.ts';
import { climb, flatStocks, type InventedStock, minuteOf } from './support/invented-day.ts';

const THIN_FROM = minuteOf('15:03');
const AUCTION = minuteOf('15:30');
/** A fifth of these may be ours. */
const THIN_VOLUME = 50;

/** Bought at about 14:54, when it trades well; thin from 15:03 on. */
function drying(symbol: string, auctionVolume: number): InventedStock {
  const thin = (minute: number): number => (minute === AUCTION ? auctionVolume : THIN_VOLUME);
  const volumeAt = (minute: number): number => (minute < THIN_FROM ? 20_000 : thin(minute));
  return { symbol, priceAt: climb('14:45', 14), volumeAt };
}

const [SOLD, STUCK] = ['900010', '900020'];

describe('stocks that hardly trade any more when they must be sold', () => {
  const folder = new FleetFolder();
  let code: number | null = null;
  let output = '';
  let books: Awaited<ReturnType<typeof openBooks>>;

  beforeAll(async () => {
    const stocks = [drying(SOLD, 20_000), drying(STUCK, 0), ...flatStocks(7)];
    const pace = { at: '14:40', speed: 100, workers: 2 };
    const supervisor = folder.supervisor(inventedAfternoon(folder, stocks, pace));
    code = await supervisor.end();
    output = supervisor.output;
    await folder.awaitNothingLeft();
    books = await openBooks(folder.dataDir);
  }, SCENARIO_MS);

  afterAll(async () => {
    await books.close();
    await folder.remove();
  });

  it('are sold in parts, with up to three tries a rung and a WARN for each that fell short (EC-003, SC-008)', async () => {
    expect({ code, output }).toMatchObject({ code: 0 });
    const tries = await books.query(`select symbol, payload->>'rung' as rung, count(*)::int as tries
      from events where type = 'ExitIncompleteEvent' and level = 'WARN' group by 1, 2`);
    for (const symbol of [SOLD, STUCK]) {
      const own = tries.filter((row) => row['symbol'] === symbol);
      expect(own.length).toBeGreaterThan(1);
      expect(own.every((row) => Number(row['tries']) <= 3)).toBe(true);
    }
    const parts = await books.query(`select symbol, count(*)::int as orders from orders
      where side = 'SELL' and status = 'CANCELED' and filled_qty > 0 and filled_qty < qty
      group by symbol order by symbol`);
    expect(parts).toEqual([
      { symbol: SOLD, orders: expect.any(Number) },
      { symbol: STUCK, orders: expect.any(Number) },
    ]);
    expect(
      await books.query(
        `select distinct symbol from events where type = 'MandatoryLiquidationEvent' order by symbol`,
      ),
    ).toEqual([{ symbol: SOLD }, { symbol: STUCK }]);
  });

  it('one is sold out in the closing auction: lock released, worker back in SCAN, the lack of liquidity in the day summary (EC-003)', async () => {
    expect(
      await books.query(`select t.symbol, t.exit_reason, r.payload->>'reason' as released
        from trades t join events x on x.type = 'PositionExitedEvent' and x.symbol = t.symbol
        join events r on r.type = 'LockReleasedEvent' and r.symbol = t.symbol and r.id > x.id
        where exists (select from events w where w.type = 'WorkerStateChangedEvent' and w.id > x.id
          and w.worker_id = t.exit_worker_id::text and w.payload->>'from' = 'HOLD' and w.payload->>'to' = 'SCAN')`),
    ).toEqual([{ symbol: SOLD, exit_reason: 'MANDATORY_LIQUIDATION', released: 'sold' }]);
    const [summary] = await books.query(`select
      (improvement->'illiquidity'->>'partialOrders')::int as parts,
      (improvement->'illiquidity'->'hardExits'->>'trades')::int as hard,
      (improvement->'liquidation'->>'trades')::int as liquidated from daily_summaries`);
    expect(summary).toEqual({ parts: expect.any(Number), hard: 1, liquidated: 1 });
    const [orders] = await books.query(`select count(*)::int as n from orders
      where request = 'PLACE' and filled_qty > 0 and filled_qty < qty`);
    expect(summary?.['parts']).toBe(orders?.['n']);
  });

  it('what cannot be sold at all is a state with an alarm, and both books agree on it (EC-003)', async () => {
    const alarms =
      await books.query(`select e.symbol, e.level, (e.payload->>'quantity')::int as quantity,
        p.qty::int as held from events e join positions p using (symbol)
      where e.type = 'PositionUnsellableEvent'`);
    expect(alarms).toEqual([
      { symbol: STUCK, level: 'ERROR', quantity: expect.any(Number), held: alarms[0]?.['held'] },
    ]);
    expect(alarms[0]?.['quantity']).toBe(alarms[0]?.['held']);
    expect(folder.report()).toMatchObject({
      tieOut: { ok: true, cashDifference: 0, holdingsDifferences: [] },
      openPositions: [{ symbol: STUCK, quantity: alarms[0]?.['held'] }],
      unsellable: [{ symbol: STUCK, quantity: alarms[0]?.['held'] }],
      openOrders: 0,
      stockLocks: 0,
    });
    const broken = await brokenRules(books.query, [...ALWAYS, ...AFTER_THE_CLOSE]);
    expect(broken.map(({ name }) => name)).toEqual(['no position is left (SC-008)']);
  });
});
