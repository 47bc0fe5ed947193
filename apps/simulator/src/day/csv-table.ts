import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { InputError } from '../control/input-error.ts';

const GZIP_MAGIC = 0x1f_8b;

/** Where each wanted column stands; undefined for an optional one that is absent. */
export interface CsvHeader {
  readonly columns: ReadonlyMap<string, number>;
  readonly width: number;
}

/**
 * Reads a CSV file, gzipped or not, UTF-8 with or without a byte-order mark.
 * @throws InputError when it cannot be read or has no text.
 */
export function readCsvText(file: string): string {
  const bytes = readBytes(file);
  const isGzip = bytes.length > 2 && bytes.readUInt16BE(0) === GZIP_MAGIC;
  const text = (isGzip ? gunzip(file, bytes) : bytes).toString('utf8').replace(/^\uFEFF/, '');
  if (text.trim() === '') {
    const name = basename(file);
    throw new InputError({ en: `${name} is empty.`, ko: `${name}: 빈 파일입니다.` });
  }
  return text;
}

/** @throws InputError when a required column is missing. */
export function parseHeader(file: string, line: string, required: readonly string[]): CsvHeader {
  const names = splitCsvLine(line).map((name) => name.trim().toLowerCase());
  const columns = new Map(names.map((name, index) => [name, index]));
  const missing = required.filter((name) => !columns.has(name));
  if (missing.length > 0) {
    const word = missing.length === 1 ? 'column' : 'columns';
    const [file_, lacking, found] = [basename(file), missing.join(', '), names.join(', ')];
    throw new InputError({
      en: `${file_} lacks the ${word} ${lacking} in its header line (found: ${found}).`,
      ko: `${file_}: 첫 줄에 ${lacking} 열이 없습니다 (있는 열: ${found}).`,
    });
  }
  return { columns, width: names.length };
}

/** Calls back with (line text, line number from 1) for each line that is not blank. */
export function eachLine(text: string, visit: (line: string, lineNumber: number) => void): void {
  let from = 0;
  let lineNumber = 0;
  while (from < text.length) {
    const newline = text.indexOf('\n', from);
    const to = newline === -1 ? text.length : newline;
    const end = to > from && text.charCodeAt(to - 1) === 13 ? to - 1 : to;
    lineNumber += 1;
    if (end > from) visit(text.slice(from, end), lineNumber);
    from = to + 1;
  }
}

/** Fields of a line; fields may stand in double quotes, doubled quotes inside them. */
export function splitCsvLine(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  const fields: string[] = [];
  const pattern = /(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g;
  for (const match of line.matchAll(pattern)) {
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
  }
  return fields;
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = codeOf(error);
    const isMissing = code === 'ENOENT';
    throw new InputError(
      {
        en: `The file ${file} ${isMissing ? 'does not exist' : `cannot be read (${code})`}.`,
        ko: `${file}: ${isMissing ? '그런 파일이 없습니다' : `읽을 수 없는 파일입니다 (${code})`}.`,
      },
      { cause: error },
    );
  }
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

function gunzip(file: string, bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes);
  } catch (error) {
    const name = basename(file);
    throw new InputError(
      { en: `${name} is a damaged gzip file.`, ko: `${name}: 손상된 gzip 파일입니다.` },
      { cause: error },
    );
  }
}
