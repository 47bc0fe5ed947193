import { isJsonObject, type JsonObject, parseJsonObject } from '../rest/request.ts';

/** A well-formed registration or its end. */
export interface SubscribeMessage {
  readonly approvalKey: string;
  readonly action: 'SUBSCRIBE' | 'UNSUBSCRIBE';
  readonly trId: string;
  readonly trKey: string;
}

/** Why a message cannot be acted on, by KIS's OPSP code. */
type MalformedCode =
  | 'OPSP9999'
  | 'OPSP9998'
  | 'OPSP9997'
  | 'OPSP9996'
  | 'OPSP9992'
  | 'OPSP9991'
  | 'OPSP9990'
  | 'OPSP8991'
  | 'OPSP8992'
  | 'OPSP8997'
  | 'OPSP8998';

export type ParsedMessage =
  | { readonly kind: 'PONG' }
  | { readonly kind: 'MESSAGE'; readonly message: SubscribeMessage }
  | { readonly kind: 'MALFORMED'; readonly code: MalformedCode };

/** Reads one text frame of a client. Echoed PINGPONG texts are answers to a ping. */
export function parseClientText(text: string): ParsedMessage {
  const root = parseJsonObject(text);
  if (root === undefined) return malformed('OPSP9999');
  const header = root['header'];
  if (!isJsonObject(header)) return malformed('OPSP9998');
  if (header['tr_id'] === 'PINGPONG') return { kind: 'PONG' };
  const body = root['body'];
  if (!isJsonObject(body)) return malformed('OPSP9992');
  const input = body['input'];
  if (!isJsonObject(input)) return malformed('OPSP9991');
  return parseParts(header, input);
}

function parseParts(header: JsonObject, input: JsonObject): ParsedMessage {
  const approvalKey = textOf(header, 'approval_key');
  const custtype = textOf(header, 'custtype');
  const trType = textOf(header, 'tr_type');
  const trId = textOf(input, 'tr_id');
  const trKey = textOf(input, 'tr_key');
  if (approvalKey === undefined) return malformed('OPSP9996');
  if (custtype === undefined) return malformed('OPSP9997');
  if (custtype !== 'P' && custtype !== 'B') return malformed('OPSP8998');
  if (trType !== '1' && trType !== '2') return malformed('OPSP8997');
  if (trId === undefined || trId === '') return malformed('OPSP8991');
  if (trKey === undefined) return malformed('OPSP9990');
  if (trKey === '') return malformed('OPSP8992');
  const action = trType === '1' ? 'SUBSCRIBE' : 'UNSUBSCRIBE';
  return { kind: 'MESSAGE', message: { approvalKey, action, trId, trKey } };
}

function textOf(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === 'string' ? value.trim() : undefined;
}

function malformed(code: MalformedCode): ParsedMessage {
  return { kind: 'MALFORMED', code };
}
