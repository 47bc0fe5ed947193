import { z } from 'zod';
import type { CallLane } from '@fleet/service-layer';
import { callLaneValue } from './broker-values.ts';
import { isMethodName, METHODS, type MethodName, type MethodParams } from './methods.ts';
import { parseJson } from './json.ts';
import type { WireErrorCode } from './wire-error.ts';

/** A request as the gateway receives it, its parameters parsed. */
export type Request = {
  [M in MethodName]: {
    readonly id: number;
    readonly method: M;
    readonly params: MethodParams<M>;
    readonly lane: CallLane | undefined;
    /** How long the caller waits, real ms. */
    readonly timeoutMs: number | undefined;
  };
}[MethodName];

export type ParsedRequest =
  | { readonly kind: 'request'; readonly request: Request }
  /** The caller no longer waits for the request of this id. */
  | { readonly kind: 'abort'; readonly id: number }
  /** To be answered with an error; without an id there is nobody to answer, so it is counted. */
  | {
      readonly kind: 'bad';
      readonly id: number | undefined;
      readonly code: WireErrorCode;
      readonly message: string;
    };

const idValue = z.int().nonnegative();
const abortFrame = z.object({ abort: idValue });
const requestFrame = z.object({
  id: idValue,
  method: z.string().max(100),
  params: z.unknown().optional(),
  lane: callLaneValue.optional(),
  timeoutMs: z.number().positive().max(600_000).optional(),
});

export function encodeRequest<M extends MethodName>(request: {
  id: number;
  method: M;
  params: MethodParams<M>;
  lane?: CallLane | undefined;
  timeoutMs?: number | undefined;
}): string {
  return JSON.stringify(request);
}

export function encodeAbort(id: number): string {
  return JSON.stringify({ abort: id });
}

/** Never throws, whatever the text. */
export function parseRequest(text: string): ParsedRequest {
  const json = parseJson(text);
  const abort = abortFrame.safeParse(json);
  if (abort.success) return { kind: 'abort', id: abort.data.abort };
  const frame = requestFrame.safeParse(json);
  if (!frame.success) {
    const id = z.object({ id: idValue }).safeParse(json);
    return bad(id.success ? id.data.id : undefined, 'BAD_REQUEST', 'not a request frame');
  }
  const { id, method, params, lane, timeoutMs } = frame.data;
  if (!isMethodName(method)) return bad(id, 'UNKNOWN_METHOD', `no method ${method}`);
  const parsed = METHODS[method].params.safeParse(params ?? {});
  if (!parsed.success) return bad(id, 'BAD_REQUEST', z.prettifyError(parsed.error));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- right after its own parser
  const request = { id, method, params: parsed.data, lane, timeoutMs } as Request;
  return { kind: 'request', request };
}

function bad(id: number | undefined, code: WireErrorCode, message: string): ParsedRequest {
  return { kind: 'bad', id, code, message: message.slice(0, 500) };
}
