import { BrokerError } from '@fleet/service-layer';
import * as z from 'zod';
import { judgeReadReply } from '../answers.ts';
import { type Envelope, parseEnvelope } from '../rest/envelope.ts';
import { parseReply, textField } from '../rest/fields.ts';
import type { HttpResult } from '../rest/http-transport.ts';

const secretField = textField.refine((text) => /^[\x21-\x7e]{1,2000}$/.test(text), {
  error: 'not a credential',
});

// A header value: anything outside printable ASCII would be refused by the HTTP client later.
const tokenReply = z.object({
  access_token: secretField,
  expires_in: z.coerce.number().int().positive().max(100_000_000),
});

const approvalReply = z.object({ approval_key: secretField });

/** @throws BrokerError */
export function readTokenReply(result: HttpResult): { accessToken: string; lifetimeMs: number } {
  const reply = parseReply(tokenReply, succeeded(result, 'tokenP').body, 'tokenP');
  return { accessToken: reply.access_token, lifetimeMs: reply.expires_in * 1000 };
}

/** @throws BrokerError */
export function readApprovalReply(result: HttpResult): string {
  return parseReply(approvalReply, succeeded(result, 'Approval').body, 'Approval').approval_key;
}

/** The token endpoints have no rt_cd: a reply without an error code is a success. */
function succeeded(result: HttpResult, what: string): Envelope {
  if (result.kind !== 'reply') {
    const timedOut = result.kind === 'noAnswer' && result.timedOut;
    throw new BrokerError(timedOut ? 'TIMEOUT' : 'UNAVAILABLE', `${what}: ${result.reason}`);
  }
  const envelope = parseEnvelope(result.body.toString('utf8'));
  if (result.status === 200 && envelope !== undefined && envelope.code === '') return envelope;
  const answer = judgeReadReply(result.status, envelope);
  const options = { vendorCode: answer.code };
  const text = `${what}: ${answer.code} ${answer.message}`;
  if (answer.verdict === 'throttled') throw new BrokerError('THROTTLED', text, options);
  if (answer.verdict === 'retry') throw new BrokerError('UNAVAILABLE', text, options);
  // A lock-out after too many attempts was once a 403 without a code: not proof of a wrong key.
  if (envelope === undefined) throw new BrokerError('UNAVAILABLE', text, options);
  throw new BrokerError('AUTHENTICATION', text, options);
}
