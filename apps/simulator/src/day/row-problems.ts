export type RowProblem =
  | 'WRONG_COLUMN_COUNT'
  | 'BAD_SYMBOL'
  | 'BAD_DATE'
  | 'BAD_TIME'
  | 'OUTSIDE_SESSION'
  | 'NOT_AN_INTEGER'
  | 'TOO_LARGE'
  | 'BAD_PRICE'
  | 'HIGH_BELOW_LOW'
  | 'OUTSIDE_HIGH_LOW'
  | 'DUPLICATE';

const SENTENCES: Readonly<Record<RowProblem, string>> = {
  WRONG_COLUMN_COUNT: 'with the wrong number of columns',
  BAD_SYMBOL: 'whose symbol is not six characters',
  BAD_DATE: 'with an unreadable date',
  BAD_TIME: 'with an unreadable time',
  OUTSIDE_SESSION: 'outside the session',
  NOT_AN_INTEGER: 'with a number that is not a whole one',
  TOO_LARGE: 'with a number above 2,147,483,647',
  BAD_PRICE: 'with a price that is not positive',
  HIGH_BELOW_LOW: 'with high below low',
  OUTSIDE_HIGH_LOW: 'with open or close outside high and low',
  DUPLICATE: 'that repeats a minute',
};

const LINES_NAMED = 3;

/** Counts skipped rows by kind and remembers the first line numbers of each. */
export class RowProblems {
  readonly #counts = new Map<RowProblem, { count: number; lines: number[] }>();

  add(problem: RowProblem, line: number): void {
    const entry = this.#counts.get(problem) ?? { count: 0, lines: [] };
    entry.count += 1;
    if (entry.lines.length < LINES_NAMED) entry.lines.push(line);
    this.#counts.set(problem, entry);
  }

  total(): number {
    return [...this.#counts.values()].reduce((sum, entry) => sum + entry.count, 0);
  }

  count(problem: RowProblem): number {
    return this.#counts.get(problem)?.count ?? 0;
  }

  /** '12 rows skipped with high below low (lines 5, 9, 31, …)', one per kind. */
  sentences(): readonly string[] {
    return [...this.#counts].map(([problem, { count, lines }]) => {
      const rows = count === 1 ? 'row' : 'rows';
      const more = count > lines.length ? ', …' : '';
      const named = `${lines.length === 1 ? 'line' : 'lines'} ${lines.join(', ')}${more}`;
      return `${count} ${rows} skipped ${SENTENCES[problem]} (${named})`;
    });
  }
}
