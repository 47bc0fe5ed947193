import type { CallLane } from '@fleet/service-layer';
import type { AccessToken, KisCredentials } from '../credentials/kis-credentials.ts';
import type { KisSettings } from '../settings.ts';
import type { CallBudget } from './call-budget.ts';
import { type Envelope, parseEnvelope } from './envelope.ts';
import type { HttpResult, HttpTransport } from './http-transport.ts';

export interface KisRequest {
  readonly trId: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, string>>;
  readonly lane: CallLane;
  /** Asks for the page after the one whose keys the query carries. */
  readonly continued?: boolean;
  /** Ends the waiting for the budget; for reads also the call itself. */
  readonly signal?: AbortSignal;
  /** Real milliseconds that the answer may take; the profile's by default. */
  readonly deadline?: number;
}

/** Asked when the call is granted, just before the bytes leave. */
export type BeforeBytesLeave = () => Promise<
  { readonly go: true } | { readonly go: false; readonly reason: string }
>;

/** KIS leaves the header out at times. */
export type MorePages = 'yes' | 'no' | 'unsaid';

export type CallResult =
  | {
      readonly kind: 'reply';
      readonly status: number;
      /** What the response header tr_cont says of further pages. */
      readonly more: MorePages;
      /** Undefined when the body is not a KIS reply. */
      readonly envelope: Envelope | undefined;
      readonly token: AccessToken;
    }
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'noAnswer'; readonly reason: string; readonly timedOut: boolean };

export interface RestDependencies {
  readonly settings: KisSettings;
  readonly transport: HttpTransport;
  readonly credentials: KisCredentials;
  readonly budget: CallBudget;
}

/** Every call to KIS's REST server, one attempt each. */
export class KisRestClient {
  readonly #with: RestDependencies;

  constructor(dependencies: RestDependencies) {
    this.#with = dependencies;
  }

  /** @throws BrokerError or the signal's reason, and only as long as no byte has left */
  async call(request: KisRequest): Promise<CallResult> {
    return await this.#exchange(request, request.signal);
  }

  /**
   * The same for orders: once the hook has said go, nothing but the answer or its deadline ends
   * the call, not even the signal. @throws what the token, the budget or the hook throws
   */
  async callOnce(request: KisRequest, beforeBytesLeave: BeforeBytesLeave): Promise<CallResult> {
    return await this.#exchange(request, undefined, beforeBytesLeave);
  }

  async #exchange(
    request: KisRequest,
    exchangeSignal: AbortSignal | undefined,
    beforeBytesLeave?: BeforeBytesLeave,
  ): Promise<CallResult> {
    const { budget, credentials, transport, settings } = this.#with;
    // The token first: waiting for one must not use up a granted call.
    await credentials.accessToken(request.signal);
    await budget.acquire(request.lane, request.signal);
    const token = credentials.current();
    if (token === undefined) {
      return { kind: 'notSent', reason: 'the access token ended while the call was waiting' };
    }
    if (beforeBytesLeave !== undefined) {
      const answer = await beforeBytesLeave();
      if (!answer.go) return { kind: 'notSent', reason: answer.reason };
    }
    const result = await transport.exchange({
      url: `${settings.restUrl}${request.path}`,
      method: request.method,
      headers: this.#headers(request, token),
      timeoutMs: request.deadline ?? settings.profile.answerDeadlineMs,
      ...(request.query === undefined ? {} : { query: request.query }),
      ...(request.body === undefined ? {} : { json: request.body }),
      ...(exchangeSignal === undefined ? {} : { signal: exchangeSignal }),
    });
    return toCallResult(result, token);
  }

  #headers(request: KisRequest, token: AccessToken): Record<string, string> {
    const { settings } = this.#with;
    return {
      'content-type': 'application/json; charset=utf-8',
      authorization: `Bearer ${token.value}`,
      appkey: settings.appKey,
      appsecret: settings.appSecret,
      tr_id: request.trId,
      tr_cont: request.continued === true ? 'N' : '',
      custtype: settings.custtype,
    };
  }
}

function toCallResult(result: HttpResult, token: AccessToken): CallResult {
  if (result.kind !== 'reply') return result;
  return {
    kind: 'reply',
    status: result.status,
    more: morePages(result.headers['tr_cont']),
    envelope: parseEnvelope(result.body.toString('utf8')),
    token,
  };
}

function morePages(header: string | undefined): MorePages {
  if (header === undefined) return 'unsaid';
  return ['F', 'M'].includes(header.trim()) ? 'yes' : 'no';
}
