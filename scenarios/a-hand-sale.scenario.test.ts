import { afterEach, describe, expect, it } from '@jest/globals';
import {
  LIVE_PROFILE,
  makeKisAdapter,
  UNLIMITED_BUDGET,
} from '../packages/adapters/broker-kis/src/index.ts';
import { AnchoredMarketClock, systemClock } from '../packages/adapters/clock/src/index.ts';
import { simulatedKeys } from '../apps/supervisor/src/run/simulated-broker.ts';
import { quantity } from '../packages/domain/src/index.ts';
import { readRuntimeFile } from '../packages/config/src/index.ts';
import { FleetFolder } from '../packages/testkit/src/index.ts';
import { awaitHolder, expectSettled, SCENARIO_MS } from './support/afternoon.ts';

const LATE = '--day generated:1 --from 2026-03-12 --at 14:40 --speed 100 --workers 3'.split(' ');

/** Sells at the market from the owner's own terminal: the fleet's account, past the fleet. */
async function sellByHand(dataDir: string, symbol: string, shares: number): Promise<string> {
  const runtime = readRuntimeFile(dataDir);
  if (!runtime?.simulator) throw new Error('no simulator to sell at');
  const { restUrl, wsUrl, controlUrl } = runtime.simulator;
  const following = new AbortController();
  const market = await AnchoredMarketClock.follow(`${controlUrl}/clock`, following.signal);
  const account = { accountId: '50012345-01', htsId: 'owner', corporate: undefined };
  const urls = { restUrl, wsUrl, masterUrl: `${restUrl}/common/master` };
  const adapter = makeKisAdapter(
    { ...simulatedKeys(runtime.runId), ...account, ...urls, profile: LIVE_PROFILE },
    {
      tokenStore: { load: async () => undefined, save: async () => undefined },
      budget: UNLIMITED_BUDGET,
      clock: systemClock,
      brokerClock: market,
    },
  );
  try {
    const outcome = await adapter.broker.placeOrder({
      orderId: 'by-hand',
      request: 'PLACE',
      symbol,
      side: 'SELL',
      type: 'MARKET',
      venue: 'KRX',
      quantity: quantity(shares),
      limitPrice: undefined,
      original: undefined,
    });
    if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
    return outcome.broker.number;
  } finally {
    await adapter.close();
    following.abort();
  }
}

describe('the owner sells the fleet’s shares by hand', () => {
  const folder = new FleetFolder();
  afterEach(() => folder.remove());

  it(
    'is an external close at the broker’s price: booked, alarmed, the lock freed, and the day ties out',
    async () => {
      const supervisor = folder.supervisor(LATE);
      const { symbol, workerId } = await awaitHolder(folder);
      const [held] = await folder.query('select qty from positions where symbol = $1', [symbol]);
      const number = await sellByHand(folder.dataDir, symbol, Number(held?.['qty']));
      const closed = await folder.awaitRow(
        `select t.exit_reason, t.sold_amount, o.broker_order_id from trades t
         join fills f on f.trade_id = t.trade_id and f.side = 'SELL' join orders o using (order_id)
         where t.symbol = $1 and t.pnl is not null order by t.exited_at desc limit 1`,
        [symbol],
      );
      expect(closed).toMatchObject({ exit_reason: 'EXTERNAL', broker_order_id: number });
      await folder.awaitRow(
        `select 1 from events where type = 'LockReleasedEvent' and symbol = $1 and worker_id = $2`,
        [symbol, workerId],
      );
      const alarms = await folder.query(
        `select level from events where type = 'ExternalSaleEvent' and symbol = $1`,
        [symbol],
      );
      expect(alarms.map(({ level }) => level)).toContain('ERROR');
      await expectSettled(folder, supervisor);
    },
    SCENARIO_MS,
  );
});
