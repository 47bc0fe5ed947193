import {
  type Gate,
  type KillBreach,
  mayChangeGate,
  type RecoveryStatus,
  type SystemState,
  type SystemStateName,
  TERM_START_STATE,
  transitionSystem,
} from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import type { FleetEvent, SystemStore } from '@fleet/service-layer';
import { termLost } from '../locks/reap-worker.ts';
import type { Client, Pool } from '../make-pool.ts';
import { oneRow } from '../sql/one-row.ts';
import { recordEvents } from '../sql/record-event.ts';
import { asIs, dateOf, optional } from '../sql/row-values.ts';
import { inTransaction } from '../sql/transaction.ts';
import { changeGate, closeGate, tripKill } from './set-gate.ts';

interface Row {
  readonly state: SystemStateName;
  readonly gate: Gate;
  readonly gate_reason: string | null;
  readonly term: number;
  readonly trade_date: string | null;
  readonly market_open_at: number | null;
  readonly market_closed_at: number | null;
  readonly last_recovery_at: number | null;
  readonly recovery_status: RecoveryStatus | null;
  readonly recovery_details: Readonly<Record<string, unknown>>;
}

const COLUMNS = `state, gate, gate_reason, term, trade_date, market_open_at, market_closed_at,
  last_recovery_at, recovery_status, recovery_details`;

/** The one row of the system. @throws StorageError TERM_LOST when a later supervisor has written */
export class PostgresSystemStore implements SystemStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async read(): Promise<SystemState> {
    return systemOf(
      oneRow(await this.#pool.query<Row>(`SELECT ${COLUMNS} FROM system_state`), 'system state'),
    );
  }

  /** @throws IllegalTransitionError, StorageError TERM_LOST */
  async changeState(change: {
    term: number;
    to: SystemStateName;
    tradeDate: TradeDate;
    marketAt: number;
    reason: string;
    event: FleetEvent;
  }): Promise<SystemState> {
    const { term, to, tradeDate, marketAt, event } = change;
    return await this.#underTerm(term, async (client) => {
      const before = await lockRow(client);
      transitionSystem(before.state, to);
      if (to === 'STOPPED') await stopGate(client, change.reason, marketAt);
      const result = await client.query<Row>(
        `UPDATE system_state SET state = $1, term = $2, trade_date = $3,
           market_open_at = CASE WHEN $1 = 'INITIALIZING' THEN from_ms($4) ELSE market_open_at END,
           market_closed_at = CASE $1 WHEN 'CLOSED' THEN from_ms($4) WHEN 'INITIALIZING' THEN NULL
             ELSE market_closed_at END
         RETURNING ${COLUMNS}`,
        [to, term, tradeDate, marketAt],
      );
      const payload = { from: before.state, to, term, reason: change.reason };
      await recordEvents(client, [
        { type: 'SystemStateChangedEvent', level: 'INFO', marketAt, payload },
        event,
      ]);
      return systemOf(oneRow(result, 'system state'));
    });
  }

  /** The same term again changes nothing but the date: its walk goes on. */
  async startTerm(term: number, tradeDate: TradeDate, marketAt: number): Promise<SystemState> {
    return await this.#underTerm(term, async (client) => {
      const before = await lockRow(client);
      if (before.term === term) return systemOf(before);
      const result = await client.query<Row>(
        `UPDATE system_state SET state = $1, term = $2, trade_date = $3 RETURNING ${COLUMNS}`,
        [TERM_START_STATE, term, tradeDate],
      );
      const payload = { from: before.state, to: TERM_START_STATE, term, earlierTerm: before.term };
      await recordEvents(client, [
        { type: 'SupervisorTermStartedEvent', level: 'INFO', marketAt, payload },
      ]);
      return systemOf(oneRow(result, 'system state'));
    });
  }

  async recordRecovery(record: {
    term: number;
    status: RecoveryStatus;
    details: Readonly<Record<string, unknown>>;
    marketAt: number;
  }): Promise<void> {
    const { term, status, details, marketAt } = record;
    await this.#underTerm(term, async (client) => {
      await client.query(
        `UPDATE system_state SET last_recovery_at = from_ms($1), recovery_status = $2,
           recovery_details = $3`,
        [marketAt, status, JSON.stringify(details)],
      );
    });
  }

  async setGate(change: {
    gate: Gate;
    reason: string;
    by: 'system' | 'person';
    marketAt: number;
  }): Promise<{ changed: boolean; gate: Gate }> {
    const { gate, by, reason, marketAt } = change;
    const choose = (from: Gate): Gate => (mayChangeGate({ from, to: gate, by }) ? gate : from);
    return await inTransaction(this.#pool, (client) =>
      changeGate(client, { choose, reason, by, marketAt }),
    );
  }

  async tripKill(trip: {
    breach: KillBreach;
    workerId?: string;
    symbol?: string;
    marketAt: number;
  }): Promise<{ changed: boolean; gate: Gate }> {
    return await inTransaction(this.#pool, (client) => tripKill(client, { ...trip, isNew: true }));
  }

  async readDatabaseClock(): Promise<number> {
    const result = await this.#pool.query<{ now: number }>(
      'SELECT to_ms(clock_timestamp()) AS now',
    );
    return oneRow(result, 'clock').now;
  }

  async #underTerm<T>(term: number, work: (client: Client) => Promise<T>): Promise<T> {
    try {
      return await inTransaction(this.#pool, async (client) => {
        await client.query('SELECT require_term($1)', [term]);
        return await work(client);
      });
    } catch (error) {
      throw termLost(error, term) ?? error;
    }
  }
}

/** A stopped system lets nothing out, whatever its gate was (UB-004). */
async function stopGate(client: Client, reason: string, marketAt: number): Promise<void> {
  await closeGate(client, 'STOPPED', reason, marketAt);
}

async function lockRow(client: Client): Promise<Row> {
  const result = await client.query<Row>(`SELECT ${COLUMNS} FROM system_state FOR UPDATE`);
  return oneRow(result, 'system state');
}

function systemOf(row: Row): SystemState {
  return {
    state: row.state,
    gate: row.gate,
    gateReason: optional(row.gate_reason, asIs),
    term: row.term,
    tradeDate: optional(row.trade_date, dateOf),
    marketOpenAt: optional(row.market_open_at, asIs),
    marketClosedAt: optional(row.market_closed_at, asIs),
    lastRecoveryAt: optional(row.last_recovery_at, asIs),
    recoveryStatus: optional(row.recovery_status, asIs),
    recoveryDetails: row.recovery_details,
  };
}
