import type { TradeDate } from '@fleet/krx';
import type { Exchange } from '../exchange/types.ts';
import type { Profile } from './profile.ts';
import type { KisReply } from './reply.ts';
import type { KisRequest } from './request.ts';

/** What endpoints need beside the request. */
export interface EndpointContext {
  readonly exchange: Exchange;
  readonly profile: Profile;
  /** CANO (8 digits) and ACNT_PRDT_CD (2 digits) together. */
  readonly account: string;
  readonly htsId: string;
  /** Calendar days that clients take for today by their own clocks; see `DateRange`. */
  clientDays(): readonly TradeDate[];
}

/**
 * How the paper server answers a call it does not offer: NOT_A_PAPER_TR is the gateway's refusal
 * (HTTP 500, EGW02006), NO_SERVICE the ledger's (HTTP 200, 90000000).
 */
export type PaperSupport = 'OFFERED' | 'NOT_A_PAPER_TR' | 'NO_SERVICE';

export interface Endpoint {
  /** Its name in KIS's portal, as used in traces and fault rules. */
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly live: readonly string[];
  /** Also the TR ids that the paper server recognizes before it refuses. */
  readonly paper: readonly string[];
  readonly onPaper: PaperSupport;
  /** Query parameters, or body keys for POST, without which KIS refuses. */
  readonly required: readonly string[];
  /** Whether CANO and ACNT_PRDT_CD must be the account of the key. */
  readonly needsAccount: boolean;
  handle(request: KisRequest, context: EndpointContext): KisReply | Promise<KisReply>;
}
