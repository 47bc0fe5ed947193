import iconv from 'iconv-lite';
import type { MasterColumn } from './master-column.ts';
import type { MasterLayout } from './master-layout.ts';

/** All columns of a record, trimmed, by KIS's names. */
export type MasterRecord = ReadonlyMap<string, string>;

export interface MasterRecords {
  readonly records: readonly MasterRecord[];
  /** Lines that do not have the length of a record. */
  readonly rejectedLines: number;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Cuts a plain master file by bytes: a Korean character has two, so characters do not count.
 * Never throws.
 */
export function parseMaster(file: Uint8Array, layout: MasterLayout): MasterRecords {
  const records: MasterRecord[] = [];
  let rejectedLines = 0;
  for (const line of linesOf(file)) {
    if (line.length === 0) continue;
    const record = parseRecord(line, layout);
    if (record === undefined) rejectedLines += 1;
    else records.push(record);
  }
  return { records, rejectedLines };
}

function parseRecord(line: Uint8Array, layout: MasterLayout): MasterRecord | undefined {
  const headBytes = bytesOf(layout.head);
  const tailBytes = bytesOf(layout.tail);
  const fits =
    layout.recordBytes === undefined
      ? line.length > headBytes + tailBytes
      : line.length === layout.recordBytes;
  if (!fits) return undefined;
  const record = new Map<string, string>();
  cut(line, 0, layout.head, record);
  if (layout.tail.length > 0) {
    const tailStart = line.length - tailBytes;
    record.set('hts_kor_isnm', decode(line.subarray(headBytes, tailStart)));
    cut(line, tailStart, layout.tail, record);
  }
  return record;
}

function cut(
  line: Uint8Array,
  from: number,
  columns: readonly MasterColumn[],
  record: Map<string, string>,
): void {
  let start = from;
  for (const [name, width] of columns) {
    record.set(name, decode(line.subarray(start, start + width)));
    start += width;
  }
}

function decode(bytes: Uint8Array): string {
  return iconv.decode(Buffer.from(bytes), 'cp949').trim();
}

function bytesOf(columns: readonly MasterColumn[]): number {
  return columns.reduce((sum, [, width]) => sum + width, 0);
}

function* linesOf(file: Uint8Array): Generator<Uint8Array> {
  let start = 0;
  while (start < file.length) {
    const found = file.indexOf(LINE_FEED, start);
    const end = found === -1 ? file.length : found;
    const last = file[end - 1] === CARRIAGE_RETURN && end > start ? end - 1 : end;
    yield file.subarray(start, last);
    start = end + 1;
  }
}
