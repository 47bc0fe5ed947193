import { systemClock } from '@fleet/clock';
import { connectGateway } from '@fleet/gateway-client';
import type { CallLane } from '@fleet/service-layer';
import { quietLog } from '../harness/quiet-log.ts';
import { serveBench } from '../harness/serve-bench.ts';
import { type AskedCalls, repeatCalls } from './repeat-calls.ts';

/** A worker that does nothing but call. */
serveBench(async ({ address }: { address: string }) => {
  const client = await connectGateway({
    address,
    processName: `caller-${process.pid}`,
    role: 'worker',
    clock: systemClock,
    log: quietLog,
  });
  return {
    call: ({ lane, ...asked }: AskedCalls & { lane: CallLane }) =>
      repeatCalls(asked, () => client.getQuote('005930', { lane })),
  };
});
