import type { BrokerErrorCode } from '@fleet/service-layer';

/**
 * rejected: refused for good. notExecuted: refused before execution, a new request may follow one
 * look at the list. unknown: nobody can tell from the reply.
 */
export type OrderVerdict = 'rejected' | 'notExecuted' | 'unknown';

/** noData: KIS says there is nothing, in the manner of an error. restart: read from page 1 again. */
export type ReadVerdict = 'retry' | 'refreshToken' | 'throttled' | 'noData' | 'restart' | 'refused';

export interface CodeRule {
  readonly order: OrderVerdict;
  readonly read: ReadVerdict;
  /** For a refused read. */
  readonly error: BrokerErrorCode;
}

export type RuleEntry = readonly [code: string, rule: CodeRule];

export function entries(codes: string, rule: CodeRule): readonly RuleEntry[] {
  return codes.split(' ').map((code) => [code, rule]);
}

export const REFUSED: CodeRule = { order: 'rejected', read: 'refused', error: 'REFUSED' };
