import type { CostRates } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import type { AccountStore, BookedRow } from '@fleet/service-layer';
import { closeGate } from '../fleet/set-gate.ts';
import type { Pool } from '../make-pool.ts';
import { readBaseline } from '../settlement/baseline.ts';
import { recordEvents } from '../sql/record-event.ts';
import { inTransaction } from '../sql/transaction.ts';
import { bookExternalSale } from './book-external-sale.ts';
import { readForeign, recordForeign } from './foreign-things.ts';

/** The broker's account beyond the fleet's own orders. */
export class PostgresAccountStore implements AccountStore {
  readonly #pool: Pool;
  readonly #rates: CostRates;

  constructor(pool: Pool, rates: CostRates) {
    this.#pool = pool;
    this.#rates = rates;
  }

  async recordForeign(seen: Parameters<AccountStore['recordForeign']>[0]): Promise<void> {
    await recordForeign(this.#pool, seen);
  }

  async getForeign(tradeDate: TradeDate): ReturnType<AccountStore['getForeign']> {
    return await readForeign(this.#pool, tradeDate);
  }

  async getForeignAtOpen(
    tradeDate: TradeDate,
  ): Promise<Readonly<Record<string, number>> | undefined> {
    return (await readBaseline(this.#pool, tradeDate))?.foreignHoldings;
  }

  async getExternalSales(tradeDate: TradeDate): Promise<ReadonlyMap<string, number>> {
    const { rows } = await this.#pool.query<{ number: string; qty: number }>(
      `SELECT broker_order_id AS number, sum(filled_qty)::bigint AS qty FROM orders
       WHERE purpose = 'EXTERNAL' AND broker_date = $1 GROUP BY 1`,
      [tradeDate],
    );
    return new Map(rows.map(({ number, qty }) => [number, qty]));
  }

  async bookExternalSale(
    sale: Parameters<AccountStore['bookExternalSale']>[0],
  ): Promise<BookedRow | undefined> {
    return await bookExternalSale(this.#pool, sale, this.#rates);
  }

  async recordMismatch(found: {
    symbol: string;
    ours: number;
    broker: number;
    marketAt: number;
  }): Promise<void> {
    const { symbol, ours, broker, marketAt } = found;
    await inTransaction(this.#pool, async (client) => {
      await closeGate(client, 'EXIT_ONLY', `POSITION_MISMATCH ${symbol}`, marketAt);
      const payload = { ours, broker };
      await recordEvents(client, [
        { type: 'PositionMismatchEvent', level: 'ERROR', symbol, marketAt, payload },
      ]);
    });
  }
}
