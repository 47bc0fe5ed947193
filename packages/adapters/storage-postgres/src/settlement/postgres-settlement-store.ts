import type { CostShare, Won } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import type {
  BrokerBalance,
  DayBaseline,
  DayLedger,
  DaySummary,
  SettlementStore,
} from '@fleet/service-layer';
import { readSummary } from '../ledger/daily-summary.ts';
import type { Pool } from '../make-pool.ts';
import { recordEvents } from '../sql/record-event.ts';
import { numeric } from '../sql/row-values.ts';
import { inTransaction } from '../sql/transaction.ts';
import { applyDayCosts } from './apply-day-costs.ts';
import { insertBaseline, readBaseline } from './baseline.ts';
import { readDayLedger } from './read-day-ledger.ts';

const SAVE = `
  INSERT INTO daily_settlements (trade_date, realized_pnl, unrealized_pnl, total_pnl, positions_snapshot,
    tie_out, tied_out, broker_balance, market_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, from_ms($9))
  ON CONFLICT (trade_date) DO UPDATE SET realized_pnl = excluded.realized_pnl,
    unrealized_pnl = excluded.unrealized_pnl, total_pnl = excluded.total_pnl,
    positions_snapshot = excluded.positions_snapshot, tie_out = excluded.tie_out,
    tied_out = excluded.tied_out, broker_balance = excluded.broker_balance,
    market_at = excluded.market_at, updated_at = clock_timestamp()`;

/** The day's baseline, ledger and settlement. */
export class PostgresSettlementStore implements SettlementStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async saveBaseline(baseline: DayBaseline, marketAt: number): Promise<DayBaseline> {
    return await inTransaction(this.#pool, async (client) => {
      const isNew = await insertBaseline(client, baseline, marketAt);
      if (isNew) {
        const payload = {
          openingCashD2: numeric(baseline.openingCashD2),
          accountId: baseline.accountId,
        };
        await recordEvents(client, [
          { type: 'RiskLimitsSetEvent', level: 'INFO', marketAt, payload },
        ]);
      }
      return (await readBaseline(client, baseline.tradeDate)) ?? baseline;
    });
  }

  async getBaseline(tradeDate: TradeDate): Promise<DayBaseline | undefined> {
    return await readBaseline(this.#pool, tradeDate);
  }

  async readDayLedger(tradeDate: TradeDate): Promise<DayLedger> {
    return await inTransaction(this.#pool, async (client) => {
      await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
      return await readDayLedger(client, tradeDate);
    });
  }

  async applyDayCosts(request: {
    tradeDate: TradeDate;
    shares: readonly CostShare[];
    marketAt: number;
  }): Promise<DaySummary> {
    return await inTransaction(this.#pool, (client) => applyDayCosts(client, request));
  }

  async saveSettlement(request: {
    tradeDate: TradeDate;
    realizedPnl: Won;
    unrealizedPnl: Won;
    positionsSnapshot: readonly Readonly<Record<string, unknown>>[];
    tieOut: Readonly<Record<string, unknown>>;
    tiedOut: boolean;
    brokerBalance: BrokerBalance;
    marketAt: number;
  }): Promise<void> {
    const { tradeDate, realizedPnl, unrealizedPnl, tiedOut, marketAt } = request;
    const sums = {
      realizedPnl: numeric(realizedPnl),
      unrealizedPnl: numeric(unrealizedPnl),
      totalPnl: numeric(realizedPnl.plus(unrealizedPnl)),
    };
    await inTransaction(this.#pool, async (client) => {
      await client.query(SAVE, [
        tradeDate,
        sums.realizedPnl,
        sums.unrealizedPnl,
        sums.totalPnl,
        JSON.stringify(request.positionsSnapshot),
        JSON.stringify(request.tieOut),
        tiedOut,
        JSON.stringify(request.brokerBalance),
        marketAt,
      ]);
      const level = tiedOut ? 'INFO' : 'ERROR';
      const payload = { tradeDate, ...sums, tiedOut };
      await recordEvents(client, [{ type: 'DailySettlementEvent', level, marketAt, payload }]);
    });
  }

  async getSummary(date: TradeDate): Promise<DaySummary | undefined> {
    return await readSummary(this.#pool, date);
  }
}
