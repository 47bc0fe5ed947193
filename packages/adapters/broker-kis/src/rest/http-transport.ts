import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import got, { type OptionsOfBufferResponseBody, RequestError, TimeoutError } from 'got';

export interface HttpRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Real milliseconds for the whole exchange: a socket does not run faster in a simulation. */
  readonly timeoutMs: number;
  /**
   * For what must leave soon or not at all: longest time for each step on the way to a connection (name,
   * connection, TLS), real ms. The bytes follow the last of them at once.
   */
  readonly connectStepMs?: number;
  readonly signal?: AbortSignal;
}

export type HttpResult =
  | {
      readonly kind: 'reply';
      readonly status: number;
      readonly headers: Readonly<Record<string, string | undefined>>;
      readonly body: Buffer;
    }
  /** Certain: no connection came about, so no byte of the request has left. */
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'noAnswer'; readonly reason: string; readonly timedOut: boolean };

/** No reply of KIS has a tenth of it, unpacked; a larger one is cut off, not taken into memory. */
const BODY_MAX = 16 << 20;

/** One attempt, never a retry or a redirect: a repeated order is two orders. */
export class HttpTransport {
  readonly #http = new HttpAgent({ keepAlive: true });
  // KIS refuses TLS 1.0 and 1.1 since 2025-12-12.
  readonly #https = new HttpsAgent({ keepAlive: true, minVersion: 'TLSv1.2' });

  /** Never throws for what the network does. */
  async exchange(request: HttpRequest): Promise<HttpResult> {
    const tooLarge = new AbortController();
    try {
      const response = await got(request.url, this.#options(request, tooLarge.signal)).on(
        'downloadProgress',
        ({ transferred }) => {
          if (transferred > BODY_MAX) tooLarge.abort(new RangeError('reply too large'));
        },
      );
      return {
        kind: 'reply',
        status: response.statusCode,
        headers: Object.fromEntries(
          Object.entries(response.headers).map(([name, value]) => [name, single(value)]),
        ),
        body: Buffer.from(response.body),
      };
    } catch (error) {
      return failure(error);
    }
  }

  /** Ends idle connections. */
  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  #options(request: HttpRequest, tooLarge: AbortSignal): OptionsOfBufferResponseBody {
    const { signal, connectStepMs: step } = request;
    const connecting =
      step === undefined ? {} : { lookup: step, connect: step, secureConnect: step };
    return {
      method: request.method,
      headers: { ...request.headers },
      responseType: 'buffer',
      retry: { limit: 0 },
      followRedirect: false,
      throwHttpErrors: false,
      timeout: { request: request.timeoutMs, ...connecting },
      agent: { http: this.#http, https: this.#https },
      https: { minVersion: 'TLSv1.2' },
      ...(request.query === undefined ? {} : { searchParams: { ...request.query } }),
      ...(request.json === undefined ? {} : { body: JSON.stringify(request.json) }),
      signal: signal === undefined ? tooLarge : AbortSignal.any([tooLarge, signal]),
    };
  }
}

function failure(error: unknown): HttpResult {
  if (!(error instanceof RequestError)) {
    // Not from the network: nobody knows how far the request came.
    return { kind: 'noAnswer', reason: String(error), timedOut: false };
  }
  const reason = `${error.code}: ${error.message}`;
  // The request's bytes wait in memory until the connection stands. A TLS failure comes after
  // that and is not told apart from a lost answer, so it stays doubtful.
  if (error.timings?.connect === undefined) return { kind: 'notSent', reason };
  return { kind: 'noAnswer', reason, timedOut: error instanceof TimeoutError };
}

function single(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.join(', ');
}
