import { z } from 'zod';
import { parseJson } from './json.ts';
import { METHODS, type MethodName, type MethodResult } from './methods.ts';
import { type Push, pushFrame } from './push.ts';
import { type WireError, wireErrorValue } from './wire-error.ts';

/** A frame from the gateway. The result of a response is parsed by `parseResult` once its method is known. */
export type ParsedReply =
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: WireError }
  | { readonly kind: 'push'; readonly push: Push }
  | { readonly kind: 'bad' };

const responseFrame = z.discriminatedUnion('ok', [
  z.object({ id: z.int(), ok: z.literal(true), result: z.unknown() }),
  z.object({ id: z.int(), ok: z.literal(false), error: wireErrorValue }),
]);

export function encodeResult<M extends MethodName>(
  id: number,
  _method: M,
  result: MethodResult<M>,
): string {
  return JSON.stringify({ id, ok: true, result });
}

export function encodeError(id: number, error: WireError): string {
  return JSON.stringify({ id, ok: false, error });
}

/** Never throws, whatever the text. */
export function parseReply(text: string): ParsedReply {
  const json = parseJson(text);
  if (typeof json !== 'object' || json === null) return { kind: 'bad' };
  if ('seq' in json) {
    const push = pushFrame.safeParse(json);
    return push.success ? { kind: 'push', push: push.data } : { kind: 'bad' };
  }
  const response = responseFrame.safeParse(json);
  if (!response.success) return { kind: 'bad' };
  return response.data.ok
    ? { kind: 'result', id: response.data.id, result: response.data.result }
    : { kind: 'error', id: response.data.id, error: response.data.error };
}

/** Undefined: the result is not what the method promises. */
export function parseResult<M extends MethodName>(
  method: M,
  result: unknown,
): { readonly value: MethodResult<M> } | undefined {
  const parsed = METHODS[method].result.safeParse(result);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- right after its own parser
  return parsed.success ? { value: parsed.data as MethodResult<M> } : undefined;
}
