const OPEN_MINUTE = minuteOf('09:01');
const LAST_MINUTE = minuteOf('15:20');
const CLOSING_AUCTION = minuteOf('15:30');
const TICK = 10;

/** A stock of an invented day. Minutes count from midnight; prices lie between 5,000 and 20,000 won. */
export interface InventedStock {
  readonly symbol: string;
  readonly market?: 'KOSPI' | 'KOSDAQ';
  /** Close of a minute, won; put on a tick here. */
  readonly priceAt: (minute: number) => number;
  /** Shares traded in a minute; none: no bar. 20,000 unless said. */
  readonly volumeAt?: (minute: number) => number;
}

export function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** Invented one-minute bars, labelled by their end, without previous closes. */
export function inventedDay(stocks: readonly InventedStock[]): string {
  const rows = ['symbol,market,time,open,high,low,close,volume'];
  for (const stock of stocks) {
    for (let minute = OPEN_MINUTE; minute <= LAST_MINUTE; minute += 1)
      rows.push(...bar(stock, minute));
    rows.push(...bar(stock, CLOSING_AUCTION));
  }
  return `${rows.join('\n')}\n`;
}

/** Stocks that nobody buys: they make the market stand still. */
export function flatStocks(count: number): readonly InventedStock[] {
  return Array.from({ length: count }, (_, index) => ({
    symbol: String(910_010 + 10 * index),
    priceAt: () => 10_000,
  }));
}

/**
 * Flat at 10,000 won, then up by so many won a minute. At 14 a minute the breakout strategy sees a
 * signal after some eight minutes; the steeper, the higher its score.
 */
export function climb(from: string, perMinute: number, until = '15:30'): InventedStock['priceAt'] {
  const [start, end] = [minuteOf(from), minuteOf(until)];
  return (minute) => 10_000 + perMinute * Math.max(0, Math.min(minute, end) - start);
}

function bar(stock: InventedStock, minute: number): readonly string[] {
  const volume = stock.volumeAt?.(minute) ?? 20_000;
  if (volume === 0) return [];
  const at = (m: number): number => TICK * Math.round(stock.priceAt(m) / TICK);
  const [open, close] = [at(minute - 1), at(minute)];
  const [high, low] = [Math.max(open, close) + TICK, Math.min(open, close) - TICK];
  const { symbol, market = 'KOSPI' } = stock;
  return [[symbol, market, clock(minute), open, high, low, close, volume].join(',')];
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}
