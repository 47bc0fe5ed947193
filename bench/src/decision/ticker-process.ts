import { quantity } from '@fleet/domain';
import { makeWorld, startGateway } from '../../../apps/gateway/test/start-gateway.ts';
import { BusyMorning } from '../fan-out/ticks.ts';
import { atRate } from '../harness/at-rate.ts';
import { instantMs } from '../harness/instant.ts';
import { serveBench } from '../harness/serve-bench.ts';

/** The gateway as it is; each tick's volume of the day is its instant in microseconds. */
serveBench(async ({ address, stocks }: { address: string; stocks: number }) => {
  const world = makeWorld(address);
  await startGateway(world, { registrations: stocks + 1, pollMs: 600_000 });
  const morning = new BusyMorning(stocks);
  return {
    publish: (pace: { perSecond: number; seconds: number }) =>
      atRate(pace, () => {
        const tick = morning.next(world.marketData.now());
        const dayVolume = quantity(Math.round(instantMs() * 1_000));
        world.marketData.registered.get(tick.symbol)?.onTick({ ...tick, dayVolume });
      }),
  };
});
