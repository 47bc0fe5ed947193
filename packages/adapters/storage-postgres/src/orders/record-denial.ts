import type { FleetEvent } from '@fleet/service-layer';
import { closeGate } from '../fleet/set-gate.ts';
import type { Client } from '../make-pool.ts';
import { recordEvents } from '../sql/record-event.ts';
import type { Judgement } from './judge-intent.ts';

/** Every refusal leaves its reason with its numbers; an account-wide one also closes the gate. */
export async function recordDenial(
  client: Client,
  intent: { readonly workerId: string; readonly symbol: string; readonly marketAt: number },
  denial: Extract<Judgement, { ok: false }>,
  order: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { workerId, symbol, marketAt } = intent;
  const event: FleetEvent = {
    type: denial.risk ? 'RiskViolationEvent' : 'OrderDeniedEvent',
    level: 'WARN',
    workerId,
    symbol,
    marketAt,
    payload: { ...denial.detail, code: denial.code, detail: denial.detail.code, ...order },
  };
  await recordEvents(client, [event]);
  if (denial.accountWide) await closeGate(client, 'EXIT_ONLY', denial.code, marketAt);
}
