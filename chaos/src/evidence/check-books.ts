import { won } from '@fleet/domain';
import type { Evidence, OurOrder, Violation } from './evidence.ts';

interface Sums {
  quantity: number;
  amount: ReturnType<typeof won>;
}

/** The fleet's fills against the exchange's own books: to the share and to the won, order by order. */
export function checkBooks(evidence: Evidence): readonly Violation[] {
  const { orders, fills, exchange } = evidence;
  const numberOf = new Map(orders.map((order) => [order.orderId, order.brokerNumber]));
  const ours = new Map<string, Sums>();
  for (const fill of fills) {
    const number = numberOf.get(fill.orderId) ?? `no number of ${fill.orderId}`;
    const sums = ours.get(number) ?? { quantity: 0, amount: won(0) };
    sums.quantity += fill.quantity;
    sums.amount = won(sums.amount.plus(fill.amount));
    ours.set(number, sums);
  }
  const theirs = new Map(
    exchange.filter(({ request }) => request === 'NEW').map((order) => [order.number, order]),
  );
  const violations: Violation[] = [];
  for (const number of new Set([...ours.keys(), ...theirs.keys()])) {
    const mine = ours.get(number);
    const booked = mine?.quantity ?? 0;
    const amount = mine?.amount ?? won(0);
    const real = theirs.get(number)?.filledQuantity ?? 0;
    const realAmount = won(theirs.get(number)?.filledAmount ?? '0');
    if (booked === real && amount.eq(realAmount)) continue;
    const what = `number ${number}: ${booked} shares for ${amount.toFixed()} booked, ${real} for ${realAmount.toFixed()} traded`;
    violations.push({ kind: booked > real ? 'DOUBLE_FILL' : 'BOOKS_DIFFER', what });
  }
  return [...violations, ...leaks(evidence), ...rules(evidence)];
}

function leaks({ left, orders }: Evidence): readonly Violation[] {
  const unfinished = orders.filter(isOpen).map(({ orderId, status }) => `${orderId} ${status}`);
  return Object.entries(left)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => {
      const which = name === 'openOrders' ? `: ${unfinished.slice(0, 5).join(', ')}` : '';
      return { kind: 'LEAKED', what: `${count} ${name} left after the drain${which}` };
    });
}

function isOpen({ status }: OurOrder): boolean {
  return status === 'NEW' || status === 'SENT' || status === 'PARTIAL';
}

function rules({ brokenRules }: Evidence): readonly Violation[] {
  return brokenRules.map((what) => ({ kind: 'BROKEN_RULE', what }));
}
