/** What went wrong, for callers that branch on it. */
export type KrxRuleErrorCode =
  | 'BAD_DATE'
  | 'BAD_TIME'
  | 'BAD_PRICE'
  | 'BAD_SYMBOL'
  | 'BAD_RULE_TABLE'
  | 'BAD_OVERRIDE'
  | 'NOT_A_TRADING_DAY';

/** The rule book was asked something that has no answer. Never a market outcome: nothing was sent. */
export class KrxRuleError extends Error {
  readonly code: KrxRuleErrorCode;
  readonly context: Readonly<Record<string, unknown>>;

  constructor(
    code: KrxRuleErrorCode,
    message: string,
    context: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'KrxRuleError';
    this.code = code;
    this.context = context;
  }
}
