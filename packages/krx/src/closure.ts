/** Why a day has no trading. */
export type ClosureKind =
  | 'WEEKEND'
  | 'HOLIDAY'
  | 'SUBSTITUTE_HOLIDAY'
  | 'ADHOC_HOLIDAY'
  | 'ELECTION'
  | 'EXCHANGE_CLOSURE'
  | 'OVERRIDE';

export interface Closure {
  readonly kind: ClosureKind;
  /** What the day is called, in Korean as the exchange writes it. */
  readonly note: string;
}
