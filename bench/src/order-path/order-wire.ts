import { connect, createServer } from 'node:net';
import { instantMs } from '../harness/instant.ts';

const ORDER = 'POST /uapi/domestic-stock/v1/trading/order-cash';

/** A wire to the broker that notes when an order's first bytes pass. */
export interface OrderWire {
  readonly url: string;
  /** Instants since the last call. */
  take(): readonly number[];
  close(): Promise<void>;
}

export async function openOrderWire(brokerUrl: string): Promise<OrderWire> {
  const { hostname, port } = new URL(brokerUrl);
  let passed: number[] = [];
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    near.on('data', (bytes) => {
      if (bytes.subarray(0, ORDER.length).toString('latin1') === ORDER) passed.push(instantMs());
      far.write(bytes);
    });
    far.pipe(near);
    near.on('end', () => far.end());
    for (const socket of [near, far])
      socket.on('error', () => void (near.destroy(), far.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    take() {
      const taken = passed;
      passed = [];
      return taken;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
