import { createHash } from 'node:crypto';
import type { Credentials } from '../auth/credentials.ts';
import type { TokenDesk } from '../auth/token-desk.ts';
import type { Endpoint, EndpointContext } from './endpoint.ts';
import {
  BAD_MARKET_CODE,
  MALFORMED_ACCOUNT,
  missingInput,
  NOT_ON_PAPER,
  WRONG_ACCOUNT,
} from './messages.ts';
import type { RateLimit } from './rate-limit.ts';
import { gatewayRefusal, type KisReply, reply } from './reply.ts';
import type { JsonObject, KisRequest } from './request.ts';

export interface RestGatewayParts {
  readonly endpoints: readonly Endpoint[];
  readonly context: EndpointContext;
  readonly credentials: Credentials;
  /** The app key of the other server: known, but not here. */
  readonly otherAppKey: string;
  readonly tokens: TokenDesk;
  readonly rateLimit: RateLimit;
}

/** A call that passed the gateway's checks, or its refusal. */
export type Admission =
  | { readonly endpoint: Endpoint; readonly refused?: undefined }
  | { readonly endpoint: Endpoint | undefined; readonly refused: KisReply };

const NOT_FOUND: KisReply = {
  status: 404,
  body: { message: 'no Route matched with those values' },
};

/** The checks that KIS's gateway makes before a TR sees a call, in its order. */
export class RestGateway {
  readonly #parts: RestGatewayParts;
  readonly #byPath: ReadonlyMap<string, Endpoint>;
  readonly #byTransaction: ReadonlyMap<string, Endpoint>;

  constructor(parts: RestGatewayParts) {
    this.#parts = parts;
    this.#byPath = new Map(
      parts.endpoints.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint]),
    );
    this.#byTransaction = new Map(
      parts.endpoints.flatMap((endpoint) =>
        [...endpoint.live, ...endpoint.paper].map((trId): [string, Endpoint] => [trId, endpoint]),
      ),
    );
  }

  admit(request: KisRequest): Admission {
    const endpoint = this.#endpointOf(request);
    if (endpoint === undefined) return { endpoint, refused: NOT_FOUND };
    const refused =
      this.#checkKey(request) ??
      this.#checkToken(request) ??
      this.#checkRate() ??
      this.#checkTransaction(request, endpoint) ??
      checkFormat(request, endpoint) ??
      this.#checkInputs(request, endpoint);
    return refused === undefined ? { endpoint } : { endpoint, refused };
  }

  async answer(request: KisRequest, endpoint: Endpoint): Promise<KisReply> {
    return await endpoint.handle(request, this.#parts.context);
  }

  /**
   * A TR id names its transaction; the path only leads to the gateway. A published client asks for
   * the buying power on the path of the order list and has always been answered.
   */
  #endpointOf(request: KisRequest): Endpoint | undefined {
    const ofPath = this.#byPath.get(`${request.method} ${request.path}`);
    const ofTransaction = this.#byTransaction.get(request.header('tr_id'));
    return ofPath !== undefined && ofTransaction?.method === ofPath.method ? ofTransaction : ofPath;
  }

  #checkKey(request: KisRequest): KisReply | undefined {
    const { credentials, otherAppKey, context } = this.#parts;
    const appKey = request.header('appkey');
    const appSecret = request.header('appsecret');
    if (appKey === '') return gatewayRefusal('EGW00102', 403);
    if (appKey === otherAppKey && context.profile.name === 'live')
      return gatewayRefusal('EGW02004');
    if (appKey !== credentials.appKey) return gatewayRefusal('EGW00103', 403);
    if (appSecret === '') return gatewayRefusal('EGW00104', 403);
    if (appSecret !== credentials.appSecret) return gatewayRefusal('EGW00105', 403);
    return undefined;
  }

  #checkToken(request: KisRequest): KisReply | undefined {
    const authorization = request.header('authorization');
    if (authorization === '') return gatewayRefusal('EGW00122');
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (token === undefined) return gatewayRefusal('EGW00205');
    const { tokens, credentials, context } = this.#parts;
    const state = tokens.judge(token, credentials.appKey, context.exchange.now());
    if (state === 'UNKNOWN') return gatewayRefusal('EGW00121');
    return state === 'EXPIRED' ? gatewayRefusal('EGW00123') : undefined;
  }

  #checkRate(): KisReply | undefined {
    return this.#parts.rateLimit.admit() ? undefined : gatewayRefusal('EGW00201');
  }

  #checkTransaction(request: KisRequest, endpoint: Endpoint): KisReply | undefined {
    const trId = request.header('tr_id');
    const isPaper = this.#parts.context.profile.name === 'paper';
    if (trId === '') return gatewayRefusal('OPSQ9999');
    if (isPaper && endpoint.onPaper !== 'OFFERED') {
      return endpoint.onPaper === 'NO_SERVICE' ? reply(NOT_ON_PAPER) : gatewayRefusal('EGW02006');
    }
    if ((isPaper ? endpoint.paper : endpoint.live).includes(trId)) return undefined;
    if (isPaper && endpoint.live.includes(trId)) return gatewayRefusal('EGW02006');
    if (!isPaper && endpoint.paper.includes(trId)) return gatewayRefusal('EGW02004');
    return gatewayRefusal('OPSQ0002');
  }

  #checkInputs(request: KisRequest, endpoint: Endpoint): KisReply | undefined {
    const isPost = endpoint.method === 'POST';
    for (const name of endpoint.required) {
      const value = isPost ? request.body?.[name] : request.param(name);
      if (isPost && typeof value !== 'string') return gatewayRefusal('IGW00007');
      if (value === undefined) return reply(missingInput(name));
    }
    const marketCode = request.param('FID_COND_MRKT_DIV_CODE');
    const { profile } = this.#parts.context;
    if (marketCode !== undefined && !profile.marketCodes.has(marketCode)) {
      return reply(BAD_MARKET_CODE);
    }
    return endpoint.needsAccount ? this.#checkAccount(request, isPost) : undefined;
  }

  #checkAccount(request: KisRequest, isPost: boolean): KisReply | undefined {
    const read = (name: string): unknown => (isPost ? request.body?.[name] : request.param(name));
    const account = [read('CANO'), read('ACNT_PRDT_CD')].join('');
    const { context } = this.#parts;
    if (!/^\d{10}$/.test(account)) return reply(MALFORMED_ACCOUNT);
    return account === context.account ? undefined : reply(WRONG_ACCOUNT[context.profile.name]);
  }
}

/** Content type, custtype, body and hashkey. */
function checkFormat(request: KisRequest, endpoint: Endpoint): KisReply | undefined {
  const custtype = request.header('custtype');
  if (custtype !== '' && custtype !== 'P' && custtype !== 'B') return gatewayRefusal('EGW00208');
  if (endpoint.method !== 'POST') return undefined;
  const contentType = request.header('content-type');
  if (contentType !== '' && !contentType.toLowerCase().includes('json'))
    return gatewayRefusal('EGW00132');
  if (request.body === undefined) return gatewayRefusal(request.hasBody ? 'OPSQ9997' : 'OPSQ9995');
  const hashKey = request.header('hashkey');
  return hashKey !== '' && hashKey !== hashOf(request.body)
    ? gatewayRefusal('EGW00131')
    : undefined;
}

/** The hashkey of a body: 64 hex digits, whatever the order of its keys. */
export function hashOf(body: JsonObject): string {
  const sorted = Object.entries(body).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}
