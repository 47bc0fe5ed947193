import { type Gate, type KillBreach, narrowerGate } from '@fleet/domain';
import type { Client } from '../make-pool.ts';
import { oneRow } from '../sql/one-row.ts';
import { recordEvents } from '../sql/record-event.ts';

/**
 * Moves the gate in the caller's transaction and writes GateChangedEvent. From its commit on nothing
 * that it forbids can be stored: intents hold the row shared until theirs.
 */
export async function changeGate(
  client: Client,
  change: {
    readonly choose: (gate: Gate) => Gate;
    readonly reason: string;
    readonly by: 'system' | 'person';
    readonly marketAt: number;
  },
): Promise<{ changed: boolean; gate: Gate }> {
  const result = await client.query<{ gate: Gate; gate_reason: string | null }>({
    name: 'lock_gate',
    text: 'SELECT gate, gate_reason FROM system_state FOR UPDATE',
  });
  const { gate: from, gate_reason: known } = oneRow(result, 'system state');
  const gate = change.choose(from);
  // A person's reason replaces the system's: `flatten` is one.
  const isNewReason = change.by === 'person' && change.reason !== known;
  if (gate === from && !isNewReason) return { changed: false, gate };
  await client.query({
    name: 'set_gate',
    text: `UPDATE system_state SET gate = $1, gate_reason = $2, gate_changed_at = clock_timestamp()`,
    values: [gate, change.reason],
  });
  await recordEvents(client, [
    {
      type: 'GateChangedEvent',
      level: gate === 'OPEN' ? 'INFO' : 'WARN',
      marketAt: change.marketAt,
      payload: { from, to: gate, reason: change.reason, by: change.by },
    },
  ]);
  return { changed: true, gate };
}

/** Never opens: the gate stays where it is when it is narrower already. */
export async function closeGate(
  client: Client,
  to: Gate,
  reason: string,
  marketAt: number,
): Promise<{ changed: boolean; gate: Gate }> {
  return await changeGate(client, {
    choose: (gate) => narrowerGate(gate, to),
    reason,
    by: 'system',
    marketAt,
  });
}

/** A kill condition: EXIT_ONLY at the widest, and its numbers when that is news. */
export async function tripKill(
  client: Client,
  trip: {
    readonly breach: KillBreach;
    readonly workerId?: string;
    readonly symbol?: string;
    readonly marketAt: number;
    /** Told of even when the gate is closed already. */
    readonly isNew: boolean;
  },
): Promise<{ changed: boolean; gate: Gate }> {
  const { breach, isNew, ...where } = trip;
  const result = await closeGate(client, 'EXIT_ONLY', breach.code, trip.marketAt);
  if (!result.changed && !isNew) return result;
  const { code, detail } = breach;
  const payload = { ...detail, code, detail: detail.code, gate: result.gate };
  await recordEvents(client, [{ type: 'KillConditionEvent', level: 'ERROR', ...where, payload }]);
  return result;
}
