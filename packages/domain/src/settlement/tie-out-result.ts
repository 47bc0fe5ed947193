import type { Won } from '../money.ts';

export interface HoldingDifference {
  readonly symbol: string;
  readonly ours: number;
  /** Without what is foreign. */
  readonly broker: number;
}

export interface FilledSum {
  readonly quantity: number;
  readonly amount: Won;
}

/** Undefined: that side does not know the order (a row without fills counts as not known). */
export interface OrderDifference {
  readonly brokerNumber: string;
  readonly symbol: string;
  readonly ours: FilledSum | undefined;
  readonly broker: FilledSum | undefined;
}

export interface TieOutResult {
  readonly ok: boolean;
  /** Broker's change of D+2 cash minus what the ledger's gross amounts and the broker's costs make of it. */
  readonly cashDifference: Won;
  /** Broker minus ledger. */
  readonly grossDifferences: { readonly bought: Won; readonly sold: Won };
  readonly holdingsDifferences: readonly HoldingDifference[];
  readonly orderDifferences: readonly OrderDifference[];
  /** Gross amounts of the ledger minus the sum of its own orders. */
  readonly ledgerDifference: Won;
  /** Broker's costs of the day minus the formula's. */
  readonly costDifference: Won;
  readonly expectedCosts: Won;
  readonly realCosts: Won;
  /** One sentence each; never empty when not ok. Foreign trades are told of without being a fault. */
  readonly findings: readonly string[];
}
