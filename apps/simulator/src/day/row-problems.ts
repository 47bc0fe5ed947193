import type { Texts } from '../control/input-error.ts';

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

const SENTENCES: Readonly<Record<RowProblem, Texts>> = {
  WRONG_COLUMN_COUNT: { en: 'with the wrong number of columns', ko: '열 수가 다름' },
  BAD_SYMBOL: { en: 'whose symbol is not six characters', ko: '종목코드가 여섯 자가 아님' },
  BAD_DATE: { en: 'with an unreadable date', ko: '날짜를 읽을 수 없음' },
  BAD_TIME: { en: 'with an unreadable time', ko: '시각을 읽을 수 없음' },
  OUTSIDE_SESSION: { en: 'outside the session', ko: '장 시간 밖' },
  NOT_AN_INTEGER: { en: 'with a number that is not a whole one', ko: '정수가 아닌 수' },
  TOO_LARGE: { en: 'with a number above 2,147,483,647', ko: '2,147,483,647보다 큰 수' },
  BAD_PRICE: { en: 'with a price that is not positive', ko: '0 이하의 가격' },
  HIGH_BELOW_LOW: { en: 'with high below low', ko: '고가가 저가보다 낮음' },
  OUTSIDE_HIGH_LOW: {
    en: 'with open or close outside high and low',
    ko: '시가나 종가가 고가와 저가 밖',
  },
  DUPLICATE: { en: 'that repeats a minute', ko: '같은 분이 되풀이됨' },
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
  sentences(): readonly Texts[] {
    return [...this.#counts].map(([problem, { count, lines }]) => {
      const rows = count === 1 ? 'row' : 'rows';
      const more = count > lines.length ? ', …' : '';
      const named = `${lines.length === 1 ? 'line' : 'lines'} ${lines.join(', ')}${more}`;
      const what = SENTENCES[problem];
      return {
        en: `${count} ${rows} skipped ${what.en} (${named})`,
        ko: `${count}줄을 건너뜀: ${what.ko} (${lines.join(', ')}${more}번째 줄)`,
      };
    });
  }
}
