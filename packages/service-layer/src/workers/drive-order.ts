import { isTerminal, type Order } from '@fleet/domain';
import type { WorkerContext } from './worker-context.ts';

/** After a cancel was accepted its effect shows in the list within this, market ms. */
const CANCEL_EFFECT_MS = 15_000;
/** An order that will not end in so long is left to reconciliation and adoption, market ms. */
const PATIENCE_MS = 600_000;

/**
 * Waits for an order's end until `untilMarket`, then cancels the rest and waits until the broker has
 * said what became of it. Returns the order as it ended; still open only when the broker stayed
 * silent for too long: then nothing new may be sent for the stock. @throws the signal's reason
 */
export async function driveOrder(
  ctx: WorkerContext,
  orderId: string,
  untilMarket: number,
  signal: AbortSignal,
): Promise<Order> {
  const { orderService, lockKeeper, marketClock, workerId } = ctx;
  let order = await orderService.waitForEnd(orderId, untilMarket, signal);
  const giveUpAt = Math.max(untilMarket, marketClock.now()) + PATIENCE_MS;
  while (!isTerminal(order.status) && marketClock.now() < giveUpAt) {
    const fence = lockKeeper.fenceOf(order.symbol);
    // An order without its broker number is an open question: it cannot be cancelled, only awaited.
    if (order.broker && fence !== undefined)
      await orderService.cancelOrder(order, { workerId, fence });
    order = await orderService.waitForEnd(orderId, marketClock.now() + CANCEL_EFFECT_MS, signal);
  }
  return order;
}
