import type { TradeDate } from '@fleet/krx';
import type { Candidate } from '@fleet/service-layer';
import type { Pool } from '../make-pool.ts';
import { recordEvents } from '../sql/record-event.ts';
import { inTransaction } from '../sql/transaction.ts';

const SCAN = {
  name: 'save_scan',
  text: `INSERT INTO scans (scan_id, trade_date, scanned_at, looked, strategies)
         VALUES ($1, $2, from_ms($3), $4, $5) ON CONFLICT (scan_id) DO NOTHING`,
};

const ROWS = {
  name: 'save_candidates',
  text: `
  INSERT INTO candidates (scan_id, trade_date, scanned_at, strategy_name, symbol, signal, score,
    last_price, bid, ask, volume, turnover, change_rate, indicators, why_not)
  SELECT $1, $2, from_ms($3), r.strategy_name, r.symbol, r.signal, r.score, r.last_price, r.bid, r.ask,
    r.volume, r.turnover, r.change_rate, r.indicators, r.why_not
  FROM jsonb_to_recordset($4::jsonb) AS r(strategy_name text, symbol text, signal boolean,
    score numeric, last_price numeric, bid numeric, ask numeric, volume bigint, turnover numeric,
    change_rate numeric, indicators jsonb, why_not jsonb)
  ON CONFLICT (scan_id, strategy_name, symbol) DO NOTHING`,
};

/** One scan: its row, its candidates and CandidateScannedEvent, in one transaction (SC-002). */
export async function saveScan(
  pool: Pool,
  candidates: readonly Candidate[],
  scan: { scanId: string; scannedAt: number; looked: number; tradeDate: TradeDate },
): Promise<void> {
  const { scanId, scannedAt, looked, tradeDate } = scan;
  const strategies = [...new Set(candidates.map((candidate) => candidate.strategyName))];
  const signals = candidates.filter((candidate) => candidate.signal).length;
  await inTransaction(pool, async (client) => {
    await client.query({ ...SCAN, values: [scanId, tradeDate, scannedAt, looked, strategies] });
    await client.query({
      ...ROWS,
      values: [scanId, tradeDate, scannedAt, JSON.stringify(candidates.map(columns))],
    });
    const payload = { scanId, looked, candidates: candidates.length, signals };
    await recordEvents(client, [
      { type: 'CandidateScannedEvent', level: 'INFO', marketAt: scannedAt, payload },
    ]);
  });
}

function columns(candidate: Candidate): Readonly<Record<string, unknown>> {
  return {
    strategy_name: candidate.strategyName,
    symbol: candidate.symbol,
    signal: candidate.signal,
    score: candidate.score,
    last_price: candidate.lastPrice.toFixed(),
    bid: candidate.bid?.toFixed() ?? null,
    ask: candidate.ask?.toFixed() ?? null,
    volume: candidate.volume,
    turnover: candidate.turnover.toFixed(),
    change_rate: candidate.changeRate,
    indicators: candidate.indicators,
    why_not: candidate.whyNot,
  };
}
