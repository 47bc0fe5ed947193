/** What a minute printed. */
export interface PrintedBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly turnover: number;
}

type Draft = { -readonly [Key in keyof PrintedBar]: PrintedBar[Key] } & { minute: number };

/**
 * Bars made of what was really printed: of the running minute, and of those minutes whose trades a
 * pause moved elsewhere. All other minutes print exactly their bar of the day and need no copy.
 */
export class PrintedBars {
  #running: Draft = emptyBar(-1);
  readonly #moved = new Map<number, Draft>();

  print(minute: number, price: number, volume: number): void {
    const bar = this.#moved.get(minute) ?? this.#runningOf(minute);
    if (bar.volume === 0) bar.open = bar.high = bar.low = price;
    bar.high = Math.max(bar.high, price);
    bar.low = Math.min(bar.low, price);
    bar.close = price;
    bar.volume += volume;
    bar.turnover += price * volume;
  }

  /** From here on the minute's bar is what it printed, not what the day has. */
  move(minute: number): void {
    if (this.#moved.has(minute)) return;
    const isRunning = this.#running.minute === minute;
    this.#moved.set(minute, isRunning ? { ...this.#running } : emptyBar(minute));
  }

  /** Undefined for a minute that prints its bar of the day. */
  moved(minute: number): PrintedBar | undefined {
    return this.#moved.get(minute);
  }

  /** Undefined when the minute has printed nothing so far. */
  running(minute: number): PrintedBar | undefined {
    return this.#running.minute === minute ? this.#running : undefined;
  }

  #runningOf(minute: number): Draft {
    if (this.#running.minute !== minute) this.#running = emptyBar(minute);
    return this.#running;
  }
}

function emptyBar(minute: number): Draft {
  return { minute, open: 0, high: 0, low: 0, close: 0, volume: 0, turnover: 0 };
}
