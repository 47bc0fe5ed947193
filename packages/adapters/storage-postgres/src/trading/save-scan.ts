import type { Candidate, ScanSummary, StockMark } from '@fleet/service-layer';
import type { Client, Pool } from '../make-pool.ts';
import { recordEvents } from '../sql/record-event.ts';
import { inTransaction } from '../sql/transaction.ts';

const RATE_DECIMALS = 6;

const SCAN = {
  name: 'save_scan',
  text: `INSERT INTO scans (scan_id, trade_date, scanned_at, looked, strategies, market_change, refusals)
         VALUES ($1, $2, from_ms($3), $4, $5, $6, $7) ON CONFLICT (scan_id) DO NOTHING`,
};

const ROWS = {
  name: 'save_candidates',
  text: `
  INSERT INTO candidates (scan_id, trade_date, scanned_at, strategy_name, symbol, signal, score,
    last_price, bid, ask, volume, turnover, change_rate, indicators, reasons, why_not)
  SELECT $1, $2, from_ms($3), r.strategy_name, r.symbol, r.signal, r.score, r.last_price, r.bid, r.ask,
    r.volume, r.turnover, r.change_rate, r.indicators, r.reasons, r.why_not
  FROM jsonb_to_recordset($4::jsonb) AS r(strategy_name text, symbol text, signal boolean,
    score numeric, last_price numeric, bid numeric, ask numeric, volume bigint, turnover numeric,
    change_rate numeric, indicators jsonb, reasons jsonb, why_not jsonb)
  ON CONFLICT (scan_id, strategy_name, symbol) DO NOTHING`,
};

/** A stock's newest refusal is the one that counts; of a day there is one a stock and strategy. */
const REPLACED = {
  name: 'delete_replaced_refusals',
  text: `
  DELETE FROM candidates c USING candidates n
  WHERE n.scan_id = $1 AND NOT n.signal AND c.trade_date = $2 AND c.strategy_name = n.strategy_name
    AND c.symbol = n.symbol AND NOT c.signal AND c.scan_id <> $1 AND c.scanned_at <= from_ms($3)`,
};

const MARKS = {
  name: 'save_marks',
  text: `
  INSERT INTO stock_marks AS m (symbol, price, range_rate, market_at)
  SELECT r.symbol, r.price, r.range_rate, from_ms($2)
  FROM jsonb_to_recordset($1::jsonb) AS r(symbol text, price numeric, range_rate numeric)
  ORDER BY r.symbol
  ON CONFLICT (symbol) DO UPDATE SET price = excluded.price, range_rate = excluded.range_rate,
    market_at = excluded.market_at
  WHERE m.market_at <= excluded.market_at`,
};

/** One scan: its row, candidates, marks and CandidateScannedEvent, in one transaction (SC-002). */
export async function saveScan(
  pool: Pool,
  candidates: readonly Candidate[],
  scan: ScanSummary,
): Promise<void> {
  const { scanId, scannedAt, looked, tradeDate, refusals } = scan;
  const signals = candidates.filter((candidate) => candidate.signal).length;
  await inTransaction(pool, async (client) => {
    await client.query({
      ...SCAN,
      values: [
        scanId,
        tradeDate,
        scannedAt,
        looked,
        [...new Set(candidates.map((candidate) => candidate.strategyName))],
        scan.marketChange?.toFixed(RATE_DECIMALS) ?? null,
        JSON.stringify(refusals),
      ],
    });
    await client.query({
      ...ROWS,
      values: [scanId, tradeDate, scannedAt, JSON.stringify(candidates.map(columns))],
    });
    await client.query({ ...REPLACED, values: [scanId, tradeDate, scannedAt] });
    await saveMarks(client, scan.marks, scannedAt);
    const payload = { scanId, looked, candidates: candidates.length, signals, refusals };
    await recordEvents(client, [
      { type: 'CandidateScannedEvent', level: 'INFO', marketAt: scannedAt, payload },
    ]);
  });
}

async function saveMarks(
  client: Client,
  marks: readonly StockMark[],
  scannedAt: number,
): Promise<void> {
  if (marks.length === 0) return;
  const rows = marks.map(({ symbol, price, rangeRate }) => ({
    symbol,
    price: price.toFixed(),
    range_rate: rangeRate?.toFixed(RATE_DECIMALS) ?? null,
  }));
  await client.query({ ...MARKS, values: [JSON.stringify(rows), scannedAt] });
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
    reasons: candidate.reasons,
    why_not: candidate.whyNot,
  };
}
