import { WorkerTerminationError, type WorkerState } from '@fleet/domain';
import { FixedSchedule } from '../schedule/fixed-schedule.ts';
import { chooseCandidate, type Chosen } from './choose-candidate.ts';
import { enterPosition, type EntryResult } from './enter-position.ts';
import { holdingEndsAt, holdPosition, type HoldResult } from './hold-position.ts';
import { settleOpenOrders } from './settle-open-orders.ts';
import { isFatal, tellError } from './tell-error.ts';
import type { TradingDay, WorkerContext } from './worker-context.ts';

/** A stock that could not be entered is left alone for so long by this worker, market ms. */
const SKIP_MS = 120_000;
/** After a refusal that every stock would meet, nothing is tried for so long, market ms. */
const REST_MS = 60_000;
/** An order that came with an orphan is waited for at most so long before it is cancelled, market ms. */
const INHERITED_ORDER_MS = 5_000;

/**
 * One worker's day: SCAN -> HOLD -> SCAN until it is told to stop (worker plan 3.1). It holds at most
 * one stock. Errors of a cycle are logged and the state stays; a lost lock or a reaped worker ends it.
 */
export class WorkerLoop {
  readonly #ctx: WorkerContext;
  readonly #day: TradingDay;
  readonly #otherDays: readonly TradingDay[];
  readonly #skipUntil = new Map<string, number>();
  #restUntil = 0;
  #state: WorkerState = 'SCAN';

  /** @param otherDays the same day by the fleet's other strategies: an adopted position keeps its own */
  constructor(ctx: WorkerContext, day: TradingDay, otherDays: readonly TradingDay[] = []) {
    this.#ctx = ctx;
    this.#day = day;
    this.#otherDays = otherDays;
  }

  get state(): WorkerState {
    return this.#state;
  }

  /**
   * Until `stop` aborts (then the cycle under way ends first, or its position is handed over).
   * @throws WorkerTerminationError when this worker lost its right to act, InvariantViolation
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
        if (isFatal(error)) throw error;
        // EC-001: the state stays, the next poll tries again, first of all with a stock still held.
        await tellError(ctx, 'WorkerCycleFailed', { error });
        schedule.restart();
      }
    }
  }

  /** True when a stock was worked on. */
  async #cycle(stop: AbortSignal): Promise<boolean> {
    if (await this.#finishUnfinished(stop)) return true;
    if (await this.#adoptOrphan(stop)) return true;
    const { state, gate } = this.#ctx.systemNow();
    if (state !== 'TRADING' || gate !== 'OPEN') return false;
    if (this.#ctx.marketClock.now() < this.#restUntil) return false;
    const chosen = await chooseCandidate(this.#ctx, this.#day, this.#skipUntil, stop);
    if (!chosen) return false;
    await this.#trade(chosen, stop);
    return true;
  }

  /** What an error left half done in an earlier cycle: a stock still held, or HOLD without a stock. */
  async #finishUnfinished(stop: AbortSignal): Promise<boolean> {
    const [symbol] = this.#ctx.lockKeeper.heldSymbols();
    if (symbol !== undefined) {
      await this.#takeOver(symbol, stop);
      return true;
    }
    if (this.#state === 'HOLD') await this.#changeState('SCAN', undefined, 'nothing held');
    return false;
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
      const now = this.#ctx.marketClock.now();
      this.#skipUntil.set(symbol, now + SKIP_MS);
      if (result === 'NO_ROOM') this.#restUntil = now + REST_MS;
      await this.#letGo(symbol, 'not entered');
    }
  }

  /** What is not flat after all is given up as an orphan, and orphans come first in the next cycle. */
  async #letGo(symbol: string, reason: string): Promise<void> {
    const { lockKeeper } = this.#ctx;
    const result = await lockKeeper.release(symbol, reason);
    if (result === 'NOT_FLAT') await lockKeeper.abandon(symbol, `${reason}, not flat`);
  }

  async #enter(chosen: Chosen, stop: AbortSignal): Promise<EntryResult> {
    try {
      return await enterPosition(this.#ctx, this.#day, chosen, stop);
    } catch (error) {
      if (stop.aborted || isFatal(error)) throw error;
      await tellError(this.#ctx, 'EntryFailed', { symbol: chosen.lock.symbol, error });
      // True now: an order may have been stored or sent; only the books can tell.
      return 'OPEN';
    }
  }

  /** To claim an orphan is to adopt it (DESIGN section 7); free workers look for orphans first. */
  async #adoptOrphan(stop: AbortSignal): Promise<boolean> {
    const { lockStore, lockKeeper, marketClock, timing } = this.#ctx;
    if (marketClock.now() > holdingEndsAt(this.#day.session)) return false;
    for (const symbol of await lockStore.getOrphans(timing.graceMs)) {
      const claim = await lockKeeper.acquire(symbol, 'ADOPTION');
      if (!claim.granted) continue;
      await this.#takeOver(symbol, stop);
      return true;
    }
    return false;
  }

  /** Orders first, then the position: HOLD when there is one, else the stock goes free. */
  async #takeOver(symbol: string, stop: AbortSignal): Promise<void> {
    const { orders, marketClock } = this.#ctx;
    const until = marketClock.now() + INHERITED_ORDER_MS;
    await settleOpenOrders(this.#ctx, symbol, until, stop);
    const position = await orders.getPosition(symbol);
    if (position && position.quantity > 0) await this.#hold(symbol, 'adopted', stop);
    else await this.#letGo(symbol, 'taken over, nothing held');
  }

  async #hold(symbol: string, reason: string, stop: AbortSignal): Promise<void> {
    if (this.#state !== 'HOLD') await this.#changeState('HOLD', symbol, reason);
    const result = await this.#holdUntilDone(symbol, stop);
    if (result === 'LOST') throw new WorkerTerminationError(`the lock of ${symbol} was lost`);
    this.#ctx.board.unrealizedPnl = undefined;
    if (result === 'FLAT') await this.#letGo(symbol, 'sold');
    else await this.#ctx.lockKeeper.abandon(symbol, 'unsold at the close');
    await this.#changeState('SCAN', undefined, result === 'FLAT' ? 'sold' : 'unsold at the close');
  }

  /** A failed hold is taken up again at the next poll: the position has no other owner. */
  async #holdUntilDone(symbol: string, stop: AbortSignal): Promise<HoldResult> {
    for (;;) {
      try {
        const day = await this.#dayOf(symbol);
        return await holdPosition(this.#ctx, day, symbol, stop);
      } catch (error) {
        if (stop.aborted || isFatal(error)) throw error;
        await tellError(this.#ctx, 'HoldFailed', { symbol, error });
        if (!this.#ctx.lockKeeper.holds(symbol)) return 'LOST';
        await this.#ctx.marketClock.sleep(this.#ctx.pollMs, stop);
      }
    }
  }

  /** A position is watched by the strategy that bought it, whoever adopts it. */
  async #dayOf(symbol: string): Promise<TradingDay> {
    const position = await this.#ctx.orders.getPosition(symbol);
    const known = [this.#day, ...this.#otherDays].find(
      ({ strategy }) => strategy.name === position?.strategyName,
    );
    return known ?? this.#day;
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
