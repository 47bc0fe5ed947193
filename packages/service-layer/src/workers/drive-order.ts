import { isTerminal, leavesQuantity, type Order } from '@fleet/domain';
import type { WorkerContext } from './worker-context.ts';

/** After a cancel was accepted its effect shows in the list within this, market ms. */
const CANCEL_EFFECT_MS = 15_000;
/** Between looks at the position that a sell is about, market ms. */
const POSITION_LOOK_MS = 5_000;
/** An order that will not end in so long is left to reconciliation and adoption, market ms. */
const PATIENCE_MS = 600_000;

/**
 * Waits for an order's end until `untilMarket`, then cancels the rest and waits until the broker has
 * said what became of it. Returns the order as it ended; still open only when the broker stayed
 * silent for too long: then nothing new may be sent for the stock. A sell of more than is left (a
 * person sold by hand) is cancelled at once. @throws the signal's reason
 */
export async function driveOrder(
  ctx: WorkerContext,
  orderId: string,
  untilMarket: number,
  signal: AbortSignal,
): Promise<Order> {
  const { orderService, lockKeeper, marketClock, workerId } = ctx;
  let order = await waitWatching(ctx, orderId, untilMarket, signal);
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

async function waitWatching(
  ctx: WorkerContext,
  orderId: string,
  untilMarket: number,
  signal: AbortSignal,
): Promise<Order> {
  const { orderService, orders, marketClock, log } = ctx;
  for (;;) {
    const until = Math.min(untilMarket, marketClock.now() + POSITION_LOOK_MS);
    const order = await orderService.waitForEnd(orderId, until, signal);
    if (isTerminal(order.status) || marketClock.now() >= untilMarket) return order;
    if (order.side === 'BUY') continue;
    const held = (await orders.getPosition(order.symbol))?.quantity ?? 0;
    // A fill that came between the two reads lowers both: the order is read again.
    const leaves = leavesQuantity((await orders.getOrder(orderId)) ?? order);
    if (leaves <= held) continue;
    log.warn('SellBeyondPosition', { orderId, symbol: order.symbol, leaves, held });
    return order;
  }
}
