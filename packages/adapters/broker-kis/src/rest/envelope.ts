import { textOf } from './fields.ts';

export type ReplyRow = Readonly<Record<string, unknown>>;

/** A parsed reply. All keys are lower case: KIS spells them differently by TR and by year. */
export interface Envelope {
  /** rt_cd: '0' is success; '' where the reply has none (token endpoints). */
  readonly resultCode: string;
  /** msg_cd, or error_code of the token endpoints. */
  readonly code: string;
  /** msg1 or error_description, trimmed. */
  readonly message: string;
  readonly body: ReplyRow;
}

/** Reply, list, row, value; what lies deeper is not KIS's and is cut, so that no nesting overflows. */
const DEPTH_MAX = 4;

/** Undefined when the text is not a JSON object, or spells one key twice with different values. */
export function parseEnvelope(text: string): Envelope | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(parsed)) return undefined;
  const body = lowerKeys(parsed, DEPTH_MAX);
  if (!isRecord(body)) return undefined;
  return {
    resultCode: scalar(body['rt_cd']),
    code: scalar(body['msg_cd']) || scalar(body['error_code']),
    message: scalar(body['msg1']) || scalar(body['error_description']),
    body,
  };
}

/** KIS gives one row as an object or as an array of one, and no row as [], {}, '' or nothing. */
export function rowsOf(value: unknown): readonly ReplyRow[] {
  const rows = Array.isArray(value) ? value : [value];
  return rows.filter((row): row is ReplyRow => isRecord(row) && !isBlank(row));
}

export function isRecord(value: unknown): value is ReplyRow {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isBlank(row: ReplyRow): boolean {
  return Object.values(row).every((value) => scalar(value) === '' && typeof value !== 'object');
}

function scalar(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? textOf(value) : '';
}

/** Undefined where two spellings of a key disagree: no telling which one is meant. */
function lowerKeys(value: unknown, depth: number): unknown {
  if (depth === 0) return typeof value === 'object' ? null : value;
  if (Array.isArray(value)) return value.map((item) => lowerKeys(item, depth - 1));
  if (!isRecord(value)) return value;
  const lowered = new Map<string, unknown>();
  for (const [key, item] of Object.entries(value)) {
    const name = key.toLowerCase();
    const next = lowerKeys(item, depth - 1);
    if (lowered.has(name) && JSON.stringify(lowered.get(name)) !== JSON.stringify(next)) {
      return undefined;
    }
    lowered.set(name, next);
  }
  return Object.fromEntries(lowered);
}
