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
  /** The same in Korean. */
  readonly korean: string;

  constructor(message: string, korean: string) {
    super(message);
    this.name = 'FaultRuleError';
    this.korean = korean;
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
    throw new FaultRuleError(
      'faults: seed must be a whole number',
      '장애 규칙: seed는 정수여야 합니다',
    );
  }
  if (!Array.isArray(rules)) {
    throw new FaultRuleError(
      'faults: rules must be a list',
      '장애 규칙: rules는 목록이어야 합니다',
    );
  }
  return { seed, rules: rules.map((rule, index) => parseRule(rule, index + 1)) };
}

function parseRule(value: unknown, number: number): FaultRule {
  const place = { en: `faults: rule ${number}`, ko: `장애 규칙 ${number}` };
  if (!isJsonObject(value)) throw wrong(place, 'is not an object', '객체가 아닙니다');
  const unknown = Object.keys(value).find((key) => !KEYS.has(key));
  if (unknown !== undefined) {
    throw wrong(place, `has an unknown key ${unknown}`, `모르는 키가 있습니다: ${unknown}`);
  }
  const { kind } = value;
  if (!isKind(kind)) {
    const kinds = [...KINDS].join(', ');
    throw wrong(
      place,
      `has an unknown kind ${String(kind)}; it is one of ${kinds}`,
      `모르는 kind입니다: ${String(kind)}. 쓸 수 있는 것: ${kinds}`,
    );
  }
  const code = textOf(value, 'code', place) ?? DEFAULT_CODES[kind] ?? '';
  if (!isCodeOf(kind, code)) {
    throw wrong(place, `has an unknown code ${code}`, `${kind}에 쓸 수 없는 code입니다: ${code}`);
  }
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

interface Place {
  readonly en: string;
  readonly ko: string;
}

function wrong(place: Place, english: string, korean: string): FaultRuleError {
  const joint = english.startsWith(':') ? '' : ' ';
  return new FaultRuleError(`${place.en}${joint}${english}`, `${place.ko}: ${korean}`);
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

function textOf(value: JsonObject, key: string, place: Place): string | undefined {
  const found = value[key];
  if (found === undefined || typeof found === 'string') return found;
  throw wrong(place, `: ${key} must be a text`, `${key}는 글이어야 합니다`);
}

function numberOf(value: JsonObject, key: string, place: Place): number | undefined {
  const found = value[key];
  if (found === undefined || typeof found === 'number') return found;
  throw wrong(place, `: ${key} must be a number`, `${key}는 수여야 합니다`);
}

function listOf(value: JsonObject, place: Place): readonly number[] | undefined {
  const found = value['at'];
  if (found === undefined) return undefined;
  if (Array.isArray(found) && found.every((each) => Number.isSafeInteger(each))) return found;
  throw wrong(place, ': at must be a list of whole numbers', 'at은 정수의 목록이어야 합니다');
}

function readJson(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch {
    // Told below: both cases are "not a JSON object" to the user.
  }
  throw new FaultRuleError('faults: not a JSON object', '장애 규칙: JSON 객체가 아닙니다');
}
