import type { WhyNot } from '@fleet/domain';
import type { Candidate } from '@fleet/service-layer';
import type { Pool } from '../make-pool.ts';
import { optional, priceOf, quantityOf, wonOf } from '../sql/row-values.ts';

interface CandidateRow {
  readonly scan_id: string;
  readonly scanned_at: number;
  readonly strategy_name: string;
  readonly symbol: string;
  readonly signal: boolean;
  readonly score: string;
  readonly last_price: string;
  readonly bid: string | null;
  readonly ask: string | null;
  readonly volume: number;
  readonly turnover: string;
  readonly change_rate: string;
  readonly indicators: Readonly<Record<string, string>>;
  readonly reasons: readonly WhyNot[];
  readonly why_not: readonly WhyNot[];
}

const READ = {
  name: 'read_signals',
  text: `
  SELECT scan_id, scanned_at, strategy_name, symbol, signal, score, last_price, bid, ask, volume,
    turnover, change_rate, indicators, reasons, why_not
  FROM candidates
  WHERE scan_id = (SELECT s.scan_id FROM scans s WHERE s.scanned_at >= from_ms($2)
                   ORDER BY s.scanned_at DESC LIMIT 1)
    AND strategy_name = $1 AND signal
  ORDER BY score DESC, symbol LIMIT $3`,
};

/** Signals of the strategy's newest scan, best first; none when that scan is older than `since`. */
export async function readSignals(
  pool: Pool,
  query: { readonly strategyName: string; readonly since: number; readonly limit: number },
): Promise<Candidate[]> {
  const { strategyName, since, limit } = query;
  const { rows } = await pool.query<CandidateRow>({
    ...READ,
    values: [strategyName, Math.floor(since), limit],
  });
  return rows.map(candidateOf);
}

function candidateOf(row: CandidateRow): Candidate {
  return {
    scanId: row.scan_id,
    scannedAt: row.scanned_at,
    strategyName: row.strategy_name,
    symbol: row.symbol,
    signal: row.signal,
    score: row.score,
    lastPrice: priceOf(row.last_price),
    bid: optional(row.bid, priceOf),
    ask: optional(row.ask, priceOf),
    volume: quantityOf(row.volume),
    turnover: wonOf(row.turnover),
    changeRate: row.change_rate,
    indicators: row.indicators,
    reasons: row.reasons,
    whyNot: row.why_not,
  };
}
