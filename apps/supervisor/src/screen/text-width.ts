import stringWidth from 'string-width';

/** Cuts to so many columns; Korean takes two a letter. A cut text ends in '…'. */
export function cutTo(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  if (columns < 1) return '';
  let cut = '';
  let width = 0;
  for (const letter of text) {
    const letterWidth = stringWidth(letter);
    if (width + letterWidth > columns - 1) break;
    cut += letter;
    width += letterWidth;
  }
  return `${cut}…`;
}

/** Exactly so many columns, text at the left. */
export function padEnd(text: string, columns: number): string {
  const cut = cutTo(text, columns);
  return cut + ' '.repeat(columns - stringWidth(cut));
}

/** Exactly so many columns, text at the right. */
export function padStart(text: string, columns: number): string {
  const cut = cutTo(text, columns);
  return ' '.repeat(columns - stringWidth(cut)) + cut;
}

/** Lines of at most so many columns, broken between words where there are any. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (stringWidth(longer) <= columns) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = piecesOf(word, columns);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? '';
  }
  return [...lines, line];
}

function piecesOf(word: string, columns: number): readonly string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const letter of word) {
    if (piece !== '' && stringWidth(piece + letter) > columns) {
      pieces.push(piece);
      piece = '';
    }
    piece += letter;
  }
  return [...pieces, piece];
}
