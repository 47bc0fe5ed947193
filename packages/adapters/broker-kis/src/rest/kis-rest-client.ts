import { randomUUID } from 'node:crypto';
import type { CallLane } from '@fleet/service-layer';
import type { AccessToken, KisCredentials } from '../credentials/kis-credentials.ts';
import {
  type CorporateIdentity,
  customerType,
  type KisKeySettings,
  type KisSettings,
} from '../settings.ts';
import type { CallBudget } from './call-budget.ts';
import { type Envelope, parseEnvelope } from './envelope.ts';
import type { HttpResult, HttpTransport } from './http-transport.ts';

interface RequestParts {
  readonly trId: string;
  readonly path: string;
  readonly lane: CallLane;
  /** Ends the waiting for the budget; for reads also the call itself. */
  readonly signal?: AbortSignal;
  /** Real milliseconds that the answer may take; the profile's by default. */
  readonly deadline?: number;
}

export interface KisRequest extends RequestParts {
  readonly method: 'GET';
  readonly query?: Readonly<Record<string, string>>;
  /** Asks for the page after the one whose keys the query carries. */
  readonly continued?: boolean;
}

export interface KisOrderRequest extends RequestParts {
  readonly method: 'POST';
  readonly body: Readonly<Record<string, string>>;
}

/**
 * An order's bytes follow the hook's go within three of these. The takeover of a stock waits for the
 * send deadline and at least a second more, so a connection that comes about later would let an order
 * out after its stock has another owner.
 */
const ORDER_CONNECT_STEP_MS = 300;

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
  readonly settings: KisKeySettings;
  readonly transport: HttpTransport;
  readonly credentials: KisCredentials;
  readonly budget: CallBudget;
}

/** Reads from KIS's REST server, one attempt each. It knows no way to send an order. */
export class KisRestClient {
  readonly #with: RestDependencies;

  constructor(dependencies: RestDependencies) {
    this.#with = dependencies;
  }

  /** @throws BrokerError or the signal's reason, and only as long as no byte has left */
  async call(request: KisRequest): Promise<CallResult> {
    return await exchange(this.#with, request, { signal: request.signal });
  }
}

/** Orders to KIS's REST server: made only of settings that name an account. */
export class KisOrderClient {
  readonly #with: RestDependencies;

  constructor(dependencies: RestDependencies & { readonly settings: KisSettings }) {
    this.#with = dependencies;
  }

  /**
   * Once the hook has said go, nothing but the answer or its deadline ends the call, not even the
   * signal. @throws what the token, the budget or the hook throws
   */
  async callOnce(
    request: KisOrderRequest,
    beforeBytesLeave: BeforeBytesLeave,
  ): Promise<CallResult> {
    return await exchange(this.#with, request, { beforeBytesLeave });
  }
}

async function exchange(
  { budget, credentials, transport, settings }: RestDependencies,
  request: KisRequest | KisOrderRequest,
  options: {
    readonly signal?: AbortSignal | undefined;
    readonly beforeBytesLeave?: BeforeBytesLeave;
  },
): Promise<CallResult> {
  // The token first: waiting for one must not use up a granted call.
  await credentials.accessToken(request.signal);
  await budget.acquire(request.lane, request.signal);
  const token = credentials.current();
  if (token === undefined) {
    return { kind: 'notSent', reason: 'the access token ended while the call was waiting' };
  }
  if (options.beforeBytesLeave !== undefined) {
    const answer = await options.beforeBytesLeave();
    if (!answer.go) return { kind: 'notSent', reason: answer.reason };
  }
  const result = await transport.exchange({
    url: `${settings.restUrl}${request.path}`,
    method: request.method,
    headers: headersOf(settings, request, token),
    timeoutMs: request.deadline ?? settings.profile.answerDeadlineMs,
    ...contentOf(request),
    ...(options.beforeBytesLeave === undefined ? {} : { connectStepMs: ORDER_CONNECT_STEP_MS }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  return toCallResult(result, token);
}

function contentOf(request: KisRequest | KisOrderRequest) {
  if (request.method === 'POST') return { json: request.body };
  return request.query === undefined ? {} : { query: request.query };
}

function headersOf(
  settings: KisKeySettings,
  request: KisRequest | KisOrderRequest,
  token: AccessToken,
): Record<string, string> {
  const { appKey, appSecret, corporate } = settings;
  const isContinued = request.method === 'GET' && request.continued === true;
  return {
    'content-type': 'application/json; charset=utf-8',
    authorization: `Bearer ${token.value}`,
    appkey: appKey,
    appsecret: appSecret,
    tr_id: request.trId,
    tr_cont: isContinued ? 'N' : '',
    custtype: customerType(settings),
    ...(corporate === undefined ? {} : corporateHeaders(corporate)),
  };
}

/** gt_uid names the one call: 32 characters, never the same twice. */
function corporateHeaders(corporate: CorporateIdentity): Record<string, string> {
  const { personalSecretKey, phoneNumber, ipAddress, macAddress } = corporate;
  return {
    personalseckey: personalSecretKey,
    seq_no: '001',
    gt_uid: randomUUID().replaceAll('-', ''),
    ...(macAddress === undefined ? {} : { mac_address: macAddress }),
    ...(phoneNumber === undefined ? {} : { phone_number: phoneNumber }),
    ...(ipAddress === undefined ? {} : { ip_addr: ipAddress }),
  };
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
