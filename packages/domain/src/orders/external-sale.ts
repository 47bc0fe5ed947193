import { type Quantity, quantity } from '../money.ts';

/** What a foreign row of the day's list has filled of one stock, cumulative, in order of acceptance. */
export interface ForeignFill {
  /** The broker's number of the order. */
  readonly number: string;
  readonly side: 'BUY' | 'SELL';
  readonly filledQuantity: number;
  /** Shares of it that are booked as the fleet's already. */
  readonly bookedQuantity: number;
}

export interface ExternalSaleStep {
  readonly number: string;
  /** Cumulative shares of this order that were the fleet's. */
  readonly fleetQuantity: Quantity;
}

export type ExternalSaleVerdict =
  /** Nothing of the fleet's was sold by anybody else. */
  | { readonly kind: 'none' }
  /** List and holdings say the same: these sales are the fleet's shares. */
  | { readonly kind: 'sold'; readonly steps: readonly ExternalSaleStep[] }
  /** The list or the holdings show something that the other does not (yet): nothing is booked. */
  | { readonly kind: 'disagree'; readonly ours: number; readonly broker: number };

/**
 * Whether a person sold shares of the fleet by hand. A person sells own shares first; what goes beyond
 * them was the fleet's. The list's fills are the evidence and the holdings must agree with it to the
 * share: neither alone is believed.
 */
export function judgeExternalSale(facts: {
  /** The fleet's shares by its own books. */
  readonly position: number;
  /** The account's shares by the broker. */
  readonly holding: number;
  /** Shares at the open that were not the fleet's. */
  readonly foreignAtOpen: number;
  readonly fills: readonly ForeignFill[];
}): ExternalSaleVerdict {
  const { position, holding, foreignAtOpen, fills } = facts;
  let own = foreignAtOpen;
  let sold = 0;
  const steps: ExternalSaleStep[] = [];
  for (const { number, side, filledQuantity, bookedQuantity } of fills) {
    if (side === 'BUY') {
      own += filledQuantity;
      continue;
    }
    // What is booked stays so, also when an older buy of the person's fills later.
    const fleetQuantity = Math.max(bookedQuantity, filledQuantity - own);
    own -= filledQuantity - fleetQuantity;
    if (fleetQuantity > bookedQuantity) {
      steps.push({ number, fleetQuantity: quantity(fleetQuantity) });
      sold += fleetQuantity - bookedQuantity;
    }
  }
  if (holding !== position - sold + own) {
    return { kind: 'disagree', ours: position - sold + own, broker: holding };
  }
  if (sold > position) return { kind: 'disagree', ours: position, broker: holding };
  return sold === 0 ? { kind: 'none' } : { kind: 'sold', steps };
}
