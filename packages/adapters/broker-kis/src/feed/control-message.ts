import { isRecord, parseEnvelope } from '../rest/envelope.ts';
import { textOf } from '../rest/fields.ts';
import { customerType, type KisKeySettings } from '../settings.ts';
import type { NoticeKey } from './notice-cipher.ts';

export type ControlMessage =
  | { readonly kind: 'ping' }
  | {
      readonly kind: 'answer';
      /** '' when KIS does not say (some errors carry "(null)"). */
      readonly trId: string;
      readonly trKey: string;
      readonly code: string;
      readonly message: string;
      /** Y or N as KIS says it; notices have been announced as N and come encrypted. */
      readonly encrypt: string;
      readonly secret: NoticeKey | undefined;
    };

/** Undefined when the text is not a control message of KIS. */
export function parseControlMessage(text: string): ControlMessage | undefined {
  const message = parseEnvelope(text)?.body;
  if (message === undefined) return undefined;
  const header = isRecord(message['header']) ? message['header'] : {};
  if (scalar(header['tr_id']) === 'PINGPONG') return { kind: 'ping' };
  const body = message['body'];
  if (!isRecord(body) || scalar(body['msg_cd']) === '') return undefined;
  return {
    kind: 'answer',
    trId: scalar(header['tr_id']),
    trKey: scalar(header['tr_key']),
    code: scalar(body['msg_cd']),
    message: scalar(body['msg1']),
    encrypt: scalar(header['encrypt']),
    secret: secretOf(body['output']),
  };
}

export interface RegisterMessage {
  readonly approvalKey: string;
  readonly register: boolean;
  readonly trId: string;
  readonly trKey: string;
}

/** A corporation's names its key, too: OPSP8994 says that KIS has not found one. */
export function registerMessage(settings: KisKeySettings, fields: RegisterMessage): string {
  const { corporate } = settings;
  return JSON.stringify({
    header: {
      approval_key: fields.approvalKey,
      ...(corporate === undefined ? {} : { personalseckey: corporate.personalSecretKey }),
      custtype: customerType(settings),
      tr_type: fields.register ? '1' : '2',
      'content-type': 'utf-8',
    },
    body: { input: { tr_id: fields.trId, tr_key: fields.trKey } },
  });
}

function secretOf(output: unknown): NoticeKey | undefined {
  if (!isRecord(output)) return undefined;
  const key = scalar(output['key']);
  const iv = scalar(output['iv']);
  return Buffer.byteLength(key) === 32 && Buffer.byteLength(iv) === 16 ? { key, iv } : undefined;
}

function scalar(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? textOf(value) : '';
}
