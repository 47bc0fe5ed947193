import { systemClock } from '@fleet/clock';
import { connectGateway } from '@fleet/gateway-client';
import type { QuoteListener } from '@fleet/service-layer';
import { FakeFleet } from '@fleet/testkit';
import { holdPosition } from '../../../packages/service-layer/src/workers/hold-position.ts';
import { quietLog } from '../harness/quiet-log.ts';
import { instantMs } from '../harness/instant.ts';
import { serveBench } from '../harness/serve-bench.ts';

interface HolderConfig {
  readonly address: string;
  readonly symbol: string;
  /** Stocks besides whose ticks this process gets as well. */
  readonly others: readonly string[];
}

/**
 * A worker in HOLD: ticks come through the gateway's client, judgement is the use case's own. The
 * books are in memory: nothing is sold, so they are only read.
 */
serveBench(async ({ address, symbol, others }: HolderConfig) => {
  let delays: number[] = [];
  let arrivals: number[] = [];
  const client = await connectGateway({
    address,
    processName: `holder-${process.pid}`,
    role: 'worker',
    clock: systemClock,
    log: quietLog,
  });
  const fleet = new FakeFleet();
  fleet.addPosition(symbol, 10);
  const at = fleet.clock.now();
  fleet.strategy.sell = ({ quote }) => {
    // The bench's ticks carry their instant in microseconds as the day's volume.
    if (quote.volume > 1e9) delays.push(instantMs() - quote.volume / 1_000);
    return undefined;
  };
  fleet.marketData.subscribeQuotes = async (symbols, listener) => {
    const timed: QuoteListener = {
      onTick: (tick) => {
        if (tick.symbol === symbol) arrivals.push(instantMs() - tick.dayVolume / 1_000);
        listener.onTick({ ...tick, at });
      },
      onFeedStatus: (told, status) => listener.onFeedStatus(told, status),
    };
    await client.subscribeQuotes([...symbols, ...others], timed);
  };
  const ctx = fleet.makeWorker();
  await ctx.lockKeeper.acquire(symbol, 'ADOPTION');
  void holdPosition(ctx, fleet.makeDay(), symbol, fleet.ended.signal);
  return {
    take: () => {
      const taken = { delays, arrivals };
      [delays, arrivals] = [[], []];
      return taken;
    },
  };
});
