import { isOrderTypeAllowed, type OrderTypeQuestion } from '@fleet/krx';
import type { Urgency } from '../strategy/strategy.ts';

/** How entries are ordered: a marketable limit, at the market, or the latter only when it is urgent. */
export type EntryOrderPolicy = 'LIMIT' | 'MARKET' | 'BY_URGENCY';

export type EntryOrderType = 'LIMIT' | 'MARKET';

/**
 * The order type that the policy wants and the venue takes in this phase for this kind of stock; a
 * limit stands in for a market order that it does not take. Undefined: it takes neither.
 */
export function entryOrderType(
  policy: EntryOrderPolicy,
  urgency: Urgency,
  question: Omit<OrderTypeQuestion, 'type'>,
): EntryOrderType | undefined {
  const isMarket = policy === 'MARKET' || (policy === 'BY_URGENCY' && urgency === 'URGENT');
  const wanted: readonly EntryOrderType[] = isMarket ? ['MARKET', 'LIMIT'] : ['LIMIT'];
  return wanted.find((type) => isOrderTypeAllowed({ ...question, type }).allowed);
}
