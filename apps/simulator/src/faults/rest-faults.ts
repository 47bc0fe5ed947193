import type { KisReply } from '../rest/reply.ts';
import type { KisRequest } from '../rest/request.ts';

/** What a fault does to one admitted call, in the order of the call. */
export interface RestFault {
  /** Instead of the transaction: it never happens. */
  readonly before?: KisReply | 'DROP';
  /** The transaction happened; its reply is changed. */
  change?(reply: KisReply): KisReply;
  /** Waits before the reply leaves. */
  delay?(): Promise<void>;
  /** The transaction happened; this comes back instead of its reply. */
  readonly after?: KisReply | 'DROP';
}

export interface RestFaults {
  /** The fault for this call, if one is due. Leaves its trace itself. */
  next(endpoint: string, request: KisRequest): Promise<RestFault | undefined>;
}

export const NO_REST_FAULTS: RestFaults = { next: () => Promise.resolve(undefined) };
