import { systemClock, wallMarketClock } from '@fleet/clock';
import { DEFAULT_RESERVE } from '../../../apps/gateway/src/budget/call-pace.ts';
import { Callers } from '../../../apps/gateway/src/budget/caller.ts';
import { PacedCallBudget } from '../../../apps/gateway/src/budget/paced-call-budget.ts';
import { makeWorld, startGateway } from '../../../apps/gateway/test/start-gateway.ts';
import { instantMs } from '../harness/instant.ts';
import { serveBench } from '../harness/serve-bench.ts';
import { type AskedCalls, repeatCalls } from './repeat-calls.ts';

/** The gateway as it is, with its own budget; the broker behind it answers at once. */
serveBench(async ({ address, perSecond }: { address: string; perSecond: number }) => {
  const callers = new Callers();
  const budget = new PacedCallBudget({
    pace: { callsPerSecond: perSecond, ...DEFAULT_RESERVE },
    brokerClock: wallMarketClock,
    callers,
  });
  const world = makeWorld(address);
  world.marketData.beforeQuote = (options) =>
    budget.acquire(options?.lane ?? 'scan', options?.signal);
  await startGateway(world, {}, { callers, budget });
  return {
    /** The yardstick: the same calls of as many callers in one process, first come, first served. */
    firstComeFirstServed: async ({
      callers: count,
      ...asked
    }: AskedCalls & { callers: number }) => {
      const intervalMs = 1_000 / perSecond;
      let next = instantMs() + intervalMs;
      const acquire = async (): Promise<void> => {
        const due = (next = Math.max(next + intervalMs, instantMs()));
        await systemClock.sleep(Math.max(0, due - instantMs()));
      };
      const loops = Array.from({ length: count }, () => repeatCalls(asked, acquire));
      return await Promise.all(loops);
    },
  };
});
