import { isJsonObject, type JsonObject, parseJsonObject } from '../rest/request.ts';

/**
 * Who speaks: by approval key, or as before October 2022, and in clients since, by app key and
 * secret in the header.
 */
export type Login =
  | { readonly kind: 'APPROVAL'; readonly approvalKey: string }
  | { readonly kind: 'APP_KEY'; readonly appKey: string; readonly appSecret: string };

/** A well-formed registration or its end. */
export interface SubscribeMessage {
  readonly login: Login;
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
  | 'OPSP8993'
  | 'OPSP8995'
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
  const login = loginOf(header);
  const custtype = textOf(header, 'custtype');
  const trType = textOf(header, 'tr_type');
  const trId = textOf(input, 'tr_id');
  const trKey = textOf(input, 'tr_key');
  if (typeof login === 'string') return malformed(login);
  if (custtype === undefined) return malformed('OPSP9997');
  if (custtype !== 'P' && custtype !== 'B') return malformed('OPSP8998');
  if (trType !== '1' && trType !== '2') return malformed('OPSP8997');
  if (trId === undefined || trId === '') return malformed('OPSP8991');
  if (input['tr_key'] !== undefined && trKey === undefined) return malformed('OPSP8993');
  if (trKey === undefined) return malformed('OPSP9990');
  if (trKey === '') return malformed('OPSP8992');
  const action = trType === '1' ? 'SUBSCRIBE' : 'UNSUBSCRIBE';
  return { kind: 'MESSAGE', message: { login, action, trId, trKey } };
}

/** Header names come in any case: old clients write appKey, newer ones appkey. */
function loginOf(header: JsonObject): Login | 'OPSP9996' | 'OPSP8995' {
  const names = Object.entries(header).map(([name, value]): [string, unknown] => [
    name.toLowerCase(),
    value,
  ]);
  const lowered = Object.fromEntries(names);
  const approvalKey = textOf(lowered, 'approval_key');
  if (approvalKey !== undefined) return { kind: 'APPROVAL', approvalKey };
  const appKey = textOf(lowered, 'appkey');
  const appSecret = textOf(lowered, 'appsecret');
  if (appKey === undefined) return 'OPSP9996';
  return appSecret === undefined ? 'OPSP8995' : { kind: 'APP_KEY', appKey, appSecret };
}

function textOf(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === 'string' ? value.trim() : undefined;
}

function malformed(code: MalformedCode): ParsedMessage {
  return { kind: 'MALFORMED', code };
}
