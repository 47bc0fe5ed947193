import type { BrokerErrorCode } from '@fleet/service-layer';
import type { ReadVerdict } from './rule.ts';

/** What KIS says in words only: these replies have no code of their own, or one that says less. */
export interface MessageRule {
  readonly text: RegExp;
  /** Undefined: as the code has it. */
  readonly read: ReadVerdict | undefined;
  readonly error: BrokerErrorCode;
}

const MESSAGE_RULES: readonly MessageRule[] = [
  // A page was asked for while the data changed.
  { text: /조회\s*이후에\s*자료가\s*변경/, read: 'restart', error: 'UNAVAILABLE' },
  { text: /모의투자에서는\s*해당업무가\s*제공되지/, read: undefined, error: 'UNSUPPORTED' },
  { text: /모의투자\s*TR\s*이\s*아닙니다/, read: undefined, error: 'UNSUPPORTED' },
  {
    text: /계좌번호와\s*요청\s*계좌번호가\s*일치하지/,
    read: undefined,
    error: 'WRONG_ACCOUNT',
  },
  { text: /모의투자\s*주문이\s*불가한\s*계좌/, read: undefined, error: 'WRONG_ACCOUNT' },
];

export function messageRule(message: string): MessageRule | undefined {
  return MESSAGE_RULES.find(({ text }) => text.test(message));
}
