import { kstCompactTime, kstInstant, parseTradeDate, type TradeDate } from '@fleet/krx';
import type { TokenDesk } from '../auth/token-desk.ts';
import type { MarketTime, RealTime } from '../control/real-time.ts';
import { isGatewayCode } from '../rest/gateway-messages.ts';
import { ledgerRefusal } from '../rest/refusal-codes.ts';
import { gatewayRefusal, type KisReply, reply as makeReply } from '../rest/reply.ts';
import { isJsonObject, type JsonObject, type KisRequest } from '../rest/request.ts';
import type { FaultPlan, Strike } from './fault-plan.ts';
import { type FaultRule, REST_FAULTS, type RestFaultKind } from './fault-rule.ts';
import type { RestFault, RestFaults } from './rest-faults.ts';

export interface RestFaultParts {
  readonly plan: FaultPlan;
  readonly tokens: TokenDesk;
  readonly market: MarketTime;
  readonly real: RealTime;
  tradeDate(): TradeDate;
}

/** Turns the plan's rules into what happens to one call. */
export class RestFaultInjector implements RestFaults {
  readonly #parts: RestFaultParts;

  constructor(parts: RestFaultParts) {
    this.#parts = parts;
  }

  async next(endpoint: string, request: KisRequest): Promise<RestFault | undefined> {
    const trId = request.header('tr_id');
    const occasion = { endpoint, trId, subject: `${endpoint} ${trId}` };
    const strike = this.#parts.plan.strike(REST_FAULTS, occasion);
    if (strike?.kind === 'TOKEN_REVOKED') await this.#parts.tokens.revokeAll();
    return strike === undefined ? undefined : this.#faultOf(strike);
  }

  #faultOf({ kind, rule }: Strike<RestFaultKind>): RestFault {
    const code = isGatewayCode(rule.code) ? rule.code : 'EGW00002';
    const faults: Readonly<Record<RestFaultKind, RestFault>> = {
      REPLY_LOST_AFTER_ACCEPT: { after: 'DROP' },
      REPLY_LOST_BEFORE_ACCEPT: { before: 'DROP' },
      THROTTLED: { before: gatewayRefusal('EGW00201') },
      TOKEN_REVOKED: { before: gatewayRefusal('EGW00121') },
      ERROR_500_WITH_BODY: instead(rule, gatewayRefusal(code)),
      ERROR_500_WITHOUT_BODY: instead(rule, { status: 500, body: undefined }),
      REFUSED: { before: refused(rule.code) },
      SLOW_REPLY: { delay: () => this.#sleep(rule.delayMs) },
      EMPTY_PAGE: { change: emptied },
      LIST_LAG: { change: (reply) => this.#lagged(reply, rule.delayMs) },
      CLOCK_SKEW: { change: (reply) => this.#skewed(reply, rule.delayMs) },
    };
    return faults[kind];
  }

  #sleep(marketMs: number): Promise<void> {
    const { market, real } = this.#parts;
    return new Promise((resolve) => real.after(marketMs / market.speed(), resolve));
  }

  /** Order rows younger than the lag are not there yet. */
  #lagged(reply: KisReply, lagMs: number): KisReply {
    const body = asObject(reply.body);
    const rows = body?.['output1'];
    if (!Array.isArray(rows)) return reply;
    const shown = rows.filter((row: unknown) => {
      const at = isJsonObject(row) ? acceptedAt(row) : undefined;
      return at === undefined || at <= this.#parts.market.now() - lagMs;
    });
    return { ...reply, body: { ...body, output1: shown } };
  }

  /** The acceptance time of an order reply is off by the skew. */
  #skewed(reply: KisReply, skewMs: number): KisReply {
    const body = asObject(reply.body);
    const output = body?.['output'];
    if (!isJsonObject(output) || typeof output['ORD_TMD'] !== 'string') return reply;
    const at = kstInstant(this.#parts.tradeDate(), output['ORD_TMD']) + skewMs;
    return { ...reply, body: { ...body, output: { ...output, ORD_TMD: kstCompactTime(at) } } };
  }
}

/** The ledger's word instead of the transaction; HTTP 200. */
function refused(code: string): KisReply {
  const message = ledgerRefusal(code);
  return message === undefined ? gatewayRefusal('EGW00002') : makeReply(message);
}

function instead(rule: FaultRule, reply: KisReply): RestFault {
  return rule.accepts ? { after: reply } : { before: reply };
}

/** A last page without rows, whatever there was. */
function emptied(reply: KisReply): KisReply {
  const body = asObject(reply.body);
  if (body === undefined) return reply;
  const changed = Object.entries(body).map(([key, value]): [string, unknown] => {
    if (key === 'output' || key === 'output1') return [key, Array.isArray(value) ? [] : value];
    return key === 'ctx_area_nk100' ? [key, ' '.repeat(100)] : [key, value];
  });
  return { ...reply, body: Object.fromEntries(changed), continuation: 'D' };
}

function acceptedAt(row: JsonObject): number | undefined {
  const { ord_dt: date, ord_tmd: time } = row;
  if (typeof date !== 'string' || typeof time !== 'string') return undefined;
  return kstInstant(parseTradeDate(date), time);
}

function asObject(body: object | undefined): JsonObject | undefined {
  return isJsonObject(body) ? body : undefined;
}
