import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { encodePush, encodePushBody } from '@fleet/gateway-contract';
import { atRate } from '../harness/at-rate.ts';
import { instantMs } from '../harness/instant.ts';
import { serveBench } from '../harness/serve-bench.ts';
import { BusyMorning } from './ticks.ts';

/** The yardstick: `ws` alone, the same bytes to everybody who is connected, and no questions asked. */
serveBench(async ({ address, stocks }: { address: string; stocks: number }) => {
  const http = createServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  await new Promise<void>((resolve) => http.listen(address, resolve));
  const morning = new BusyMorning(stocks);
  let seq = 0;
  return {
    publish: (pace: { perSecond: number; seconds: number }) =>
      atRate(pace, () => {
        const at = instantMs();
        const body = encodePushBody({ type: 'tick', tick: morning.next(at) });
        const frame = encodePush(body, { seq: (seq += 1), sentAt: at });
        for (const socket of server.clients) socket.send(frame);
      }),
  };
});
