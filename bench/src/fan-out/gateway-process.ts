import { wallMarketClock } from '@fleet/clock';
import { makeWorld, startGateway } from '../../../apps/gateway/test/start-gateway.ts';
import { atRate } from '../harness/at-rate.ts';
import { instantMs } from '../harness/instant.ts';
import { serveBench } from '../harness/serve-bench.ts';
import { BusyMorning } from './ticks.ts';

/** The gateway as it is, on its local socket; in the broker's place somebody who only prints trades. */
serveBench(async ({ address, stocks }: { address: string; stocks: number }) => {
  const world = makeWorld(address);
  world.marketData.now = () => wallMarketClock.now();
  // Polls would add ticks of their own.
  await startGateway(world, { registrations: stocks + 1, pollMs: 600_000 });
  const morning = new BusyMorning(stocks);
  return {
    publish: (pace: { perSecond: number; seconds: number }) =>
      atRate(pace, () => {
        const tick = morning.next(instantMs());
        world.marketData.registered.get(tick.symbol)?.onTick(tick);
      }),
  };
});
