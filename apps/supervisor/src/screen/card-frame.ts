import type { Palette } from './palette.ts';
import { padEnd, wrap } from './text-width.ts';

/** One row of a card; a long one is wrapped. */
export interface Row {
  readonly text: string;
  readonly paint?: (text: string) => string;
  /** Columns before each of its lines. */
  readonly indent?: number;
}

const COLUMNS_MAX = 78;
const COLUMNS_MIN = 44;
/** Edge and blank, left and right. */
const FRAME = 4;

/** Groups of rows in one frame with rules between them; empty groups are left out. */
export function frameRows(
  groups: readonly (readonly Row[])[],
  { palette, columns }: { readonly palette: Palette; readonly columns: number },
): readonly string[] {
  const width = Math.min(COLUMNS_MAX, Math.max(COLUMNS_MIN, columns));
  const rule = (left: string, right: string): string =>
    palette.faint(left + '─'.repeat(width - 2) + right);
  const body = groups
    .filter((rows) => rows.length > 0)
    .flatMap((rows, index) => [
      index === 0 ? rule('┌', '┐') : rule('├', '┤'),
      ...rows.flatMap((row) => framed(row, width - FRAME, palette)),
    ]);
  return [...body, rule('└', '┘')];
}

function framed({ text, paint, indent = 0 }: Row, inner: number, palette: Palette): string[] {
  const edge = palette.faint('│');
  return linesOf(text, inner - indent).map((line) => {
    const padded = padEnd(' '.repeat(indent) + line, inner);
    return `${edge} ${paint ? paint(padded) : padded} ${edge}`;
  });
}

/** Rows of a table hold runs of blanks that wrapping would eat; they are cut instead. */
function linesOf(text: string, columns: number): readonly string[] {
  return text.includes('  ') ? [padEnd(text, columns)] : wrap(text, columns);
}
