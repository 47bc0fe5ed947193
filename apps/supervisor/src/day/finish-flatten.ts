import type { Log, MarketClock } from '@fleet/service-layer';
import type { PostgresStores } from '../bootstrap/adapters.ts';

/** `flatten` = EXIT_ONLY, sell all, then STOPPED: this is the "then". */
export async function finishFlatten(
  stores: PostgresStores,
  marketClock: MarketClock,
  log: Log,
): Promise<void> {
  const { gate, gateReason } = await stores.system.read();
  if (gate !== 'EXIT_ONLY' || gateReason !== 'FLATTEN') return;
  const positions = await stores.orders.getOpenPositions();
  const open = await stores.orders.getOpenOrders();
  if (positions.length > 0 || open.length > 0) return;
  await stores.system.setGate({
    gate: 'STOPPED',
    reason: 'FLATTENED',
    by: 'system',
    marketAt: marketClock.now(),
  });
  log.warn('FleetFlattened');
}
