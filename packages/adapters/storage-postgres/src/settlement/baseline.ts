import type { LossBasis } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import type { DayBaseline } from '@fleet/service-layer';
import type { Client, Pool } from '../make-pool.ts';
import { asIs, dateOf, numeric, optional, quantityOf, wonOf } from '../sql/row-values.ts';

interface BaselineRow {
  readonly trade_date: string;
  readonly account_id: string;
  readonly opening_cash_d2: string;
  readonly opening_bought_amount: string;
  readonly opening_sold_amount: string;
  readonly opening_costs: string;
  readonly daily_loss_limit: string;
  readonly max_positions: number;
  readonly max_exposure_per_symbol: string;
  readonly max_consecutive_losses: number;
  readonly cool_down_ms: number;
  readonly loss_basis: LossBasis;
  readonly max_quantity_per_symbol: number | null;
  readonly max_stock_range_rate: string | null;
  readonly max_market_move_rate: string | null;
  readonly mark_age_ms_max: number;
  readonly foreign_holdings: Readonly<Record<string, number>>;
}

const READ = {
  name: 'read_day_baseline',
  text: `SELECT trade_date, account_id, opening_cash_d2, opening_bought_amount, opening_sold_amount,
           opening_costs, daily_loss_limit, max_positions, max_exposure_per_symbol,
           max_consecutive_losses, cool_down_ms, loss_basis, max_quantity_per_symbol,
           max_stock_range_rate, max_market_move_rate, mark_age_ms_max, foreign_holdings
         FROM day_baselines WHERE trade_date = $1`,
};

/** What the day is judged by; undefined before its first open. */
export async function readBaseline(
  db: Pool | Client,
  tradeDate: TradeDate,
): Promise<DayBaseline | undefined> {
  const { rows } = await db.query<BaselineRow>({ ...READ, values: [tradeDate] });
  const [row] = rows;
  if (row === undefined) return undefined;
  return {
    tradeDate: dateOf(row.trade_date),
    accountId: row.account_id,
    openingCashD2: wonOf(row.opening_cash_d2),
    openingBoughtAmount: wonOf(row.opening_bought_amount),
    openingSoldAmount: wonOf(row.opening_sold_amount),
    openingCosts: wonOf(row.opening_costs),
    limits: {
      dailyLossLimit: wonOf(row.daily_loss_limit),
      maxPositions: row.max_positions,
      maxExposurePerSymbol: wonOf(row.max_exposure_per_symbol),
      maxConsecutiveLosses: row.max_consecutive_losses,
      coolDownMs: row.cool_down_ms,
      lossBasis: row.loss_basis,
      maxQuantityPerSymbol: optional(row.max_quantity_per_symbol, quantityOf),
      maxStockRangeRate: optional(row.max_stock_range_rate, asIs),
      maxMarketMoveRate: optional(row.max_market_move_rate, asIs),
      markAgeMsMax: row.mark_age_ms_max,
    },
    foreignHoldings: row.foreign_holdings,
  };
}

/** The morning's wins: a restart in mid-day must not move the line that losses are measured from. */
export async function insertBaseline(
  client: Client,
  baseline: DayBaseline,
  marketAt: number,
): Promise<boolean> {
  const { limits } = baseline;
  const { rowCount } = await client.query(
    `INSERT INTO day_baselines (trade_date, account_id, opening_cash_d2, opening_bought_amount,
       opening_sold_amount, opening_costs, daily_loss_limit, max_positions, max_exposure_per_symbol,
       max_consecutive_losses, cool_down_ms, foreign_holdings, market_at, loss_basis,
       max_quantity_per_symbol, max_stock_range_rate, max_market_move_rate, mark_age_ms_max)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, from_ms($13), $14, $15, $16, $17, $18)
     ON CONFLICT (trade_date) DO NOTHING`,
    [
      baseline.tradeDate,
      baseline.accountId,
      numeric(baseline.openingCashD2),
      numeric(baseline.openingBoughtAmount),
      numeric(baseline.openingSoldAmount),
      numeric(baseline.openingCosts),
      numeric(limits.dailyLossLimit),
      limits.maxPositions,
      numeric(limits.maxExposurePerSymbol),
      limits.maxConsecutiveLosses,
      limits.coolDownMs,
      JSON.stringify(baseline.foreignHoldings),
      marketAt,
      limits.lossBasis,
      limits.maxQuantityPerSymbol ?? null,
      limits.maxStockRangeRate ?? null,
      limits.maxMarketMoveRate ?? null,
      limits.markAgeMsMax,
    ],
  );
  return rowCount === 1;
}
