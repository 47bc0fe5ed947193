export interface SlotWish {
  readonly symbol: string;
  /** A stock that a worker holds or enters; all others are candidates, best first. */
  readonly held: boolean;
}

/**
 * Which symbols get a slot: held stocks first, then candidates in the order of their value. Inside
 * the held ones who has a slot keeps it, since changing one costs two messages and a gap.
 */
export function planSlots(
  wishes: readonly SlotWish[],
  current: ReadonlySet<string>,
  capacity: number,
): ReadonlySet<string> {
  const rank = ({ symbol, held }: SlotWish): number => {
    if (!held) return 2;
    return current.has(symbol) ? 0 : 1;
  };
  const planned = new Set<string>();
  // toSorted is stable, so candidates keep their order.
  for (const wish of wishes.toSorted((a, b) => rank(a) - rank(b))) {
    if (planned.size >= capacity) break;
    planned.add(wish.symbol);
  }
  return planned;
}
