import { systemClock } from '@fleet/clock';
import type { LockTiming } from '@fleet/domain';
import type { SimulatedMarket } from '../fleet/simulated-market.ts';
import type { SteeredRun } from './steered-run.ts';
import { Successor } from './successor.ts';

/** Longer than TTL and grace together. */
const TAKEOVER_MS = 10_000;
/** Reads of the list that could book a fill again, real ms. */
const LIST_READS_MS = 1_000;

/** The owner has read its fence and stops before its intent; it wakes after it was taken over. */
export async function stoppedBeforeTheIntent(run: SteeredRun): Promise<void> {
  run.startOwner({ pauseAt: 'intent' });
  await run.ownerPaused();
  const successor = await Successor.join(run.fleet);
  await successor.claim(run.symbol, 'ENTRY', TAKEOVER_MS);
  await run.wakeOwner();
  await successor.leave();
}

/** The owner stops before it looks whether it may still trust its lock. */
export async function stoppedBeforeTheFence(
  run: SteeredRun,
  trustsForEver: boolean,
): Promise<void> {
  run.startOwner({ pauseAt: 'entering', trustsForEver });
  await run.ownerPaused();
  const successor = await Successor.join(run.fleet);
  await successor.claim(run.symbol, 'ENTRY', TAKEOVER_MS);
  await run.wakeOwner();
  await successor.leave();
}

/** As the first, and the successor's order has gone through the gateway meanwhile. */
export async function stoppedWhileItsSuccessorSends(run: SteeredRun): Promise<void> {
  run.startOwner({ pauseAt: 'intent' });
  await run.ownerPaused();
  const successor = await Successor.join(run.fleet);
  const fence = await successor.claim(run.symbol, 'ENTRY', TAKEOVER_MS);
  await successor.buy(run.symbol, fence);
  await run.firstOrder(`o.status = 'FILLED' AND o.fence = ${fence}`);
  await run.wakeOwner();
  await successor.leave();
}

/** The owner dies before its order's answer is known; a hasty successor repeats the order at once. */
export async function hastySuccessor(run: SteeredRun, market: SimulatedMarket): Promise<void> {
  const lost = { kind: 'REPLY_LOST_AFTER_ACCEPT', endpoint: 'order-cash', at: [1, 2] };
  await market.setFaults(1, [lost]);
  run.startOwner();
  const order = await run.firstOrder(
    `o.status = 'SENT' AND EXISTS (SELECT FROM events e
       WHERE e.order_id = o.order_id AND e.type = 'OrderUnknownEvent')`,
  );
  await run.killOwner();
  const successor = await Successor.join(run.fleet);
  const fence = await successor.claim(run.symbol, 'ADOPTION', TAKEOVER_MS);
  await successor.repeat(order, fence);
  await successor.leave();
}

/** The owner stops while its order is on a slow wire; the successor claims by the given timing. */
export async function stoppedWithAPacketUnderWay(
  run: SteeredRun,
  timing: LockTiming,
): Promise<void> {
  run.startOwner({ pauseAt: 'sent' });
  await run.ownerPaused();
  const successor = await Successor.join(run.fleet, timing);
  await successor.claim(run.symbol, 'ADOPTION', TAKEOVER_MS);
  await run.firstOrder('o.answered_at IS NOT NULL');
  await successor.leave();
}

/** The owner dies while its order is on a slow wire: a proved death skips TTL and grace. */
export async function killedWithAPacketUnderWay(run: SteeredRun): Promise<void> {
  run.startOwner({ pauseAt: 'sent' });
  await run.ownerPaused();
  await run.killOwner();
  const successor = await Successor.join(run.fleet);
  await successor.claim(run.symbol, 'ADOPTION', TAKEOVER_MS);
  await run.firstOrder('o.answered_at IS NOT NULL');
  await successor.leave();
}

/** One fill, and a list that goes on telling of it. */
export async function buysAndSells(run: SteeredRun): Promise<void> {
  run.startOwner();
  await run.firstOrder("o.status = 'FILLED'");
  await systemClock.sleep(LIST_READS_MS);
}
