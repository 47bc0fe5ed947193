import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { systemClock } from '@fleet/clock';
import { connectGateway } from '@fleet/gateway-client';
import { quietLog } from '../harness/quiet-log.ts';
import { instantMs } from '../harness/instant.ts';
import { serveBench } from '../harness/serve-bench.ts';

interface ListenerConfig {
  readonly gateway: string;
  readonly raw: string;
  readonly symbols: readonly string[];
}

/** A worker that only listens: to the gateway through its client, and to the yardstick. */
serveBench(async ({ gateway, raw, symbols }: ListenerConfig) => {
  let delays: number[] = [];
  const client = await connectGateway({
    address: gateway,
    processName: `listener-${process.pid}`,
    role: 'worker',
    clock: systemClock,
    log: quietLog,
  });
  await client.subscribeQuotes(symbols, {
    onTick: ({ at }) => delays.push(instantMs() - at),
    onFeedStatus: () => undefined,
  });
  const socket = new WebSocket('ws://raw.local/', {
    perMessageDeflate: false,
    createConnection: () => connect(raw),
  });
  await once(socket, 'open');
  socket.on('message', (data: Buffer) => delays.push(instantMs() - instantIn(data)));
  return {
    received: () => delays.length,
    take: () => {
      const taken = delays;
      delays = [];
      return taken;
    },
  };
});

/** Without parsing the frame. */
function instantIn(frame: Buffer): number {
  const start = frame.indexOf('"at":') + 5;
  return Number(frame.toString('latin1', start, frame.indexOf(',', start)));
}
