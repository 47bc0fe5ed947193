/** Every answer of the WebSocket server and its wording. */
const TEXTS = {
  OPSP0000: 'SUBSCRIBE SUCCESS',
  OPSP0001: 'UNSUBSCRIBE SUCCESS',
  OPSP0002: 'ALREADY IN SUBSCRIBE',
  OPSP0003: 'UNSUBSCRIBE ERROR(not found!)',
  OPSP0007: 'SUBSCRIBE INTERNAL ERROR',
  OPSP0008: 'MAX SUBSCRIBE OVER',
  OPSP0009: 'SUBSCRIBE ERROR : mci send failed',
  OPSP0010: 'SUBSCRIBE WARNING : invalid appkey',
  OPSP0011: 'invalid approval : NOT FOUND',
  OPSP8991: 'invalid tr_id',
  OPSP8992: 'invalid tr_key',
  OPSP8993: 'JSON PARSING ERROR : invalid tr_key',
  OPSP8994: 'personalseckey not found',
  OPSP8995: 'appsecret not found',
  OPSP8996: 'ALREADY IN USE appkey',
  OPSP8997: 'invalid tr_type',
  OPSP8998: 'invalid custtype',
  OPSP8999: 'resource not available(ALLOC_CALL_PARAM)',
  OPSP9990: 'tr_key not found',
  OPSP9991: 'JSON PARSING ERROR : input not found',
  OPSP9992: 'body not found',
  OPSP9993: 'internal error',
  OPSP9994: 'INVALID appkey',
  OPSP9995: 'resource not available',
  OPSP9996: 'appkey not found',
  OPSP9997: 'custtype not found',
  OPSP9998: 'header not found',
  OPSP9999: 'invalid json format',
} as const;

export type AckCode = keyof typeof TEXTS;

/** Codes of refusals, for rules that name one. */
export function isRefusalCode(code: string): code is AckCode {
  return Object.hasOwn(TEXTS, code) && code !== 'OPSP0000' && code !== 'OPSP0001';
}

/** The key pair of a session: 16 and 32 ASCII characters. */
export interface SessionKey {
  readonly iv: string;
  readonly key: string;
}

export interface AckSubject {
  readonly trId: string;
  readonly trKey: string;
}

/** KIS's placeholder where a message could not be read far enough. */
const UNREAD: AckSubject = { trId: '(null)', trKey: '' };

/** A success, with the session's key pair also for plain TRs. */
export function successAck(
  code: 'OPSP0000' | 'OPSP0001',
  subject: AckSubject,
  options: { readonly encrypted: boolean; readonly sessionKey: SessionKey },
): string {
  const { iv, key } = options.sessionKey;
  return JSON.stringify({
    header: header(subject, options.encrypted ? 'Y' : 'N'),
    body: { rt_cd: '0', msg_cd: code, msg1: TEXTS[code], output: { iv, key } },
  });
}

/** A refusal. Measured: rt_cd "1", but "9" for a second session. */
export function errorAck(code: AckCode, subject: AckSubject = UNREAD): string {
  const rtCode = code === 'OPSP8996' ? '9' : '1';
  return JSON.stringify({
    header: header(code === 'OPSP8996' ? UNREAD : subject, 'N'),
    body: { rt_cd: rtCode, msg_cd: code, msg1: TEXTS[code] },
  });
}

function header(subject: AckSubject, encrypt: 'Y' | 'N'): Record<string, string> {
  return { tr_id: subject.trId, tr_key: subject.trKey, encrypt };
}
