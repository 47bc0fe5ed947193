const STOCKS = [
  ['900010', 'KOSPI'],
  ['900020', 'KOSPI'],
  ['900030', 'KOSDAQ'],
] as const;
const OPEN_MINUTE = 9 * 60 + 1;
const LAST_MINUTE = 15 * 60 + 20;
const CLOSING_AUCTION = 15 * 60 + 30;

const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** Invented one-minute bars of three invented stocks without previous closes, and two rows that are none. */
export function syntheticDay(): string {
  const rows = ['symbol,market,time,open,high,low,close,volume'];
  for (const [index, stock] of STOCKS.entries()) {
    for (let minute = OPEN_MINUTE; minute <= LAST_MINUTE; minute += 1) {
      rows.push(bar(stock, minute, index));
    }
    rows.push(bar(stock, CLOSING_AUCTION, index));
  }
  rows.splice(10, 0, '900010,KOSPI,09:99,1,1,1,1,1');
  rows.splice(20, 0, '900010,KOSPI,10:00,5000,4000,6000,5000,10');
  return `${rows.join('\n')}\n`;
}

/** A slow wave of even prices, each stock at its own phase. */
function bar([symbol, market]: (typeof STOCKS)[number], minute: number, phase: number): string {
  const at = (m: number): number => 10_000 + 10 * Math.round(20 * Math.sin((m + 40 * phase) / 25));
  const [open, close] = [at(minute - 1), at(minute)];
  const [high, low] = [Math.max(open, close) + 10, Math.min(open, close) - 10];
  return [symbol, market, clock(minute), open, high, low, close, 5_000].join(',');
}
