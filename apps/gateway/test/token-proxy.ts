import { createServer, request as forward, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands between a gateway and its broker, counts token calls and holds their replies back. */
export class TokenProxy {
  calls = 0;
  /** Tokens that the broker has handed out, whether or not the reply got through. */
  issued = 0;
  /** Awaited between the broker's reply and the gateway. */
  hold: () => Promise<void> = async () => undefined;
  readonly #target: URL;
  readonly #server = createServer((incoming, outgoing) => {
    const isToken = incoming.url?.startsWith('/oauth2/tokenP') === true;
    if (isToken) this.calls += 1;
    const { method, headers, url } = incoming;
    const path = new URL(url ?? '/', this.#target);
    const onReply = async (reply: IncomingMessage): Promise<void> => {
      if (isToken && reply.statusCode === 200) {
        this.issued += 1;
        await this.hold();
      }
      outgoing.writeHead(reply.statusCode ?? 502, reply.rawHeaders);
      reply.pipe(outgoing);
    };
    const call = forward(path, { method, headers }, (reply) => void onReply(reply));
    call.on('error', () => outgoing.destroy());
    incoming.pipe(call);
  });

  constructor(target: string) {
    this.#target = new URL(target);
  }

  /** Returns the address to use instead of the broker's. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => void this.#server.listen(0, '127.0.0.1', resolve));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => void this.#server.close(resolve));
  }
}
