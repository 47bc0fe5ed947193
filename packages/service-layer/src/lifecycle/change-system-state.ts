import type { SystemStateName } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import type { MarketClock } from '../ports/clock.ts';
import type { SystemStore } from '../ports/fleet-store.ts';

export interface SystemStateDependencies {
  readonly system: SystemStore;
  readonly term: number;
  readonly tradeDate: TradeDate;
  readonly marketClock: MarketClock;
}

/** Sets the state of the system and tells why in an event of its own, in one transaction. */
export async function changeSystemState(
  { system, term, tradeDate, marketClock }: SystemStateDependencies,
  change: { readonly to: SystemStateName; readonly event: string; readonly reason: string },
): Promise<void> {
  const { to, reason } = change;
  const marketAt = marketClock.now();
  const event = { type: change.event, level: 'INFO', marketAt, payload: { reason } } as const;
  await system.changeState({ term, to, tradeDate, marketAt, reason, event });
}
