import { WorkerTerminationError, type WorkerState } from '@fleet/domain';
import type { ClaimResult } from '../ports/lock-store.ts';
import { FixedSchedule } from '../schedule/fixed-schedule.ts';
import { chooseCandidate, type Chosen } from './choose-candidate.ts';
import { driveOrder } from './drive-order.ts';
import { enterPosition } from './enter-position.ts';
import { holdPosition } from './hold-position.ts';
import type { TradingDay, WorkerContext } from './worker-context.ts';

/** A stock that could not be entered is left alone for so long by this worker, market ms. */
const SKIP_MS = 120_000;
/** An order that came with an orphan is waited for at most so long before it is cancelled, market ms. */
const INHERITED_ORDER_MS = 5_000;

/**
 * One worker's day: SCAN -> HOLD -> SCAN until it is told to stop (worker plan 3.1). It holds at most
 * one stock. Errors of a cycle are logged and the state stays; a lost lock or a reaped worker ends it.
 */
export class WorkerLoop {
  readonly #ctx: WorkerContext;
  readonly #day: TradingDay;
  readonly #skipUntil = new Map<string, number>();
  #state: WorkerState = 'SCAN';

  constructor(ctx: WorkerContext, day: TradingDay) {
    this.#ctx = ctx;
    this.#day = day;
  }

  get state(): WorkerState {
    return this.#state;
  }

  /**
   * Until `stop` aborts (then the cycle under way ends first, or its position is handed over).
   * @throws WorkerTerminationError when this worker lost its right to act
   */
  async run(stop: AbortSignal): Promise<void> {
    const ctx = this.#ctx;
    const { marketClock, lag } = ctx;
    const schedule = new FixedSchedule({ periodMs: ctx.pollMs, marketClock, lag });
    while (await schedule.next(stop)) {
      try {
        if (await this.#cycle(stop)) schedule.restart();
      } catch (error) {
        if (stop.aborted) return;
        if (error instanceof WorkerTerminationError) throw error;
        // EC-001: the state stays, the next poll tries again.
        ctx.log.error('WorkerCycleFailed', { workerId: ctx.workerId, state: this.#state, error });
        schedule.restart();
      }
    }
  }

  /** True when a stock was worked on. */
  async #cycle(stop: AbortSignal): Promise<boolean> {
    if (await this.#adoptOrphan(stop)) return true;
    const { state, gate } = this.#ctx.systemNow();
    if (state !== 'TRADING' || gate !== 'OPEN') return false;
    const chosen = await chooseCandidate(this.#ctx, this.#day, this.#skipUntil, stop);
    if (!chosen) return false;
    await this.#trade(chosen, stop);
    return true;
  }

  async #trade(chosen: Chosen, stop: AbortSignal): Promise<void> {
    const { symbol, orphan } = chosen.lock;
    if (orphan) {
      await this.#takeOver(symbol, stop);
      return;
    }
    const result = await this.#enter(chosen, stop);
    if (result === 'ENTERED') {
      await this.#hold(symbol, 'bought', stop);
    } else if (result === 'OPEN') {
      await this.#takeOver(symbol, stop);
    } else {
      this.#skipUntil.set(symbol, this.#ctx.marketClock.now() + SKIP_MS);
      await this.#ctx.lockKeeper.release(symbol, 'not entered');
    }
  }

  async #enter(chosen: Chosen, stop: AbortSignal): Promise<'ENTERED' | 'NOT_ENTERED' | 'OPEN'> {
    try {
      return await enterPosition(this.#ctx, this.#day, chosen, stop);
    } catch (error) {
      if (stop.aborted) throw error;
      this.#ctx.log.error('EntryFailed', { symbol: chosen.lock.symbol, error });
      // True now: an order may have been stored or sent; only the books can tell.
      return 'OPEN';
    }
  }

  /** To claim an orphan is to adopt it (DESIGN section 7); free workers look for orphans first. */
  async #adoptOrphan(stop: AbortSignal): Promise<boolean> {
    const orphans = await this.#ctx.lockStore.getOrphans();
    for (const symbol of orphans) {
      const claim: ClaimResult = await this.#ctx.lockKeeper.acquire(symbol, 'ADOPTION');
      if (!claim.granted) continue;
      await this.#takeOver(symbol, stop);
      return true;
    }
    return false;
  }

  /** Orders first, then the position: HOLD when there is one, else the stock goes free. */
  async #takeOver(symbol: string, stop: AbortSignal): Promise<void> {
    const { orders, marketClock, lockKeeper } = this.#ctx;
    const open = (await orders.getOpenOrders()).filter(
      (order) => order.symbol === symbol && order.request === 'PLACE',
    );
    for (const order of open) {
      if (order.status === 'NEW') {
        const marketAt = marketClock.now();
        await orders.dropIntent({ orderId: order.orderId, reason: 'taken over', marketAt });
      } else {
        await driveOrder(this.#ctx, order.orderId, marketClock.now() + INHERITED_ORDER_MS, stop);
      }
    }
    const position = await orders.getPosition(symbol);
    if (position && position.quantity > 0) await this.#hold(symbol, 'adopted', stop);
    else await lockKeeper.release(symbol, 'taken over, nothing held');
  }

  async #hold(symbol: string, reason: string, stop: AbortSignal): Promise<void> {
    await this.#changeState('HOLD', symbol, reason);
    const result = await this.#holdUntilDone(symbol, stop);
    if (result === 'LOST') throw new WorkerTerminationError(`the lock of ${symbol} was lost`);
    this.#ctx.board.unrealizedPnl = undefined;
    if (result === 'FLAT') await this.#ctx.lockKeeper.release(symbol, 'sold');
    else await this.#ctx.lockKeeper.abandon(symbol, 'unsold at the close');
    await this.#changeState('SCAN', undefined, result === 'FLAT' ? 'sold' : 'unsold at the close');
  }

  /** A failed hold is taken up again at the next poll: the position has no other owner. */
  async #holdUntilDone(symbol: string, stop: AbortSignal): Promise<'FLAT' | 'LOST' | 'UNSOLD'> {
    for (;;) {
      try {
        return await holdPosition(this.#ctx, this.#day, symbol, stop);
      } catch (error) {
        if (stop.aborted) throw error;
        this.#ctx.log.error('HoldFailed', { symbol, error });
        if (!this.#ctx.lockKeeper.holds(symbol)) return 'LOST';
        await this.#ctx.marketClock.sleep(this.#ctx.pollMs, stop);
      }
    }
  }

  async #changeState(to: WorkerState, symbol: string | undefined, reason: string): Promise<void> {
    const { workers, workerId, marketClock, log } = this.#ctx;
    const from = this.#state;
    const changed = await workers.changeState({
      workerId,
      from,
      to,
      currentSymbol: symbol,
      reason,
      marketAt: marketClock.now(),
    });
    if (!changed) throw new WorkerTerminationError(`worker ${workerId} is not ${from} any more`);
    this.#state = to;
    log.info('WorkerStateChanged', { workerId, from, to, symbol, reason });
  }
}
