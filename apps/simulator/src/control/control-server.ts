import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { FaultPlan } from '../faults/fault-plan.ts';
import { parseFaultScript } from '../faults/fault-rule.ts';
import { InputError } from './input-error.ts';
import { readBody } from '../rest/request.ts';

/** What the control port shows and does. Not KIS: for the supervisor, tests and people. */
export interface ControlParts {
  /** The present anchor: market = marketMs + (wall clock − realMs) × speed. */
  clock(): {
    readonly realMs: number;
    readonly marketMs: number;
    readonly speed: number;
    readonly tradeDate: string;
  };
  /** The day starts: from here on the configured speed. */
  go(): void;
  /** Moves to the next trading day; undefined when there is none. */
  nextDay(): Promise<string | undefined>;
  isReady(): boolean;
  /** Every order request with its arrival and outcome, oldest first. */
  arrivals(): Promise<readonly object[]>;
  /** Why a holding of the symbol cannot be sold now; undefined when it can. */
  unsellable(symbol: string): string | undefined;
  /** Orderly end of the process; the reply is sent first. */
  stop(): void;
  /** Undefined unless the simulator was started with faults or as admin. */
  readonly faults: FaultPlan | undefined;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

type Handler = (request: IncomingMessage, url: URL) => Answer | Promise<Answer>;

/** JSON over HTTP on loopback. */
export class ControlServer {
  readonly #parts: ControlParts;
  readonly #handlers: ReadonlyMap<string, Handler>;
  readonly #server: Server;

  constructor(parts: ControlParts) {
    this.#parts = parts;
    this.#handlers = this.#makeHandlers();
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        send(response, { status: 500, body: { error: String(error) } });
      });
    });
  }

  /** Answers the port. */
  async listen(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    });
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('not a TCP port');
    return address.port;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const handler = this.#handlers.get(`${request.method} ${url.pathname}`);
    if (handler === undefined) {
      send(response, { status: 404, body: { error: `no ${request.method} ${url.pathname}` } });
      return;
    }
    send(response, await handler(request, url));
    if (`${request.method} ${url.pathname}` === 'POST /stop') this.#parts.stop();
  }

  #makeHandlers(): ReadonlyMap<string, Handler> {
    const parts = this.#parts;
    return new Map<string, Handler>([
      ['GET /clock', () => ok(parts.clock())],
      [
        'POST /clock/go',
        () => {
          parts.go();
          return ok(parts.clock());
        },
      ],
      ['POST /clock/next-day', () => this.#nextDay()],
      [
        'GET /ready',
        () => ({ status: parts.isReady() ? 200 : 503, body: { ready: parts.isReady() } }),
      ],
      ['GET /arrivals', async () => ok({ arrivals: await parts.arrivals() })],
      ['GET /unsellable', (_request, url) => this.#unsellable(url)],
      ['POST /stop', () => ok({ stopping: true })],
      ['GET /faults', (_request, url) => this.#faults(url)],
      ['POST /faults', (request) => this.#replaceFaults(request)],
    ]);
  }

  async #nextDay(): Promise<Answer> {
    const date = await this.#parts.nextDay();
    if (date === undefined) return { status: 409, body: { error: 'there is no further day' } };
    return { status: 200, body: this.#parts.clock() };
  }

  #unsellable(url: URL): Answer {
    const symbol = url.searchParams.get('symbol');
    if (symbol === null) return { status: 400, body: { error: 'symbol is missing' } };
    const reason = this.#parts.unsellable(symbol);
    return {
      status: 200,
      body: { symbol, unsellable: reason !== undefined, reason: reason ?? null },
    };
  }

  #faults(url: URL): Answer {
    const { faults } = this.#parts;
    if (faults === undefined) return NO_FAULTS;
    const since = Number(url.searchParams.get('since') ?? 0);
    return { status: 200, body: { rules: faults.rules(), traces: faults.traces(since) } };
  }

  async #replaceFaults(request: IncomingMessage): Promise<Answer> {
    const { faults } = this.#parts;
    if (faults === undefined) return NO_FAULTS;
    try {
      faults.replace(parseFaultScript((await readBody(request)) ?? ''));
      return { status: 200, body: { rules: faults.rules() } };
    } catch (error) {
      if (error instanceof InputError) return { status: 400, body: { error: error.message } };
      throw error;
    }
  }
}

function ok(body: object): Answer {
  return { status: 200, body };
}

const NO_FAULTS: Answer = {
  status: 403,
  body: { error: 'faults are off: start with --admin or --faults' },
};

function send(response: ServerResponse, answer: Answer): void {
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.writeHead(answer.status).end(JSON.stringify(answer.body));
}
