import type { BrokerErrorCode } from '@fleet/service-layer';
import { BUSINESS_RULES } from './answer-rules/business.ts';
import { GATEWAY_RULES } from './answer-rules/gateway.ts';
import { messageRule } from './answer-rules/messages.ts';
import type { CodeRule, OrderVerdict, ReadVerdict } from './answer-rules/rule.ts';
import type { Envelope } from './rest/envelope.ts';

/** The one table of KIS codes: what each means for an order and for a read. */
export const CODE_RULES: ReadonlyMap<string, CodeRule> = new Map([
  ...GATEWAY_RULES,
  ...BUSINESS_RULES,
]);

export interface OrderAnswer {
  readonly verdict: 'accepted' | OrderVerdict;
  readonly code: string;
  readonly message: string;
}

export interface ReadAnswer {
  readonly verdict: 'ok' | ReadVerdict;
  /** Set when the verdict is `refused`. */
  readonly error: BrokerErrorCode;
  readonly code: string;
  readonly message: string;
}

// Codes of the machinery in front of the ledger. An unlisted one tells nothing about the order.
const MACHINERY = /^(EGW|IGW|OPS)/;

/**
 * What an order's reply means. Whatever the table does not know for sure is `unknown`: the list
 * decides then. `accepted` still needs its order number, or it is unknown too.
 */
export function judgeOrderReply(status: number, envelope: Envelope | undefined): OrderAnswer {
  const { code, message } = named(status, envelope);
  const verdict = orderVerdict(status, envelope);
  return { verdict, code, message };
}

function orderVerdict(status: number, envelope: Envelope | undefined): OrderAnswer['verdict'] {
  // Never documented, but it can only mean one thing.
  if (status === 429) return 'notExecuted';
  if (envelope === undefined) return 'unknown';
  if (envelope.resultCode === '0') return status === 200 ? 'accepted' : 'unknown';
  const rule = CODE_RULES.get(envelope.code);
  if (rule !== undefined) return rule.order;
  const refusedByLedger =
    status === 200 &&
    /^\d+$/.test(envelope.resultCode) &&
    envelope.code !== '' &&
    !MACHINERY.test(envelope.code);
  return refusedByLedger ? 'rejected' : 'unknown';
}

/** What a read's reply means. */
export function judgeReadReply(status: number, envelope: Envelope | undefined): ReadAnswer {
  const { code, message } = named(status, envelope);
  const rule = envelope === undefined ? undefined : CODE_RULES.get(envelope.code);
  return {
    verdict: readVerdict(status, envelope, rule),
    error: messageRule(message)?.error ?? rule?.error ?? 'REFUSED',
    code,
    message,
  };
}

function readVerdict(
  status: number,
  envelope: Envelope | undefined,
  rule: CodeRule | undefined,
): ReadAnswer['verdict'] {
  if (status === 429) return 'throttled';
  if (envelope === undefined) return status >= 500 || status === 200 ? 'retry' : 'refused';
  if (status === 200 && envelope.resultCode === '0') return 'ok';
  const said = messageRule(envelope.message)?.read ?? rule?.read;
  if (said !== undefined) return said;
  return status >= 500 ? 'retry' : 'refused';
}

function named(status: number, envelope: Envelope | undefined): { code: string; message: string } {
  const code = envelope?.code ?? '';
  return {
    code: code === '' ? `HTTP${status}` : code,
    message: envelope?.message ?? 'no readable reply',
  };
}
