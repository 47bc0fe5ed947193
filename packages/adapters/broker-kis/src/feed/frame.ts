/** Why a frame or a record of it was thrown away. Counted and logged, never guessed at. */
export type RejectReason =
  | 'NOT_A_FRAME'
  | 'BAD_COUNT'
  | 'BAD_WIDTH'
  | 'BAD_VALUE'
  | 'UNKNOWN_TR'
  /** A stock that nobody registered (any more): a late record, or columns out of step. */
  | 'NOT_REGISTERED'
  /** Of a registration that was given up a moment ago: expected, so counted and not told. */
  | 'GIVEN_UP'
  | 'NOT_DECRYPTED';

export interface FrameReject {
  readonly trId: string;
  readonly reason: RejectReason;
}

/** `<flag>|<TR id>|<count>|<payload>` */
export interface DataFrame {
  readonly encrypted: boolean;
  readonly trId: string;
  readonly count: number;
  readonly payload: string;
}

export interface Parsed<T> {
  readonly records: readonly T[];
  readonly rejects: readonly FrameReject[];
}

const HEAD = /^([01])\|([0-9A-Z]{4,12})\|(\d{1,4})\|/;

/** Undefined when the text is not a data frame. */
export function parseFrame(text: string): DataFrame | undefined {
  const match = HEAD.exec(text);
  if (match === null) return undefined;
  const [head, flag, trId = '', count] = match;
  return {
    encrypted: flag === '1',
    trId,
    count: Number(count),
    payload: text.slice(head.length),
  };
}

/**
 * The records of a plain payload. Width is values / count: KIS has lengthened layouts without
 * notice, so longer records are read by position and shorter ones thrown away.
 * @param read undefined for a record with a value that cannot be right
 */
export function parseRecords<T>(
  frame: DataFrame,
  widthMin: number,
  read: (values: readonly string[]) => T | undefined,
): Parsed<T> {
  const reject = (reason: RejectReason): FrameReject => ({ trId: frame.trId, reason });
  if (frame.count < 1) return { records: [], rejects: [reject('BAD_COUNT')] };
  const values = frame.payload.split('^');
  const width = values.length / frame.count;
  if (!Number.isInteger(width) || width < widthMin) {
    return { records: [], rejects: [reject('BAD_WIDTH')] };
  }
  const records: T[] = [];
  const rejects: FrameReject[] = [];
  for (let start = 0; start < values.length; start += width) {
    const record = read(values.slice(start, start + width));
    if (record === undefined) rejects.push(reject('BAD_VALUE'));
    else records.push(record);
  }
  return { records, rejects };
}
