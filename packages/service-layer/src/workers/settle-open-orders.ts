import { isTerminal } from '@fleet/domain';
import { driveOrder } from './drive-order.ts';
import type { WorkerContext } from './worker-context.ts';

/**
 * Brings every open request of a stock that this worker holds to its end: what never left is dropped,
 * what is at the broker gets until `untilMarket` and is then cancelled. False when one is still open:
 * nothing new may be sent for the stock. Whoever made them (a dead owner, a failed step of our own).
 */
export async function settleOpenOrders(
  ctx: WorkerContext,
  symbol: string,
  untilMarket: number,
  signal: AbortSignal,
): Promise<boolean> {
  const { orders, marketClock } = ctx;
  const open = (await orders.getOpenOrders()).filter((order) => order.symbol === symbol);
  // Cancels too: a cancel that nobody will send stands in the way of the next one.
  for (const { orderId } of open.filter(({ status }) => status === 'NEW')) {
    await orders.dropIntent({ orderId, reason: 'never sent', marketAt: marketClock.now() });
  }
  let settled = true;
  for (const { orderId } of open.filter(
    ({ request, status }) => request === 'PLACE' && status !== 'NEW',
  )) {
    const order = await driveOrder(ctx, orderId, untilMarket, signal);
    settled &&= isTerminal(order.status);
  }
  return settled;
}
