import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '@fleet/service-layer';

const ORDER = Buffer.from('POST /uapi/domestic-stock/v1/trading/order-cash');

/**
 * A wire between gateway and broker on which orders travel slowly: bytes are on their way although
 * whoever sent them has died meanwhile.
 */
export class SlowWire {
  readonly #clock: Clock;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Real ms that an order's bytes are under way. */
  orderMs = 0;

  private constructor(clock: Clock, target: URL) {
    this.#clock = clock;
    this.#server = createServer((client) => {
      const broker = connect(Number(target.port), target.hostname);
      for (const socket of [client, broker]) {
        this.#sockets.add(socket);
        socket.setNoDelay(true);
        socket.on('error', () => undefined);
        socket.on('close', () => this.#sockets.delete(socket));
      }
      client.on('data', (bytes) => void this.#carry(bytes, broker));
      broker.on('data', (bytes) => client.write(bytes));
      // The broker still gets what was sent before its sender went.
      client.on('close', () => void this.#clock.sleep(this.orderMs).then(() => broker.end()));
      broker.on('close', () => client.destroy());
    });
  }

  static async open(clock: Clock, targetUrl: string): Promise<SlowWire> {
    const wire = new SlowWire(clock, new URL(targetUrl));
    await new Promise<void>((resolve) => wire.#server.listen(0, '127.0.0.1', resolve));
    return wire;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the wire is not open');
    return `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** Nothing else is on an order's connection while it waits for its answer. */
  async #carry(bytes: Buffer | string, broker: Socket): Promise<void> {
    const isOrder = Buffer.from(bytes).subarray(0, ORDER.length).equals(ORDER);
    if (isOrder && this.orderMs > 0) await this.#clock.sleep(this.orderMs);
    if (!broker.destroyed) broker.write(bytes);
  }
}
