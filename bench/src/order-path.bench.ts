import { makePool, makePostgresStores } from '@fleet/storage-postgres';
import { parseTradeDate } from '@fleet/krx';
import { aBaseline } from '@fleet/testkit';
import {
  newAddress,
  startGatewayProcess,
  startSimulator,
} from '../../apps/gateway/test/processes.ts';
import { startScratchServer } from './database/scratch-server.ts';
import { type Bench, type BenchContext, interleave } from './harness/bench.ts';
import type { BenchChild } from './harness/bench-child.ts';
import { percentileRows } from './harness/row.ts';
import { openOrderWire, type OrderWire } from './order-path/order-wire.ts';

/** An order takes about 100 ms with the pause before it. */
const ORDERS_PER_SECOND = 8;

async function delays(
  child: BenchChild,
  wire: OrderWire,
  asked: { readonly side: 'orders' | 'bare'; readonly count: number },
): Promise<readonly number[]> {
  wire.take();
  const signals = await child.ask<readonly number[]>(asked.side, asked.count);
  const passed = wire.take();
  if (passed.length !== signals.length) {
    throw new Error(`${signals.length} signals, ${passed.length} orders on the wire`);
  }
  return passed.map((instant, index) => instant - (signals[index] ?? Number.NaN));
}

async function saveBaseline(server: { url: string; schema: string }, date: string): Promise<void> {
  const pool = makePool({ ...server, applicationName: 'bench' });
  const stores = makePostgresStores(pool, server);
  const limits = { maxPositions: 100_000 };
  await stores.settlement.saveBaseline(aBaseline({ tradeDate: parseTradeDate(date), limits }), 0);
  await stores.close();
  await pool.end();
}

export const bench: Bench = {
  title:
    'signal to bytes on the wire: intent, gateway, mark, HTTP; PostgreSQL flushes every commit',
  async run(context: BenchContext) {
    const count = Math.ceil(context.seconds * ORDERS_PER_SECOND);
    const server = await startScratchServer();
    const { url, schema } = server;
    const simulator = await startSimulator(await server.otherDatabase('exchange'), {
      'rate-limit': '1000',
      // As LIVE: at a higher speed the gateway would be reading the list all the time.
      speed: '1',
    });
    const wire = await openOrderWire(simulator.restUrl);
    try {
      await saveBaseline({ url, schema }, simulator.tradeDate);
      const address = newAddress();
      const gateway = await startGatewayProcess({
        simulator: { ...simulator, restUrl: wire.url },
        dbUrl: url,
        schema,
        address,
        // The broker's own pace is not what is measured.
        env: { KIS_CALLS_PER_SECOND: '100' },
      });
      try {
        const child = await context.fork(new URL('order-path/signal-process.ts', import.meta.url), {
          url,
          schema,
          address,
          tradeDate: simulator.tradeDate,
          wireUrl: wire.url,
          clockUrl: `${simulator.controlUrl}/clock`,
        });
        for (const side of ['orders', 'bare'] as const)
          await delays(child, wire, { side, count: 8 });
        const results = await interleave<readonly number[], 'orders' | 'bare'>(context.rounds, {
          orders: () => delays(child, wire, { side: 'orders', count }),
          bare: () => delays(child, wire, { side: 'bare', count }),
        });
        await child.end();
        return percentileRows({
          figure: 'signal to wire',
          unit: 'ms',
          ours: (results.get('orders') ?? []).flat(),
          yardstick: {
            name: 'two commits and a POST',
            samples: (results.get('bare') ?? []).flat(),
          },
          aims: { p99: { of: 'value', atMost: 10 } },
        });
      } finally {
        await gateway.stop();
      }
    } finally {
      await simulator.stop();
      await wire.close();
      await server.stop();
    }
  },
};
