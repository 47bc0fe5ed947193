import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface ReceivedCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; text is sent as it is. */
  readonly body?: unknown;
  /** Sent instead of a body. */
  readonly bytes?: Uint8Array;
  /** Reads the request and then hangs up. */
  readonly hangUp?: boolean;
  /** Reads the request and says nothing. */
  readonly silent?: boolean;
}

/** A KIS that says what the test tells it to, and remembers what it was asked. */
export class FakeKisServer {
  readonly calls: ReceivedCall[] = [];
  /** By path; tokenP and Approval have an answer of their own. */
  readonly routes = new Map<string, (call: ReceivedCall) => Reply>();
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  async start(): Promise<this> {
    this.routes.set('/oauth2/tokenP', () => ({
      body: {
        access_token: `token-${this.callsTo('tokenP').length}`,
        token_type: 'Bearer',
        expires_in: 86_400,
      },
    }));
    this.routes.set('/oauth2/Approval', () => ({
      body: { approval_key: `approval-${this.callsTo('Approval').length}` },
    }));
    await new Promise<void>((resolve) => void this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return `http://127.0.0.1:${address.port}`;
  }

  callsTo(pathEnd: string): readonly ReceivedCall[] {
    return this.calls.filter(({ path }) => path.endsWith(pathEnd));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => void this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const url = new URL(request.url ?? '/', 'http://kis');
    const text = Buffer.concat(chunks).toString('utf8');
    const body: unknown = text === '' ? {} : JSON.parse(text);
    const call: ReceivedCall = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: Object.fromEntries(Object.entries(Object(body))),
    };
    this.calls.push(call);
    const reply = this.routes.get(call.path)?.(call) ?? { status: 404, body: 'no such path' };
    if (reply.silent === true) return;
    if (reply.hangUp === true) {
      request.socket.destroy();
      return;
    }
    response.writeHead(reply.status ?? 200, { ...reply.headers });
    if (reply.bytes !== undefined) {
      response.end(reply.bytes);
      return;
    }
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
  }
}

/** A port on which nobody listens (any more). */
export async function closedPortUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  await new Promise((resolve) => void server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
