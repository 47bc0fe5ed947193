import iconv from 'iconv-lite';
import { type GatewayCode, gatewayMessage } from './gateway-messages.ts';

/** What goes back. `body` undefined: an empty body. */
export interface KisReply {
  readonly status: number;
  readonly body: object | undefined;
  /** M: more pages; D or E: last; undefined: an empty header. */
  readonly continuation?: string;
}

/** A code and text of KIS's envelope. */
export interface Message {
  readonly rtCode: string;
  readonly code: string;
  readonly text: string;
}

// The ledger's replies pad msg1 to 80 bytes of its own encoding (Korean letters count two).
const MESSAGE_BYTES = 80;

/** A successful or refused business reply: HTTP 200, the envelope after the output as KIS sends it. */
export function reply(message: Message, output: object = {}, continuation?: string): KisReply {
  const envelope = { rt_cd: message.rtCode, msg_cd: message.code, msg1: message.text };
  return {
    status: 200,
    body: { ...output, ...envelope },
    ...(continuation === undefined ? {} : { continuation }),
  };
}

/** Order replies carry the envelope first. */
export function orderReply(message: Message, output: object): KisReply {
  const envelope = { rt_cd: message.rtCode, msg_cd: message.code, msg1: message.text };
  return { status: 200, body: { ...envelope, output } };
}

/** The gateway's refusals: HTTP 500, no output. EGW00201 repeats its code as `message`. */
export function gatewayRefusal(code: GatewayCode, status = 500): KisReply {
  const text = gatewayMessage(code);
  if (code === 'EGW00201') {
    return { status, body: { rt_cd: '1', msg1: text, msg_cd: code, message: code } };
  }
  return { status, body: { rt_cd: '1', msg1: text, msg_cd: code } };
}

/** The token endpoints' refusals have other keys than everything else. */
export function tokenRefusal(code: GatewayCode): KisReply {
  return {
    status: 403,
    body: { error_description: gatewayMessage(code), error_code: code },
  };
}

export function padMessage(text: string): string {
  const missing = MESSAGE_BYTES - iconv.encode(text, 'cp949').length;
  return text + ' '.repeat(Math.max(0, missing));
}
