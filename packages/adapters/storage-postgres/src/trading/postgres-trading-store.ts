import type { InstrumentKind, Market, TradeDate } from '@fleet/krx';
import type { StockDay } from '@fleet/domain';
import type {
  Candidate,
  DayReview,
  EntrySignal,
  Instrument,
  ScanSummary,
  StrategyParams,
  TradingStore,
} from '@fleet/service-layer';
import type { Pool } from '../make-pool.ts';
import { recordEvents } from '../sql/record-event.ts';
import { dateOf, optional, priceOf, quantityOf } from '../sql/row-values.ts';
import { inTransaction } from '../sql/transaction.ts';
import { pruneCandidates } from './prune-candidates.ts';
import { readDayReview } from './read-day-review.ts';
import { readSignals } from './read-signals.ts';
import { readStockDays } from './read-stock-days.ts';
import { saveEntrySignal } from './save-entry-signal.ts';
import { saveScan } from './save-scan.ts';

interface UniverseRow {
  readonly symbol: string;
  readonly name: string;
  readonly market: Market;
  readonly kind: InstrumentKind;
  readonly reference_price: string | null;
  readonly previous_volume: number;
  readonly listed_on: string | null;
  readonly halted: boolean;
  readonly warnings: readonly string[];
}

interface ParamsRow {
  readonly strategy_name: string;
  readonly strategy_version: string;
  readonly params_version: number;
  readonly values: Readonly<Record<string, string>>;
}

const UNIVERSE_COLUMNS =
  'symbol, name, market, kind, reference_price, previous_volume, listed_on, halted, warnings';

const SAVE_UNIVERSE = `
  INSERT INTO universe (trade_date, symbol, name, market, kind, reference_price, previous_volume,
    listed_on, halted, warnings, market_at)
  SELECT $1, r.symbol, r.name, r.market, r.kind, r.reference_price, r.previous_volume, r.listed_on,
    r.halted, r.warnings, from_ms($3)
  FROM jsonb_to_recordset($2::jsonb) AS r(symbol text, name text, market text, kind text,
    reference_price numeric, previous_volume bigint, listed_on date, halted boolean, warnings jsonb)
  ON CONFLICT (trade_date, symbol) DO NOTHING`;

const PARAMS_COLUMNS = 'strategy_name, strategy_version, params_version, values';

/** Universe, candidates and pinned parameters. */
export class PostgresTradingStore implements TradingStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** A restart adds what is new and keeps the morning's rows. */
  async saveUniverse(
    tradeDate: TradeDate,
    instruments: readonly Instrument[],
    marketAt: number,
  ): Promise<void> {
    const rows = instruments.map((instrument) => ({
      symbol: instrument.symbol,
      name: instrument.name,
      market: instrument.market,
      kind: instrument.kind,
      reference_price: instrument.referencePrice?.toFixed() ?? null,
      previous_volume: instrument.previousVolume,
      listed_on: instrument.listedOn ?? null,
      halted: instrument.halted,
      warnings: instrument.warnings,
    }));
    await inTransaction(this.#pool, async (client) => {
      const { rowCount } = await client.query(SAVE_UNIVERSE, [
        tradeDate,
        JSON.stringify(rows),
        marketAt,
      ]);
      const payload = { instruments: instruments.length, added: rowCount ?? 0 };
      await recordEvents(client, [
        { type: 'UniverseChosenEvent', level: 'INFO', marketAt, payload },
      ]);
    });
  }

  async getUniverse(tradeDate: TradeDate): Promise<readonly Instrument[]> {
    const { rows } = await this.#pool.query<UniverseRow>(
      `SELECT ${UNIVERSE_COLUMNS} FROM universe WHERE trade_date = $1 ORDER BY symbol`,
      [tradeDate],
    );
    return rows.map(instrumentOf);
  }

  async getInstrument(tradeDate: TradeDate, symbol: string): Promise<Instrument | undefined> {
    const { rows } = await this.#pool.query<UniverseRow>({
      name: 'read_instrument',
      text: `SELECT ${UNIVERSE_COLUMNS} FROM universe WHERE symbol = $2 AND trade_date <= $1
             ORDER BY trade_date DESC LIMIT 1`,
      values: [tradeDate, symbol],
    });
    return rows[0] === undefined ? undefined : instrumentOf(rows[0]);
  }

  async saveScan(rows: readonly Candidate[], scan: ScanSummary): Promise<void> {
    await saveScan(this.#pool, rows, scan);
  }

  async pruneCandidates(tradeDate: TradeDate, keepDays: number): Promise<number> {
    return await pruneCandidates(this.#pool, tradeDate, keepDays);
  }

  async getSignals(
    strategyName: string,
    since: number,
    limit: number,
  ): Promise<readonly Candidate[]> {
    return await readSignals(this.#pool, { strategyName, since, limit });
  }

  async getStockDays(
    tradeDate: TradeDate,
    symbol?: string,
  ): Promise<ReadonlyMap<string, StockDay>> {
    return await readStockDays(this.#pool, tradeDate, symbol);
  }

  async saveEntrySignal(signal: EntrySignal): Promise<void> {
    await saveEntrySignal(this.#pool, signal);
  }

  async getDayReview(before: TradeDate): Promise<DayReview | undefined> {
    return await readDayReview(this.#pool, before);
  }

  async getActiveParams(
    tradeDate: TradeDate,
    strategyName: string,
  ): Promise<StrategyParams | undefined> {
    return await this.#readParams(
      `SELECT ${PARAMS_COLUMNS} FROM strategy_params
       WHERE strategy_name = $2 AND status = 'ACTIVE' AND active_from <= $1
       ORDER BY active_from DESC, params_version DESC LIMIT 1`,
      [tradeDate, strategyName],
    );
  }

  async seedParams(params: StrategyParams, tradeDate: TradeDate): Promise<void> {
    const { strategyName, strategyVersion, paramsVersion, values } = params;
    await inTransaction(this.#pool, async (client) => {
      const { rowCount } = await client.query(
        'INSERT INTO strategies (name, version) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING',
        [strategyName, strategyVersion],
      );
      // Known before: its owner decides which parameters are ACTIVE.
      if (rowCount === 0) return;
      await client.query(
        `INSERT INTO strategy_params (strategy_name, strategy_version, params_version, status,
           active_from, values) VALUES ($1, $2, $3, 'ACTIVE', $4, $5)`,
        [strategyName, strategyVersion, paramsVersion, tradeDate, JSON.stringify(values)],
      );
    });
  }

  async pinParams(tradeDate: TradeDate, params: StrategyParams): Promise<void> {
    const { strategyName, strategyVersion, paramsVersion, values } = params;
    await this.#pool.query(
      `INSERT INTO pinned_params (trade_date, strategy_name, strategy_version, params_version, values)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT (trade_date, strategy_name) DO NOTHING`,
      [tradeDate, strategyName, strategyVersion, paramsVersion, JSON.stringify(values)],
    );
  }

  async getPinnedParams(
    tradeDate: TradeDate,
    strategyName: string,
  ): Promise<StrategyParams | undefined> {
    return await this.#readParams(
      `SELECT ${PARAMS_COLUMNS} FROM pinned_params WHERE trade_date = $1 AND strategy_name = $2`,
      [tradeDate, strategyName],
    );
  }

  async #readParams(text: string, values: readonly string[]): Promise<StrategyParams | undefined> {
    const { rows } = await this.#pool.query<ParamsRow>(text, [...values]);
    const [row] = rows;
    if (row === undefined) return undefined;
    return {
      strategyName: row.strategy_name,
      strategyVersion: row.strategy_version,
      paramsVersion: row.params_version,
      values: row.values,
    };
  }
}

function instrumentOf(row: UniverseRow): Instrument {
  return {
    symbol: row.symbol,
    name: row.name,
    market: row.market,
    kind: row.kind,
    referencePrice: optional(row.reference_price, priceOf),
    previousVolume: quantityOf(row.previous_volume),
    listedOn: optional(row.listed_on, dateOf),
    halted: row.halted,
    warnings: row.warnings,
  };
}
