import { transitionWorker, type WorkerEvent, type WorkerState, type Won } from '@fleet/domain';
import type {
  ProcessIdentity,
  WorkerHeartbeat,
  WorkerRow,
  WorkerStore,
} from '@fleet/service-layer';
import type { Pool } from '../make-pool.ts';
import { recordEvents } from '../sql/record-event.ts';
import { asIs, numeric, numericOrNull, optional, wonOf } from '../sql/row-values.ts';
import { inTransaction } from '../sql/transaction.ts';

interface Row {
  readonly worker_id: string;
  readonly pid: number;
  readonly host_id: string;
  readonly boot_id: string;
  readonly process_started_at: string;
  readonly status: WorkerState;
  readonly capital_limit: string;
  readonly strategy_name: string;
  readonly current_symbol: string | null;
  readonly unrealized_pnl: string | null;
  readonly last_event: string | null;
  readonly heartbeat_at: number;
  readonly stop_requested: boolean;
}

const COLUMNS = `worker_id, pid, host_id, boot_id, process_started_at, status, capital_limit,
  strategy_name, current_symbol, unrealized_pnl, last_event, heartbeat_at, stop_requested`;

/** What leads from one state to another; the domain's machine judges it. */
const EVENT_TO: Readonly<Record<WorkerState, WorkerEvent>> = {
  IDLE: 'STOP',
  SCAN: 'START',
  HOLD: 'ENTERED',
  EXIT: 'STOP',
};

const HEARTBEAT = {
  name: 'worker_heartbeat',
  text: `
  UPDATE workers SET heartbeat_at = clock_timestamp(), unrealized_pnl = $2,
    last_event = coalesce($3, last_event)
  WHERE worker_id = $1 AND status <> 'EXIT'
  RETURNING stop_requested`,
};

export class PostgresWorkerStore implements WorkerStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Repeatable: a second registration of the same worker changes nothing. */
  async register(worker: {
    workerId: string;
    process: ProcessIdentity;
    capitalLimit: Won;
    strategyName: string;
    marketAt: number;
  }): Promise<void> {
    const { workerId, process, capitalLimit, strategyName, marketAt } = worker;
    await inTransaction(this.#pool, async (client) => {
      const { rowCount } = await client.query(
        `INSERT INTO workers (worker_id, pid, host_id, boot_id, process_started_at, status,
           capital_limit, strategy_name)
         VALUES ($1, $2, $3, $4, $5, 'IDLE', $6, $7) ON CONFLICT (worker_id) DO NOTHING`,
        [
          workerId,
          process.pid,
          process.hostId,
          process.bootId,
          process.startedAt,
          numeric(capitalLimit),
          strategyName,
        ],
      );
      if (rowCount === 0) return;
      const status = 'IDLE';
      const payload = {
        pid: process.pid,
        status,
        capitalLimit: numeric(capitalLimit),
        strategyName,
      };
      await recordEvents(client, [
        { type: 'WorkerStartedEvent', level: 'INFO', workerId, marketAt, payload },
      ]);
    });
  }

  /** @throws IllegalTransitionError */
  async changeState(change: {
    workerId: string;
    from: WorkerState;
    to: WorkerState;
    currentSymbol: string | undefined;
    reason: string;
    marketAt: number;
  }): Promise<boolean> {
    const { workerId, from, to, currentSymbol, reason, marketAt } = change;
    transitionWorker(from, from === 'HOLD' && to === 'SCAN' ? 'EXITED' : EVENT_TO[to]);
    return await inTransaction(this.#pool, async (client) => {
      const { rowCount } = await client.query({
        name: 'change_worker_state',
        text: `UPDATE workers SET status = $3, current_symbol = $4, heartbeat_at = clock_timestamp()
               WHERE worker_id = $1 AND status = $2`,
        values: [workerId, from, to, currentSymbol ?? null],
      });
      if (rowCount !== 1) return false;
      await recordEvents(client, [
        {
          type: 'WorkerStateChangedEvent',
          level: 'INFO',
          workerId,
          ...(currentSymbol === undefined ? {} : { symbol: currentSymbol }),
          marketAt,
          payload: { from, to, reason },
        },
      ]);
      return true;
    });
  }

  /** An unknown worker counts as exited. */
  async heartbeat(beat: WorkerHeartbeat): Promise<{ stopRequested: boolean; exited: boolean }> {
    const { rows } = await this.#pool.query<{ stop_requested: boolean }>({
      ...HEARTBEAT,
      values: [beat.workerId, numericOrNull(beat.unrealizedPnl), beat.lastEvent ?? null],
    });
    const [row] = rows;
    return row === undefined
      ? { stopRequested: true, exited: true }
      : { stopRequested: row.stop_requested, exited: false };
  }

  async requestStop(workerIds: readonly string[]): Promise<void> {
    await this.#pool.query(
      `UPDATE workers SET stop_requested = true
       WHERE worker_id = ANY($1::uuid[]) AND NOT stop_requested AND status <> 'EXIT'`,
      [[...workerIds]],
    );
  }

  async getLiving(): Promise<readonly WorkerRow[]> {
    return await this.#read("WHERE status <> 'EXIT'");
  }

  async getAll(): Promise<readonly WorkerRow[]> {
    return await this.#read('');
  }

  async #read(where: string): Promise<readonly WorkerRow[]> {
    const { rows } = await this.#pool.query<Row>(
      `SELECT ${COLUMNS} FROM workers ${where} ORDER BY created_at, worker_id`,
    );
    return rows.map(workerOf);
  }
}

function workerOf(row: Row): WorkerRow {
  return {
    workerId: row.worker_id,
    process: {
      pid: row.pid,
      hostId: row.host_id,
      bootId: row.boot_id,
      startedAt: row.process_started_at,
    },
    status: row.status,
    capitalLimit: wonOf(row.capital_limit),
    strategyName: row.strategy_name,
    currentSymbol: optional(row.current_symbol, asIs),
    unrealizedPnl: optional(row.unrealized_pnl, wonOf),
    lastEvent: optional(row.last_event, asIs),
    heartbeatAt: row.heartbeat_at,
    stopRequested: row.stop_requested,
  };
}
