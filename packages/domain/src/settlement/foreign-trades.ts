import type { InstrumentClass } from '@fleet/krx';
import { sumWon, type Won, won } from '../money.ts';
import type { BrokerFillRow, TieOutInput } from './tie-out-input.ts';

/** What the owner traded by hand today: rows, or parts of them, that are not ours. */
export interface ForeignTrades {
  readonly rows: readonly BrokerFillRow[];
  readonly boughtAmount: Won;
  readonly soldAmount: Won;
  readonly soldByMarket: readonly (InstrumentClass & { readonly amount: Won })[];
  /** Change of holdings by symbol. */
  readonly shares: ReadonlyMap<string, number>;
}

const UNKNOWN_CLASS: InstrumentClass = { market: 'KOSPI', kind: 'COMMON' };

export function foreignTradesOf({ ledger, broker, foreignClasses }: TieOutInput): ForeignTrades {
  const ours = new Map(ledger.orders.map((order) => [order.brokerNumber, order]));
  const rows = broker.orders.flatMap((row) => foreignPart(row, ours.get(row.number)));
  const bought = rows.filter((row) => row.side === 'BUY');
  const sold = rows.filter((row) => row.side === 'SELL');
  const shares = new Map<string, number>();
  for (const row of rows) {
    const change = row.side === 'BUY' ? row.filledQuantity : -row.filledQuantity;
    shares.set(row.symbol, (shares.get(row.symbol) ?? 0) + change);
  }
  return {
    rows,
    boughtAmount: sumWon(bought.map((row) => row.filledAmount)),
    soldAmount: sumWon(sold.map((row) => row.filledAmount)),
    soldByMarket: sold.map((row) => ({
      ...(foreignClasses?.[row.symbol] ?? UNKNOWN_CLASS),
      amount: row.filledAmount,
    })),
    shares,
  };
}

/** Of a hand sale that took the fleet's shares too, the rest is the person's own. */
function foreignPart(
  row: BrokerFillRow,
  ours: TieOutInput['ledger']['orders'][number] | undefined,
): readonly BrokerFillRow[] {
  if (ours !== undefined && ours.external !== true) return [];
  const filledQuantity = row.filledQuantity - (ours?.filledQuantity ?? 0);
  const filledAmount = won(row.filledAmount.minus(ours?.filledAmount ?? 0));
  return filledQuantity > 0 ? [{ ...row, filledQuantity, filledAmount }] : [];
}
