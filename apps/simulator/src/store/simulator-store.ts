import type { Pool, PoolClient } from 'pg';

import type { TradeDate } from '@fleet/krx';

import { checkedSchema, migrate } from './migrate.ts';
import {
  arrivalRow,
  type ArrivalRow,
  fillRow,
  type FillRow,
  orderRow,
  type OrderRow,
  storedArrival,
  storedFill,
  storedOrder,
} from './row-mapping.ts';
import type { Arrival, RunParameters, StoreBatch, StoredRun } from './rows.ts';
import { arrivalsSql, commitSql, loadSql } from './statements.ts';

/** Connections to the simulator's own schema. */
export type SimulatorPool = Pool;

interface LoadedRow {
  readonly parameters: RunParameters;
  readonly trade_date: TradeDate;
  readonly market_instant: number;
  readonly orders: readonly OrderRow[];
  readonly fills: readonly FillRow[];
  readonly last_arrival: number;
  readonly last_order: number;
}

/**
 * The simulator's own books in a schema of its own. One process at a time: a session lock is held as
 * long as the store is open.
 */
export class SimulatorStore {
  readonly schema: string;
  readonly #pool: Pool;
  readonly #owner: PoolClient;
  readonly #commitSql: string;

  private constructor(pool: Pool, schema: string, owner: PoolClient) {
    this.#pool = pool;
    this.schema = schema;
    this.#owner = owner;
    this.#commitSql = commitSql(schema);
  }

  /**
   * Migrates and takes the schema's lock, waiting while `wait` says so (a killed owner's session
   * ends a moment after it).
   * @throws Error when another simulator keeps the schema
   */
  static async open(options: {
    readonly pool: Pool;
    readonly schema: string;
    readonly wait: (attempt: number) => Promise<boolean>;
    /** The session that holds the lock is gone: another simulator may take the schema. */
    readonly onLost: (error: Error) => void;
  }): Promise<SimulatorStore> {
    const { pool } = options;
    const schema = checkedSchema(options.schema);
    await migrate(pool, schema);
    const owner = await pool.connect();
    owner.on('error', options.onLost);
    for (let attempt = 1; !(await tryLock(owner, schema)); attempt += 1) {
      if (await options.wait(attempt)) continue;
      owner.release();
      throw new Error(`another simulator is running on schema ${schema}`);
    }
    return new SimulatorStore(pool, schema, owner);
  }

  /** Undefined for a schema without a run. */
  async load(): Promise<StoredRun | undefined> {
    const { rows } = await this.#pool.query<LoadedRow>(loadSql(this.schema));
    const row = rows[0];
    if (row === undefined) return undefined;
    return {
      parameters: row.parameters,
      date: row.trade_date,
      instant: row.market_instant,
      orders: row.orders.map(storedOrder),
      fills: row.fills.map(storedFill),
      lastSequence: Math.max(row.last_arrival, row.last_order),
    };
  }

  async create(run: {
    readonly parameters: RunParameters;
    readonly date: TradeDate;
    readonly instant: number;
  }): Promise<void> {
    await this.#pool.query(
      `with opened as (
         insert into ${this.schema}.accounts (account, opening_cash)
         select account, cash from jsonb_to_recordset($4) as row (account text, cash bigint)
       )
       insert into ${this.schema}.run (parameters, trade_date, market_instant)
       values ($1, $2, $3)`,
      [
        JSON.stringify(run.parameters),
        run.date,
        run.instant,
        JSON.stringify(run.parameters.accounts),
      ],
    );
  }

  /** All of the batch or nothing; committing it again changes nothing. */
  async commit(batch: StoreBatch): Promise<void> {
    await this.#pool.query({
      name: `commit_${this.schema}`,
      text: this.#commitSql,
      values: [
        JSON.stringify(batch.arrivals.map(arrivalRow)),
        JSON.stringify(batch.orders.map(orderRow)),
        JSON.stringify(batch.fills.map(fillRow)),
        batch.date,
        batch.instant,
      ],
    });
  }

  async arrivals(): Promise<readonly Arrival[]> {
    const { rows } = await this.#pool.query<{ readonly arrivals: readonly ArrivalRow[] }>(
      arrivalsSql(this.schema),
    );
    return (rows[0]?.arrivals ?? []).map(storedArrival);
  }

  close(): void {
    // Ending the session releases the lock; a pooled connection would keep it.
    this.#owner.release(true);
  }
}

async function tryLock(owner: PoolClient, schema: string): Promise<boolean> {
  const { rows } = await owner.query<{ readonly locked: boolean }>(
    `select pg_try_advisory_lock(hashtextextended($1, 2)) as locked`,
    [schema],
  );
  return rows[0]?.locked === true;
}
