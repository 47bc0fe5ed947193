import { type InstrumentClass, roundToTick, stepTicks, tickSize, type TradeDate } from '@fleet/krx';

/** Tick questions about one kind of instrument on one date. */
export interface TickSteps {
  readonly sizeAt: (price: number) => number;
  /** So many ticks up or down; from a price off the tick the first step goes to the next valid one. */
  readonly step: (price: number, ticks: number) => number;
  readonly round: (price: number, direction: 'up' | 'down' | 'nearest') => number;
}

/** Answers tick sizes from memory: the tape asks millions of times about few prices. */
export function makeTickSteps(kind: InstrumentClass, date: TradeDate): TickSteps {
  const known = new Map<number, number>();
  return {
    sizeAt: (price) => {
      const size = known.get(price) ?? tickSize(price, kind, date);
      known.set(price, size);
      return size;
    },
    step: (price, ticks) => stepTicks(price, ticks, kind, date),
    round: (price, direction) => roundToTick(Math.max(1, price), direction, kind, date),
  };
}
