import iconv from 'iconv-lite';

/** One field of a record: its width in bytes of cp949 and its text. */
export interface FixedField {
  readonly width: number;
  readonly text: string;
}

/** Left aligned, blanks behind; a Korean letter that does not fit whole is left out. */
export function padded(text: string, width: number): FixedField {
  let kept = '';
  for (const letter of text) {
    if (iconv.encode(kept + letter, 'cp949').length > width) break;
    kept += letter;
  }
  const blanks = width - iconv.encode(kept, 'cp949').length;
  return { width, text: kept + ' '.repeat(blanks) };
}

/** Zeros in front; a value that is too large shows nines, as a saturated counter. */
export function zeroed(value: number, width: number): FixedField {
  const text = String(Math.max(0, Math.floor(value)));
  return { width, text: text.length > width ? '9'.repeat(width) : text.padStart(width, '0') };
}

export function blank(width: number): FixedField {
  return { width, text: ' '.repeat(width) };
}

export function flag(value: boolean): FixedField {
  return { width: 1, text: value ? 'Y' : 'N' };
}

/** A code of fixed length, one byte a letter. */
export function code(text: string): FixedField {
  return { width: text.length, text };
}

/** The bytes of a record. @throws when a field is not as wide as it says. */
export function record(fields: readonly FixedField[], width: number): Buffer {
  const bytes = Buffer.concat(fields.map((field) => encoded(field)));
  if (bytes.length !== width) throw new Error(`a record of ${bytes.length} bytes, not ${width}`);
  return bytes;
}

function encoded(field: FixedField): Buffer {
  const bytes = iconv.encode(field.text, 'cp949');
  if (bytes.length !== field.width) {
    throw new Error(`'${field.text}' takes ${bytes.length} bytes, not ${field.width}`);
  }
  return bytes;
}
