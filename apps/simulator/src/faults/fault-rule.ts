import {
  objectOf,
  optionalNumber,
  optionalText,
  parseObject,
  type Place,
  requiredText,
  rowsOf,
  wrong,
} from '../control/json-input.ts';
import { ENDPOINTS, EXTRA_ENDPOINTS } from '../rest/endpoint-table.ts';
import { isGatewayCode } from '../rest/gateway-messages.ts';
import { ledgerRefusal } from '../rest/refusal-codes.ts';
import type { JsonObject } from '../rest/request.ts';
import { isRefusalCode } from '../websocket/acknowledgement.ts';
import { isFeedTransaction } from '../websocket/transactions.ts';

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

export interface FaultScript {
  readonly seed: number;
  readonly rules: readonly FaultRule[];
}

const KINDS: readonly FaultKind[] = [
  ...REST_FAULTS,
  ...FRAME_FAULTS,
  ...NOTICE_FAULTS,
  ...REGISTRATION_FAULTS,
];
const KEYS = ['kind', 'endpoint', 'trId', 'rate', 'at', 'times', 'delayMs', 'code', 'accepts'];
const CALLS = [...ENDPOINTS, ...EXTRA_ENDPOINTS];
const SCRIPT: Place = { en: 'faults', ko: '장애 규칙' };
const DELAY_MS = 3000;

/** Reads `{ "seed": 1, "rules": [ … ] }`. A rule that could never strike is refused. @throws InputError */
export function parseFaultScript(text: string): FaultScript {
  const root = parseObject(text, SCRIPT, ['seed', 'rules']);
  const { seed = 1, rules } = root;
  if (typeof seed !== 'number' || !Number.isSafeInteger(seed)) {
    throw wrong(SCRIPT, { en: 'seed must be a whole number', ko: 'seed는 정수여야 합니다' });
  }
  if (rules === undefined) throw wrong(SCRIPT, { en: 'rules is missing', ko: 'rules가 없습니다' });
  return {
    seed,
    rules: rowsOf(root, 'rules', SCRIPT).map(({ value, place }) => parseRule(value, place)),
  };
}

function parseRule(value: unknown, place: Place): FaultRule {
  const given = objectOf(value, place, KEYS);
  const kind = kindOf(given, place);
  return {
    kind,
    endpoint: endpointOf(given, kind, place),
    trId: transactionOf(given, kind, place),
    rate: optionalNumber(given, 'rate', { place, min: 0, max: 1 }),
    at: occasionsOf(given, place),
    times: optionalNumber(given, 'times', { place, min: 1 }) ?? Infinity,
    delayMs:
      optionalNumber(given, 'delayMs', { place, min: kind === 'CLOCK_SKEW' ? -Infinity : 0 }) ??
      DELAY_MS,
    code: codeOf(given, kind, place),
    accepts: given['accepts'] !== false,
  };
}

function kindOf(given: JsonObject, place: Place): FaultKind {
  const name = requiredText(given, 'kind', place);
  const kind = KINDS.find((each) => each === name);
  if (kind !== undefined) return kind;
  const all = KINDS.join(', ');
  throw wrong(place, {
    en: `unknown kind ${name}; it is one of ${all}`,
    ko: `모르는 kind입니다: ${name}. 쓸 수 있는 것: ${all}`,
  });
}

/** Only calls have endpoints. */
function endpointOf(given: JsonObject, kind: FaultKind, place: Place): string | undefined {
  const name = optionalText(given, 'endpoint', place);
  if (name === undefined || (isRestFault(kind) && CALLS.some((call) => call.name === name))) {
    return name;
  }
  throw wrong(place, {
    en: `${kind} knows no endpoint ${name}`,
    ko: `${kind}에 쓸 수 없는 endpoint입니다: ${name}`,
  });
}

function transactionOf(given: JsonObject, kind: FaultKind, place: Place): string | undefined {
  const trId = optionalText(given, 'trId', place);
  if (trId === undefined) return undefined;
  const isKnown = isRestFault(kind)
    ? CALLS.some(({ live, paper }) => live.includes(trId) || paper.includes(trId))
    : isFeedTransaction(trId);
  if (isKnown) return trId;
  throw wrong(place, {
    en: `${kind} knows no trId ${trId}`,
    ko: `${kind}에 쓸 수 없는 trId입니다: ${trId}`,
  });
}

function isRestFault(kind: FaultKind): boolean {
  return REST_FAULTS.some((each) => each === kind);
}

function occasionsOf(given: JsonObject, place: Place): readonly number[] | undefined {
  const { at } = given;
  if (at === undefined) return undefined;
  if (Array.isArray(at) && at.every((each) => Number.isSafeInteger(each) && each > 0)) return at;
  throw wrong(place, {
    en: 'at must be a list of whole numbers from 1',
    ko: 'at은 1 이상인 정수의 목록이어야 합니다',
  });
}

const DEFAULT_CODES: Readonly<Partial<Record<FaultKind, string>>> = {
  ERROR_500_WITH_BODY: 'EGW00302',
  REFUSED: '40910000',
  SUBSCRIBE_REFUSED: 'OPSP0007',
};

function codeOf(given: JsonObject, kind: FaultKind, place: Place): string {
  const code = optionalText(given, 'code', place) ?? DEFAULT_CODES[kind] ?? '';
  if (isCodeOf(kind, code)) return code;
  throw wrong(place, {
    en: `${kind} knows no code ${code}`,
    ko: `${kind}에 쓸 수 없는 code입니다: ${code}`,
  });
}

/** Each kind with a code has its own family; the others carry none. */
function isCodeOf(kind: FaultKind, code: string): boolean {
  if (kind === 'ERROR_500_WITH_BODY') return isGatewayCode(code);
  if (kind === 'REFUSED') return ledgerRefusal(code) !== undefined;
  return kind === 'SUBSCRIBE_REFUSED' ? isRefusalCode(code) : code === '';
}
