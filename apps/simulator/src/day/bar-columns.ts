import type { BarSeries } from './day-data.ts';

const FIRST_CAPACITY = 65_536;
const NUMBERS = ['open', 'high', 'low', 'close', 'volume'] as const;

export interface BarNumbers {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** Rows of all symbols in typed columns: 26 bytes a row, where objects would take ten times that. */
export class BarColumns {
  #capacity = FIRST_CAPACITY;
  #count = 0;
  #symbol = new Int32Array(FIRST_CAPACITY);
  #minute = new Int16Array(FIRST_CAPACITY);
  #line = new Int32Array(FIRST_CAPACITY);
  readonly #numbers = {
    open: new Int32Array(FIRST_CAPACITY),
    high: new Int32Array(FIRST_CAPACITY),
    low: new Int32Array(FIRST_CAPACITY),
    close: new Int32Array(FIRST_CAPACITY),
    volume: new Int32Array(FIRST_CAPACITY),
  };

  get count(): number {
    return this.#count;
  }

  add(symbolIndex: number, minute: number, line: number, bar: BarNumbers): void {
    if (this.#count === this.#capacity) this.#grow();
    const row = this.#count;
    this.#symbol[row] = symbolIndex;
    this.#minute[row] = minute;
    this.#line[row] = line;
    for (const name of NUMBERS) this.#numbers[name][row] = bar[name];
    this.#count += 1;
  }

  /**
   * Sorts by symbol and minute and drops rows that repeat a minute (the first line wins).
   * Returns one series per symbol index.
   */
  toSeries(symbolCount: number, onDuplicate: (line: number) => void): BarSeries[] {
    const rowsOf: number[][] = Array.from({ length: symbolCount }, () => []);
    for (let row = 0; row < this.#count; row += 1) rowsOf[this.#symbol[row] ?? 0]?.push(row);
    return rowsOf.map((rows) => this.#seriesOf(this.#uniqueRows(rows, onDuplicate)));
  }

  #uniqueRows(rows: number[], onDuplicate: (line: number) => void): number[] {
    rows.sort((a, b) => this.#minuteAt(a) - this.#minuteAt(b) || a - b);
    return rows.filter((row, index) => {
      const previous = rows[index - 1];
      if (previous === undefined || this.#minuteAt(previous) !== this.#minuteAt(row)) return true;
      onDuplicate(this.#line[row] ?? 0);
      return false;
    });
  }

  #seriesOf(rows: readonly number[]): BarSeries {
    const pick = (name: (typeof NUMBERS)[number]): Int32Array =>
      Int32Array.from(rows, (row) => this.#numbers[name][row] ?? 0);
    return {
      minute: Int16Array.from(rows, (row) => this.#minuteAt(row)),
      open: pick('open'),
      high: pick('high'),
      low: pick('low'),
      close: pick('close'),
      volume: pick('volume'),
    };
  }

  #minuteAt(row: number): number {
    return this.#minute[row] ?? 0;
  }

  #grow(): void {
    this.#capacity *= 2;
    this.#symbol = grown(this.#symbol, new Int32Array(this.#capacity));
    this.#minute = grown(this.#minute, new Int16Array(this.#capacity));
    this.#line = grown(this.#line, new Int32Array(this.#capacity));
    for (const name of NUMBERS) {
      this.#numbers[name] = grown(this.#numbers[name], new Int32Array(this.#capacity));
    }
  }
}

function grown<T extends Int16Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
