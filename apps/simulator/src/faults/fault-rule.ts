import { isGatewayCode } from '../rest/gateway-messages.ts';
import { ledgerRefusal } from '../rest/refusal-codes.ts';
import { isJsonObject, type JsonObject } from '../rest/request.ts';
import { isRefusalCode } from '../websocket/acknowledgement.ts';

/** Faults of REST calls. */
export const REST_FAULTS = [
  'REPLY_LOST_AFTER_ACCEPT',
  'REPLY_LOST_BEFORE_ACCEPT',
  'SLOW_REPLY',
  'ERROR_500_WITH_BODY',
  'ERROR_500_WITHOUT_BODY',
  'REFUSED',
  'THROTTLED',
  'TOKEN_REVOKED',
  'EMPTY_PAGE',
  'LIST_LAG',
  'CLOCK_SKEW',
] as const;

/** Faults of data frames. */
export const FRAME_FAULTS = ['SOCKET_DROPPED', 'EXTRA_COLUMN', 'BROKEN_UTF8'] as const;

/** Faults of execution notices. */
export const NOTICE_FAULTS = [
  'NOTICE_LOST',
  'NOTICE_LATE',
  'NOTICE_TWICE',
  'NOTICE_OUT_OF_ORDER',
] as const;

/** Faults of registrations. */
export const REGISTRATION_FAULTS = ['SUBSCRIBE_REFUSED'] as const;

export type RestFaultKind = (typeof REST_FAULTS)[number];
type FrameFaultKind = (typeof FRAME_FAULTS)[number];
export type NoticeFaultKind = (typeof NOTICE_FAULTS)[number];
type RegistrationFaultKind = (typeof REGISTRATION_FAULTS)[number];
export type FaultKind = RestFaultKind | FrameFaultKind | NoticeFaultKind | RegistrationFaultKind;

/**
 * One kind of fault and when it strikes: by `rate`, or by script at the n-th matching occasion
 * (`at`), in either case at most `times` times. Neither: at every occasion.
 */
export interface FaultRule {
  readonly kind: FaultKind;
  /** Endpoint name, as 'order-cash'; absent: any call. */
  readonly endpoint: string | undefined;
  /** TR id of the call or the feed; absent: any. */
  readonly trId: string | undefined;
  /** 0 … 1. */
  readonly rate: number | undefined;
  /** Occasions, counted from 1. */
  readonly at: readonly number[] | undefined;
  readonly times: number;
  /** Market milliseconds: SLOW_REPLY, LIST_LAG, NOTICE_LATE; signed for CLOCK_SKEW. */
  readonly delayMs: number;
  /** Code of ERROR_500_WITH_BODY (gateway), REFUSED (ledger) and SUBSCRIBE_REFUSED (OPSP). */
  readonly code: string;
  /** Whether the transaction of an ERROR_500 happens. */
  readonly accepts: boolean;
}

/** A fault file or a request that cannot be used; the message names the place. */
export class FaultRuleError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FaultRuleError';
  }
}

export interface FaultScript {
  readonly seed: number;
  readonly rules: readonly FaultRule[];
}

const KINDS: ReadonlySet<string> = new Set([
  ...REST_FAULTS,
  ...FRAME_FAULTS,
  ...NOTICE_FAULTS,
  ...REGISTRATION_FAULTS,
]);
const KEYS = new Set([
  'kind',
  'endpoint',
  'trId',
  'rate',
  'at',
  'times',
  'delayMs',
  'code',
  'accepts',
]);

/** Reads `{ "seed": 1, "rules": [ … ] }`. @throws FaultRuleError */
export function parseFaultScript(text: string): FaultScript {
  const root = readJson(text);
  const { seed = 1, rules } = root;
  if (typeof seed !== 'number' || !Number.isSafeInteger(seed)) {
    throw new FaultRuleError('faults: seed must be a whole number');
  }
  if (!Array.isArray(rules)) throw new FaultRuleError('faults: rules must be a list');
  return { seed, rules: rules.map((rule, index) => parseRule(rule, `faults: rule ${index + 1}`)) };
}

function parseRule(value: unknown, place: string): FaultRule {
  if (!isJsonObject(value)) throw new FaultRuleError(`${place} is not an object`);
  const unknown = Object.keys(value).find((key) => !KEYS.has(key));
  if (unknown !== undefined) throw new FaultRuleError(`${place} has an unknown key ${unknown}`);
  const { kind } = value;
  if (!isKind(kind)) {
    throw new FaultRuleError(
      `${place} has an unknown kind ${String(kind)}; it is one of ${[...KINDS].join(', ')}`,
    );
  }
  const code = textOf(value, 'code', place) ?? DEFAULT_CODES[kind] ?? '';
  if (!isCodeOf(kind, code)) throw new FaultRuleError(`${place} has an unknown code ${code}`);
  return {
    kind,
    endpoint: textOf(value, 'endpoint', place),
    trId: textOf(value, 'trId', place),
    rate: numberOf(value, 'rate', place),
    at: listOf(value, place),
    times: numberOf(value, 'times', place) ?? Number.POSITIVE_INFINITY,
    delayMs: numberOf(value, 'delayMs', place) ?? 3000,
    code,
    accepts: value['accepts'] !== false,
  };
}

const DEFAULT_CODES: Readonly<Partial<Record<FaultKind, string>>> = {
  ERROR_500_WITH_BODY: 'EGW00302',
  REFUSED: '40910000',
  SUBSCRIBE_REFUSED: 'OPSP0007',
};

/** Each kind with a code has its own family; the others carry none. */
function isCodeOf(kind: FaultKind, code: string): boolean {
  if (kind === 'ERROR_500_WITH_BODY') return isGatewayCode(code);
  if (kind === 'REFUSED') return ledgerRefusal(code) !== undefined;
  return kind === 'SUBSCRIBE_REFUSED' ? isRefusalCode(code) : code === '';
}

function isKind(value: unknown): value is FaultKind {
  return typeof value === 'string' && KINDS.has(value);
}

function textOf(value: JsonObject, key: string, place: string): string | undefined {
  const found = value[key];
  if (found === undefined || typeof found === 'string') return found;
  throw new FaultRuleError(`${place}: ${key} must be a text`);
}

function numberOf(value: JsonObject, key: string, place: string): number | undefined {
  const found = value[key];
  if (found === undefined || typeof found === 'number') return found;
  throw new FaultRuleError(`${place}: ${key} must be a number`);
}

function listOf(value: JsonObject, place: string): readonly number[] | undefined {
  const found = value['at'];
  if (found === undefined) return undefined;
  if (Array.isArray(found) && found.every((each) => Number.isSafeInteger(each))) return found;
  throw new FaultRuleError(`${place}: at must be a list of whole numbers`);
}

function readJson(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch {
    // Told below: both cases are "not a JSON object" to the user.
  }
  throw new FaultRuleError('faults: not a JSON object');
}
