import { kstDate } from '@fleet/krx';
import type {
  CallLane,
  CallOptions,
  MarketClock,
  OrderTicket,
  SubmitOutcome,
} from '@fleet/service-layer';
import * as z from 'zod';
import { judgeOrderReply } from '../answers.ts';
import type { KisCredentials } from '../credentials/kis-credentials.ts';
import type { CallBudget } from '../rest/call-budget.ts';
import { type Envelope, rowsOf } from '../rest/envelope.ts';
import { textField } from '../rest/fields.ts';
import type { BeforeBytesLeave, CallResult, KisOrderClient } from '../rest/kis-rest-client.ts';
import { accountParts, type KisSettings } from '../settings.ts';
import type { SymbolSpelling } from '../symbol-spelling.ts';
import { type OrderCall, orderCall } from './order-body.ts';
import { orderKey, orderNumberOf } from './order-number.ts';

export interface SubmitHooks {
  /**
   * Called when the call is granted; the bytes leave as soon as it says go. The gateway marks the
   * order SENT here and checks fence and deadline. A no or an exception means notSent.
   */
  beforeBytesLeave: BeforeBytesLeave;
}

export interface SubmitDependencies {
  readonly settings: KisSettings;
  readonly client: KisOrderClient;
  readonly credentials: KisCredentials;
  readonly budget: CallBudget;
  readonly brokerClock: MarketClock;
  readonly spelling: SymbolSpelling;
}

const orderOutput = z.object({
  odno: textField,
  krx_fwdg_ord_orgno: textField,
  ord_tmd: textField,
});

/** Sends an order once and says what is known of it then. Never throws, never sends twice. */
export async function submitOrder(
  dependencies: SubmitDependencies,
  ticket: OrderTicket,
  hooks: SubmitHooks,
  options: CallOptions = {},
): Promise<SubmitOutcome> {
  const { settings, client, brokerClock, spelling } = dependencies;
  let mayHaveLeft = false;
  try {
    const call: OrderCall = orderCall(ticket, {
      profile: settings.profile,
      account: accountParts(settings.accountId),
      pdno: spelling.toKis(ticket.symbol),
    });
    const request = {
      ...call,
      lane: options.lane ?? laneOf(ticket),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    };
    const result = await client.callOnce(request, async () => {
      const answer = await hooks.beforeBytesLeave();
      mayHaveLeft = answer.go;
      return answer;
    });
    return outcomeOf(dependencies, result, brokerClock.now());
  } catch (error) {
    // After the go an exception is a defect of ours: whether the order left is not known.
    return { kind: mayHaveLeft ? 'unknown' : 'notSent', reason: reasonOf(error) };
  }
}

function laneOf(ticket: OrderTicket): CallLane {
  if (ticket.request === 'CANCEL') return 'cancel';
  return ticket.side === 'SELL' ? 'exit' : 'entry';
}

function outcomeOf(
  { credentials, budget }: SubmitDependencies,
  result: CallResult,
  now: number,
): SubmitOutcome {
  if (result.kind === 'notSent') return result;
  if (result.kind === 'noAnswer') return { kind: 'unknown', reason: result.reason };
  const { verdict, code, message } = judgeOrderReply(result.status, result.envelope);
  switch (verdict) {
    case 'accepted':
      return accepted(result.envelope, now);
    case 'rejected':
      return { kind: 'rejected', code, message };
    case 'notExecuted':
      // Both kinds of refusal leave something to do: a new token, or a slower pace.
      if (code.startsWith('EGW0012')) credentials.discard(result.token);
      else budget.throttled();
      return { kind: 'notExecuted', code, message };
    case 'unknown':
      break;
  }
  return { kind: 'unknown', reason: `HTTP ${result.status} ${code} ${message}` };
}

/** rt_cd 0 without an order number has been seen: whatever that was, it is not known. */
function accepted(envelope: Envelope | undefined, now: number): SubmitOutcome {
  const rows = rowsOf(envelope?.body['output']);
  const parsed = orderOutput.safeParse(rows[0]);
  const number = parsed.success ? orderNumberOf(parsed.data.odno) : undefined;
  if (!parsed.success || number === undefined || rows.length > 1) {
    return { kind: 'unknown', reason: 'accepted without a readable order number' };
  }
  const { krx_fwdg_ord_orgno: branch, ord_tmd: brokerTime } = parsed.data;
  return { kind: 'accepted', broker: orderKey(kstDate(now), branch, number), brokerTime };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
