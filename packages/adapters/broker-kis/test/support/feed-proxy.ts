import { WebSocket, WebSocketServer } from 'ws';

/** Stands between the adapter and the simulator's feed, and does to it what a network or KIS does. */
export class FeedProxy {
  /** Broker instants at which the adapter opened a session. */
  readonly openedAt: number[] = [];
  readonly pongs: string[] = [];
  readonly pings: string[] = [];
  readonly fromClient: string[] = [];
  /** What becomes of a text on its way to the adapter: as many texts, at once or later by `say`. */
  toClient: (text: string) => readonly string[] = (text) => [text];
  toServer: (text: string) => string = (text) => text;
  readonly #target: string;
  readonly #now: () => number;
  readonly #server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  #client: WebSocket | undefined;
  #upstream: WebSocket | undefined;

  constructor(target: string, now: () => number) {
    this.#target = target;
    this.#now = now;
    this.#server.on('connection', (client) => this.#join(client));
  }

  async url(): Promise<string> {
    if (this.#server.address() === null) {
      await new Promise<void>((resolve) => void this.#server.once('listening', resolve));
    }
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return `ws://127.0.0.1:${address.port}/tryitout`;
  }

  say(text: string): void {
    this.#client?.send(text);
  }

  /** Both lines go without a word, as in a power cut. */
  drop(): void {
    this.#client?.terminate();
    this.#upstream?.terminate();
  }

  async stop(): Promise<void> {
    this.drop();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #join(client: WebSocket): void {
    this.openedAt.push(this.#now());
    this.#client = client;
    const upstream = new WebSocket(this.#target, { skipUTF8Validation: true });
    this.#upstream = upstream;
    const waiting: string[] = [];
    upstream.on('open', () => waiting.forEach((text) => upstream.send(text)));
    upstream.on('message', (data) => {
      const text = Buffer.isBuffer(data) ? data.toString('utf8') : '';
      if (text.includes('PINGPONG')) this.pings.push(text);
      // Broken bytes stay broken: what is not changed goes on as it came.
      for (const each of this.toClient(text)) {
        client.send(each === text ? data : each, { binary: false });
      }
    });
    upstream.on('error', () => client.terminate());
    upstream.on('close', (code) => (code === 1006 ? client.terminate() : client.close()));
    client.on('message', (data) => {
      const text = this.toServer(Buffer.isBuffer(data) ? data.toString('utf8') : '');
      this.fromClient.push(text);
      if (upstream.readyState === WebSocket.OPEN) upstream.send(text);
      else waiting.push(text);
    });
    client.on('pong', (data) => {
      this.pongs.push(data.toString('utf8'));
      upstream.pong(data);
    });
    client.on('close', (code) => (code === 1006 ? upstream.terminate() : upstream.close()));
  }
}
