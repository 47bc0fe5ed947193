import { createHash, createHmac } from 'node:crypto';
import { parseJsonObject } from '../rest/request.ts';

export interface TokenClaims {
  readonly appKey: string;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Distinguishes tokens of one instant. */
  readonly serial: number;
}

const HEADER = base64Url('{"typ":"JWT","alg":"HS512"}');

/** A signed token of KIS's shape (HS512 JWT, at most 350 characters). Pure: same claims, same text. */
export function makeAccessToken(claims: TokenClaims, signingKey: string): string {
  const payload = base64Url(
    JSON.stringify({
      sub: 'token',
      aud: uuidOf(`${signingKey}/${claims.appKey}/${claims.serial}`),
      iss: 'unogw',
      exp: Math.floor(claims.expiresAt / 1000),
      iat: Math.floor(claims.issuedAt / 1000),
      jti: claims.appKey,
    }),
  );
  const signed = `${HEADER}.${payload}`;
  return `${signed}.${createHmac('sha512', signingKey).update(signed).digest('base64url')}`;
}

/** What a token says, when its signature is ours; undefined for any other text. */
export function readAccessToken(
  token: string,
  signingKey: string,
): { readonly appKey: string; readonly expiresAt: number } | undefined {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const signed = createHmac('sha512', signingKey).update(`${header}.${payload}`);
  if (signature !== signed.digest('base64url')) return undefined;
  const claims = parseJsonObject(Buffer.from(payload, 'base64url').toString('utf8'));
  const { jti, exp } = claims ?? {};
  const isWhole = typeof jti === 'string' && typeof exp === 'number';
  return isWhole ? { appKey: jti, expiresAt: exp * 1000 } : undefined;
}

/** A reproducible UUID (version 4 shape). */
export function uuidOf(label: string): string {
  const hex = createHash('sha256').update(label).digest('hex');
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) % 4);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function base64Url(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}
