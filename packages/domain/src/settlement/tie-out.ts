import { expectedDayCosts } from '../costs/day-costs.ts';
import { DEFAULT_COST_RATES } from '../costs/cost-rates.ts';
import { sumWon, type Won, won, ZERO_WON } from '../money.ts';
import { type ForeignTrades, foreignTradesOf } from './foreign-trades.ts';
import { findingsOf } from './findings.ts';
import type { TieOutInput } from './tie-out-input.ts';
import type {
  FilledSum,
  HoldingDifference,
  OrderDifference,
  TieOutResult,
} from './tie-out-result.ts';

/**
 * The day's books against the broker's. Cash, gross amounts, shares and every order must be equal to
 * the won and the share; costs by the formula within the tolerance. What is foreign is taken out.
 */
export function tieOut(input: TieOutInput): TieOutResult {
  const foreign = foreignTradesOf(input);
  const { ledger, broker, baseline } = input;
  const bought = broker.boughtAmount.minus(baseline.boughtAmount).minus(foreign.boughtAmount);
  const sold = broker.soldAmount.minus(baseline.soldAmount).minus(foreign.soldAmount);
  const realCosts = won(broker.costs.minus(baseline.costs));
  const expectedCosts = expectedCostsOf(input, foreign);
  const differences = {
    cashDifference: cashDifferenceOf(input, foreign, realCosts),
    grossDifferences: {
      bought: won(bought.minus(ledger.boughtAmount)),
      sold: won(sold.minus(ledger.soldAmount)),
    },
    holdingsDifferences: holdingsDifferencesOf(input, foreign),
    orderDifferences: orderDifferencesOf(input, foreign),
    ledgerDifference: won(
      ledger.boughtAmount
        .plus(ledger.soldAmount)
        .minus(sumWon(ledger.orders.map((order) => order.filledAmount))),
    ),
    costDifference: won(realCosts.minus(expectedCosts)),
    expectedCosts,
    realCosts,
  };
  const { faults, remarks } = findingsOf(differences, {
    foreign,
    costTolerance: input.costTolerance ?? ZERO_WON,
  });
  return { ...differences, ok: faults.length === 0, findings: [...faults, ...remarks] };
}

function cashDifferenceOf(
  { ledger, broker, baseline }: TieOutInput,
  foreign: ForeignTrades,
  realCosts: Won,
): Won {
  const change = broker.settledCashD2.minus(baseline.settledCashD2);
  const sold = ledger.soldAmount.plus(foreign.soldAmount);
  const bought = ledger.boughtAmount.plus(foreign.boughtAmount);
  return won(change.minus(sold.minus(bought).minus(realCosts)));
}

function expectedCostsOf(input: TieOutInput, foreign: ForeignTrades): Won {
  const { ledger, settlementDate, rates = DEFAULT_COST_RATES } = input;
  const amounts = {
    boughtAmount: won(ledger.boughtAmount.plus(foreign.boughtAmount)),
    soldAmount: won(ledger.soldAmount.plus(foreign.soldAmount)),
    soldByMarket: [...ledger.soldByMarket, ...foreign.soldByMarket],
  };
  return expectedDayCosts(amounts, settlementDate, rates).total;
}

function holdingsDifferencesOf(
  { ledger, broker, baseline }: TieOutInput,
  foreign: ForeignTrades,
): HoldingDifference[] {
  const held = new Map<string, number>();
  for (const { symbol, quantity } of broker.holdings) {
    held.set(symbol, (held.get(symbol) ?? 0) + quantity);
  }
  const symbols = new Set([
    ...held.keys(),
    ...foreign.shares.keys(),
    ...Object.keys(ledger.positions),
    ...Object.keys(baseline.foreignHoldings),
  ]);
  return [...symbols]
    .toSorted()
    .map((symbol) => ({
      symbol,
      ours: ledger.positions[symbol] ?? 0,
      broker:
        (held.get(symbol) ?? 0) -
        (baseline.foreignHoldings[symbol] ?? 0) -
        (foreign.shares.get(symbol) ?? 0),
    }))
    .filter(({ ours, broker: theirs }) => ours !== theirs);
}

function orderDifferencesOf(
  { ledger, broker }: TieOutInput,
  foreign: ForeignTrades,
): OrderDifference[] {
  const ours = filledByNumber(
    ledger.orders.map(({ brokerNumber, ...order }) => ({ ...order, number: brokerNumber })),
  );
  const notOurs = new Map(foreign.rows.map((row) => [row.number, row]));
  const theirs = filledByNumber(
    broker.orders.map((row) => {
      const rest = notOurs.get(row.number);
      return {
        ...row,
        filledQuantity: row.filledQuantity - (rest?.filledQuantity ?? 0),
        filledAmount: won(row.filledAmount.minus(rest?.filledAmount ?? 0)),
      };
    }),
  );
  const numbers = new Set([...ours.keys(), ...theirs.keys()]);
  return [...numbers].toSorted().flatMap((brokerNumber) => {
    const our = ours.get(brokerNumber);
    const their = theirs.get(brokerNumber);
    if (our?.quantity === their?.quantity && our?.amount.eq(their?.amount ?? -1) !== false) {
      return [];
    }
    const symbol = our?.symbol ?? their?.symbol ?? '';
    return [{ brokerNumber, symbol, ours: sumOnly(our), broker: sumOnly(their) }];
  });
}

interface FilledOrder extends FilledSum {
  readonly symbol: string;
}

function filledByNumber(
  rows: readonly {
    readonly number: string;
    readonly symbol: string;
    readonly filledQuantity: number;
    readonly filledAmount: Won;
  }[],
): Map<string, FilledOrder> {
  const filled = new Map<string, FilledOrder>();
  for (const row of rows) {
    if (row.filledQuantity === 0 && row.filledAmount.isZero()) continue;
    const before = filled.get(row.number);
    filled.set(row.number, {
      symbol: row.symbol,
      quantity: (before?.quantity ?? 0) + row.filledQuantity,
      amount: won((before?.amount ?? ZERO_WON).plus(row.filledAmount)),
    });
  }
  return filled;
}

function sumOnly(order: FilledOrder | undefined): FilledSum | undefined {
  return order === undefined ? undefined : { quantity: order.quantity, amount: order.amount };
}
