export interface SlotWish {
  readonly symbol: string;
  /** A stock that a worker holds or enters; all others are candidates. */
  readonly held: boolean;
  /** Order of value, 0 the best. */
  readonly rank: number;
}

/** A candidate with a slot gives way only to one that is so many places better. */
const ROTATION_MARGIN = 5;

/**
 * Which symbols get a slot: held stocks first, then candidates by their value. Changing a slot costs
 * two messages and a gap, so among equals who has one keeps it: a held stock always, a candidate
 * unless another has become clearly better.
 */
export function planSlots(
  wishes: readonly SlotWish[],
  current: ReadonlySet<string>,
  capacity: number,
): ReadonlySet<string> {
  const group = ({ symbol, held }: SlotWish): number => {
    if (!held) return 2;
    return current.has(symbol) ? 0 : 1;
  };
  const worth = ({ symbol, held, rank }: SlotWish): number => {
    if (held) return 0;
    return current.has(symbol) ? rank - ROTATION_MARGIN : rank;
  };
  // toSorted is stable: of equals the one that was asked for first.
  const best = wishes.toSorted((a, b) => group(a) - group(b) || worth(a) - worth(b));
  return new Set(best.slice(0, capacity).map(({ symbol }) => symbol));
}
