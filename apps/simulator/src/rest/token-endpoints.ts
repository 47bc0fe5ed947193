import { kstDate, kstTime } from '@fleet/krx';
import type { ApprovalDesk } from '../auth/approval-desk.ts';
import type { Credentials } from '../auth/credentials.ts';
import type { TokenDesk } from '../auth/token-desk.ts';
import type { MarketTime } from '../control/real-time.ts';
import type { GatewayCode } from './gateway-messages.ts';
import { gatewayRefusal, type KisReply, tokenRefusal } from './reply.ts';
import type { JsonObject, KisRequest } from './request.ts';
import { hashOf } from './rest-gateway.ts';

export interface TokenEndpointParts {
  readonly credentials: Credentials;
  readonly tokens: TokenDesk;
  readonly approvals: ApprovalDesk;
  readonly time: MarketTime;
  /**
   * Shifts `access_token_token_expired` for clients that compare it with their wall clock while the
   * market day lies elsewhere; 0 where clients live on market time.
   */
  expiryShiftMs(): number;
}

type Handler = (request: KisRequest) => KisReply | Promise<KisReply>;

/** The calls before and beside the envelope: token, revoke, approval key, hashkey. */
export function makeTokenEndpoints(parts: TokenEndpointParts): ReadonlyMap<string, Handler> {
  return new Map<string, Handler>([
    ['POST /oauth2/tokenP', (request) => issueToken(parts, request)],
    ['POST /oauth2/revokeP', (request) => revokeToken(parts, request)],
    ['POST /oauth2/Approval', (request) => issueApproval(parts, request)],
    ['POST /uapi/hashkey', (request) => hashKey(parts, request)],
  ]);
}

async function issueToken(parts: TokenEndpointParts, request: KisRequest): Promise<KisReply> {
  const wrong = grantError(request) ?? keyError(parts.credentials, request.body, 'appsecret');
  if (wrong !== undefined) return tokenRefusal(wrong);
  const now = parts.time.now();
  const result = await parts.tokens.issue(parts.credentials.appKey, now);
  if (!result.issued) return tokenRefusal('EGW00133');
  const shown = result.expiresAt + parts.expiryShiftMs();
  return {
    status: 200,
    body: {
      access_token: result.token,
      access_token_token_expired: `${kstDate(shown)} ${kstTime(shown)}`,
      token_type: 'Bearer',
      expires_in: Math.floor((result.expiresAt - now) / 1000),
    },
  };
}

async function revokeToken(parts: TokenEndpointParts, request: KisRequest): Promise<KisReply> {
  const wrong = keyError(parts.credentials, request.body, 'appsecret');
  if (wrong !== undefined) return tokenRefusal(wrong);
  const token = text(request.body, 'token');
  const revoked = await parts.tokens.revoke(token, parts.credentials.appKey);
  if (!revoked) return tokenRefusal('EGW00121');
  return { status: 200, body: { code: 200, message: '접근토큰 폐기에 성공하였습니다' } };
}

async function issueApproval(parts: TokenEndpointParts, request: KisRequest): Promise<KisReply> {
  const wrong = grantError(request) ?? keyError(parts.credentials, request.body, 'secretkey');
  if (wrong !== undefined) return tokenRefusal(wrong);
  const key = await parts.approvals.issue(parts.credentials.appKey, parts.time.now());
  return { status: 200, body: { approval_key: key } };
}

function hashKey(parts: TokenEndpointParts, request: KisRequest): KisReply {
  const sent = { appkey: request.header('appkey'), appsecret: request.header('appsecret') };
  const wrong = keyError(parts.credentials, sent, 'appsecret');
  if (wrong !== undefined) return gatewayRefusal(wrong, 403);
  if (request.body === undefined) return gatewayRefusal(request.hasBody ? 'OPSQ9997' : 'OPSQ9995');
  return { status: 200, body: { BODY: request.body, HASH: hashOf(request.body) } };
}

function grantError({ body, hasBody }: KisRequest): GatewayCode | undefined {
  if (hasBody && body === undefined) return 'EGW00101';
  const grantType = text(body, 'grant_type');
  if (grantType === '') return 'EGW00115';
  return grantType === 'client_credentials' ? undefined : 'EGW00116';
}

/** The Approval call names the secret `secretkey`, all others `appsecret`. */
function keyError(
  credentials: Credentials,
  body: JsonObject | undefined,
  secretName: 'appsecret' | 'secretkey',
): GatewayCode | undefined {
  const appKey = text(body, 'appkey');
  const secret = text(body, secretName);
  if (appKey === '') return 'EGW00102';
  if (appKey !== credentials.appKey) return 'EGW00103';
  if (secret === '') return 'EGW00104';
  return secret === credentials.appSecret ? undefined : 'EGW00105';
}

function text(body: JsonObject | undefined, name: string): string {
  const value = body?.[name];
  return typeof value === 'string' ? value : '';
}
