import { inventedDay } from './invented-day.ts';

/** Three stocks on a slow wave of even prices, each at its own phase, and two rows that are none. */
export function syntheticDay(): string {
  const rows = inventedDay([
    { symbol: '900010', priceAt: wave(0), volumeAt },
    { symbol: '900020', priceAt: wave(1), volumeAt },
    { symbol: '900030', market: 'KOSDAQ', priceAt: wave(2), volumeAt },
  ]).split('\n');
  rows.splice(10, 0, '900010,KOSPI,09:99,1,1,1,1,1');
  rows.splice(20, 0, '900010,KOSPI,10:00,5000,4000,6000,5000,10');
  return rows.join('\n');
}

function wave(phase: number): (minute: number) => number {
  return (minute) => 10_000 + 200 * Math.sin((minute + 40 * phase) / 25);
}

function volumeAt(): number {
  return 5_000;
}
