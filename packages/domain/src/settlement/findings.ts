import type { Won } from '../money.ts';
import type { ForeignTrades } from './foreign-trades.ts';
import type { FilledSum, TieOutResult } from './tie-out-result.ts';

/** Faults make the day red; remarks only tell. */
export function findingsOf(
  result: Omit<TieOutResult, 'ok' | 'findings'>,
  { foreign, costTolerance }: { readonly foreign: ForeignTrades; readonly costTolerance: Won },
): { readonly faults: readonly string[]; readonly remarks: readonly string[] } {
  const { cashDifference, grossDifferences, ledgerDifference, costDifference } = result;
  const faults: string[] = [
    ...amountFault('cash', cashDifference),
    ...amountFault('bought amount', grossDifferences.bought),
    ...amountFault('sold amount', grossDifferences.sold),
    ...amountFault('ledger against its own orders', ledgerDifference),
    ...result.holdingsDifferences.map(
      ({ symbol, ours, broker }) => `holding ${symbol}: ours ${ours}, broker ${broker}`,
    ),
    ...result.orderDifferences.map(
      ({ brokerNumber, symbol, ours, broker }) =>
        `order ${brokerNumber} (${symbol}): ours ${told(ours)}, broker ${told(broker)}`,
    ),
  ];
  if (costDifference.abs().gt(costTolerance)) {
    faults.push(
      `costs: broker ${result.realCosts.toFixed()}, formula ${result.expectedCosts.toFixed()} (tolerance ${costTolerance.toFixed()})`,
    );
  }
  const remarks = foreign.rows.map(
    (row) =>
      `foreign order ${row.number} (${row.symbol}): ${row.side} ${row.filledQuantity} for ${row.filledAmount.toFixed()}`,
  );
  return { faults, remarks };
}

function amountFault(what: string, difference: Won): string[] {
  return difference.isZero() ? [] : [`${what}: ${difference.toFixed()} won off`];
}

function told(filled: FilledSum | undefined): string {
  return filled === undefined ? 'nothing' : `${filled.quantity} for ${filled.amount.toFixed()}`;
}
