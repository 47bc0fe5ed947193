import { price, quantity, won, ZERO_WON } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import type { Candidate, Clock, Instrument, MarketClock, TradingStore } from '@fleet/service-layer';
import { v7 as newId } from 'uuid';
import { Random } from '../random.ts';

/** A signal is good for 90 market seconds. */
const SCAN_MS = 1_000;

/** The market scan's rows without its market: every stock is a signal, in another order each time. */
export async function keepScanning(
  scan: {
    readonly trading: TradingStore;
    readonly stocks: readonly Instrument[];
    readonly tradeDate: TradeDate;
  },
  run: { readonly clock: Clock; readonly marketClock: MarketClock; readonly seed: number },
  signal: AbortSignal,
): Promise<void> {
  const random = new Random(run.seed);
  while (!signal.aborted) {
    const scannedAt = run.marketClock.now();
    const scanId = newId();
    const rows = scan.stocks.map(({ symbol }) =>
      candidate({ symbol, scanId, scannedAt, score: random.next().toFixed(6) }),
    );
    const { tradeDate } = scan;
    const seen = { looked: rows.length, marks: [], marketChange: undefined, refusals: {} };
    await scan.trading
      .saveScan(rows, { ...seen, scanId, scannedAt, tradeDate })
      // True now: no newer signals; the next scan is a second away.
      .catch(() => undefined);
    await run.clock.sleep(SCAN_MS, signal).catch(() => undefined);
  }
}

function candidate(row: Pick<Candidate, 'symbol' | 'scanId' | 'scannedAt' | 'score'>): Candidate {
  return {
    ...row,
    strategyName: 'chaos',
    signal: true,
    lastPrice: price(1),
    bid: undefined,
    ask: undefined,
    volume: quantity(1),
    turnover: ZERO_WON,
    changeRate: '0',
    // Capital alone sizes the order.
    indicators: { turnoverPerMinute: won('1000000000000').toFixed() },
    reasons: [],
    whyNot: [],
  };
}
