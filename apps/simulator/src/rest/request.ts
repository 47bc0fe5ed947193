import type { IncomingMessage } from 'node:http';

/** A JSON object as it came over the wire. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** One call as the endpoints see it. */
export interface KisRequest {
  readonly method: string;
  readonly path: string;
  /** '' when the header is missing. Names in any case. */
  header(name: string): string;
  /** Query parameter, its name in either case (KIS takes both); undefined when missing. */
  param(name: string): string | undefined;
  /** Undefined when there was none or it was not a JSON object. */
  readonly body: JsonObject | undefined;
  readonly hasBody: boolean;
}

/** Larger bodies are cut off: no KIS call comes near it. */
const BODY_BYTES_MAX = 64 * 1024;

export function makeRequest(
  parts: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  },
  bodyText: string,
): KisRequest {
  // Clients join base and path with a slash too many; '//uapi' alone would be read as a host.
  const url = new URL(parts.url.replace(/^\/+/, '/'), 'http://localhost');
  const query = new Map<string, string>();
  for (const [name, value] of url.searchParams) query.set(name.toUpperCase(), value);
  return {
    method: parts.method,
    path: url.pathname,
    header(name) {
      const value = parts.headers[name.toLowerCase()];
      return typeof value === 'string' ? value.trim() : (value?.[0]?.trim() ?? '');
    },
    param: (name) => query.get(name.toUpperCase()),
    body: parseJsonObject(bodyText),
    hasBody: bodyText.trim() !== '',
  };
}

/** Undefined when the client sent more than `BODY_BYTES_MAX`. */
export async function readBody(message: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    const bytes: Buffer = chunk;
    size += bytes.length;
    if (size > BODY_BYTES_MAX) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    // Not JSON: the endpoint decides which of KIS's codes that is.
    return undefined;
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
