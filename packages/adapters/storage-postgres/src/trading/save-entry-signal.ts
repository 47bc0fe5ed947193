import type { EntrySignal } from '@fleet/service-layer';
import type { Pool } from '../make-pool.ts';
import { numericOrNull } from '../sql/row-values.ts';

const SAVE = {
  name: 'save_entry_signal',
  text: `
  INSERT INTO entry_signals (order_id, trade_date, symbol, strategy_name, scan_id, score, reasons, ask,
    market_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, from_ms($9)) ON CONFLICT (order_id) DO NOTHING`,
};

/** What an entry is made on: the day's improvement data joins it to what the trade brought. */
export async function saveEntrySignal(pool: Pool, signal: EntrySignal): Promise<void> {
  await pool.query({
    ...SAVE,
    values: [
      signal.orderId,
      signal.tradeDate,
      signal.symbol,
      signal.strategyName,
      signal.scanId,
      signal.score,
      JSON.stringify(signal.reasons),
      numericOrNull(signal.ask),
      signal.marketAt,
    ],
  });
}
