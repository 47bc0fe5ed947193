import {
  judgeWatched,
  liquidationPlan,
  won,
  type LiquidationPlan,
  type Position,
  type SellSignal,
  type Won,
} from '@fleet/domain';
import type { Session } from '@fleet/krx';
import type { Decimal } from 'decimal.js';
import { computeIndicators, turnoverPerMinute } from '../market/indicators.ts';
import { FixedSchedule } from '../schedule/fixed-schedule.ts';
import { sellOnce, type ExitState } from './exit-position.ts';
import { KillSwitch } from '../lifecycle/kill-switch.ts';
import { SellBlocks } from './sell-blocks.ts';
import { StockWatch } from './stock-watch.ts';
import { tellError } from './tell-error.ts';
import { tell, type TradingDay, type WorkerContext } from './worker-context.ts';

export type HoldResult =
  /** All sold, the lock can go. */
  | 'FLAT'
  /** The lock is not ours any more: this worker must not touch the stock again. */
  | 'LOST'
  /** The day is over and shares are left. */
  | 'UNSOLD';

/** MonitoringEvent tells of a quiet position this often, market ms. */
const MONITOR_EVERY_MS = 60_000;
/** Turnover of so many minutes tells how early the selling must start. */
const TURNOVER_MINUTES = 30;
/** After nothing could be sent, look again after so long, market ms. */
const RETRY_MS = 3_000;
/** The longest pause after sells that the broker refused, market ms. */
const REJECTED_PAUSE_MS_MAX = 60_000;
/** The day's results are in by then, after the closing auction, market ms. */
const AFTER_CLOSE_MS = 120_000;

/** From here on nothing is held any more today: what is left waits for the next open. */
export function holdingEndsAt(session: Session): number {
  return session.closingAuction.to + AFTER_CLOSE_MS;
}

/**
 * HOLD (SC-006, SC-007, SC-008): judges every tick, polls where no tick comes, sells when the strategy
 * or the clock says so, and goes on until nothing is left.
 */
export async function holdPosition(
  ctx: WorkerContext,
  day: TradingDay,
  symbol: string,
  signal: AbortSignal,
): Promise<HoldResult> {
  const watch = await StockWatch.open(ctx, symbol, signal);
  try {
    return await new Holding(ctx, day, symbol, watch).run(signal);
  } finally {
    await watch.close();
  }
}

class Holding {
  readonly #ctx: WorkerContext;
  readonly #day: TradingDay;
  readonly #symbol: string;
  readonly #watch: StockWatch;
  #exit: ExitState | undefined;
  #position: Position | undefined;
  readonly #polls: FixedSchedule;
  #monitorDue: number;
  #liquidationTold = false;
  readonly #blocks: SellBlocks;
  readonly #kill: KillSwitch;
  /** Sells in a row that the broker refused. */
  #rejections = 0;

  constructor(ctx: WorkerContext, day: TradingDay, symbol: string, watch: StockWatch) {
    this.#ctx = ctx;
    this.#day = day;
    this.#symbol = symbol;
    this.#watch = watch;
    this.#blocks = new SellBlocks(ctx, day, watch);
    this.#kill = new KillSwitch(ctx, { workerId: ctx.workerId, symbol });
    const { marketClock, lag, pollMs: periodMs } = ctx;
    this.#polls = new FixedSchedule({ periodMs, marketClock, lag });
    this.#monitorDue = marketClock.now();
  }

  async run(signal: AbortSignal): Promise<HoldResult> {
    const { marketClock, lockKeeper } = this.#ctx;
    for (;;) {
      signal.throwIfAborted();
      if (!lockKeeper.holds(this.#symbol)) return 'LOST';
      const position = await this.#readPosition();
      if (!position || position.quantity === 0) return 'FLAT';
      if (marketClock.now() > holdingEndsAt(this.#day.session)) return 'UNSOLD';
      const sell = await this.#judge(position);
      if (sell) await this.#sell(position, sell, signal);
      else await this.#waitForNews(position, signal);
    }
  }

  /** Read again after every sell and every poll: the owner may sell by hand. */
  async #readPosition(): Promise<Position | undefined> {
    this.#position ??= await this.#ctx.orders.getPosition(this.#symbol);
    return this.#position;
  }

  async #judge(position: Position): Promise<SellSignal | undefined> {
    const { marketClock, systemNow } = this.#ctx;
    const now = marketClock.now();
    const { quote } = this.#watch;
    const candles = this.#watch.candles();
    const exit = await this.#exitState(position);
    this.#ctx.board.unrealizedPnl = unrealized(position, quote.lastPrice);
    if (systemNow().gateReason === 'FLATTEN') return flatten(now);
    if (now >= exit.plan.startAt) return liquidation(now, exit.plan.startAt);
    if (isLeftOver(position, this.#day.session)) return leftOver(position, this.#day.session);
    return this.#day.strategy.evaluateSell(
      {
        position,
        quote,
        indicators: computeIndicators(
          candles,
          this.#day.strategy.indicatorWindows(this.#day.params),
        ),
        candlesSinceEntry: candles.filter((c) => c.start >= (position.enteredAt ?? 0)),
        now,
        liquidationAt: exit.plan.startAt,
      },
      this.#day.params,
    );
  }

  async #exitState(position: Position): Promise<ExitState> {
    if (this.#exit) return this.#exit;
    const instrument = await this.#ctx.trading.getInstrument(this.#day.tradeDate, this.#symbol);
    if (!instrument) throw new Error(`${this.#symbol} is not in the universe of the day`);
    const plan = this.#plan(position);
    const { symbol } = position;
    this.#exit = { symbol, instrument, plan, attempts: {}, tries: 0, alarmed: false };
    return this.#exit;
  }

  #plan(position: Position): LiquidationPlan {
    const plan = liquidationPlan({
      position,
      quote: this.#watch.quote,
      turnoverPerMinute: turnoverPerMinute(this.#watch.candles(), TURNOVER_MINUTES),
      session: this.#day.session,
    });
    return { ...plan, startAt: Math.min(plan.startAt, this.#day.liquidationAt) };
  }

  /** Turnover changes over the day, so the start does, until it has come. */
  #replan(position: Position): void {
    if (!this.#exit || this.#ctx.marketClock.now() >= this.#exit.plan.startAt) return;
    this.#exit.plan = this.#plan(position);
  }

  async #sell(position: Position, sell: SellSignal, signal: AbortSignal): Promise<void> {
    const ctx = this.#ctx;
    if (await this.#blocks.isBlocked(sell, this.#rejections > 0, signal)) {
      this.#position = undefined;
      return;
    }
    if (sell.reason === 'MANDATORY_LIQUIDATION' && !this.#liquidationTold) {
      this.#liquidationTold = true;
      await tell(ctx, {
        type: 'MandatoryLiquidationEvent',
        level: 'INFO',
        symbol: this.#symbol,
        payload: { quantity: position.quantity, ...sell.detail },
      });
    }
    const exit = await this.#exitState(position);
    await this.#watch.refresh(signal).catch((error: unknown) => {
      ctx.log.warn('QuoteNotRead', { symbol: this.#symbol, error });
    });
    const result = await sellOnce(ctx, this.#day, exit, this.#watch, sell, signal);
    this.#position = undefined;
    this.#polls.restart();
    if (result.kind === 'WAIT' && result.reason !== 'FLAT') {
      ctx.log.info('SellWaits', { symbol: this.#symbol, reason: result.reason });
      await ctx.marketClock.sleep(RETRY_MS, signal);
    } else if (result.kind === 'ORDERED') {
      this.#rejections = result.order.endReason === 'REJECTED_BY_BROKER' ? this.#rejections + 1 : 0;
      if (result.order.filledQuantity === 0) await ctx.marketClock.sleep(this.#pauseMs(), signal);
    }
  }

  /** Longer after each refusal in a row: what the broker refuses now it refuses in a second too. */
  #pauseMs(): number {
    return Math.min(RETRY_MS * 2 ** Math.max(0, this.#rejections - 1), REJECTED_PAUSE_MS_MAX);
  }

  async #waitForNews(position: Position, signal: AbortSignal): Promise<void> {
    const { marketClock, pollMs } = this.#ctx;
    await this.#watch.nextTick(this.#polls.dueAt, signal);
    const now = marketClock.now();
    if (now < this.#polls.dueAt) return;
    this.#polls.met();
    this.#position = undefined;
    try {
      await this.#watch.refreshIfQuiet(pollMs, signal);
    } catch (error) {
      // EC-001: the state stays, the next poll asks again.
      await tellError(this.#ctx, 'HoldPollFailed', { symbol: this.#symbol, error });
    }
    await this.#watchFeed();
    if (now >= this.#monitorDue) {
      this.#monitorDue = now + MONITOR_EVERY_MS;
      this.#replan(position);
      await this.#tellMonitoring(position);
    }
  }

  /** DESIGN section 9: nothing timely was heard of a held stock, by no trade and no poll. */
  async #watchFeed(): Promise<void> {
    const { feedSilentMs: limit, clockSkewMs } = this.#ctx.watchLimits;
    const { ms, skewMs } = this.#watch.silence;
    const isLate = ms > limit && skewMs !== undefined;
    await this.#kill.look('FEED', judgeWatched('FEED_STALE', 'NOTHING_HEARD', ms, limit));
    await this.#kill.look(
      'TRADE_TIME',
      isLate ? judgeWatched('CLOCK_SKEW', 'TRADE_TIME', skewMs, clockSkewMs) : undefined,
    );
  }

  async #tellMonitoring(position: Position): Promise<void> {
    const { quote, feedStatus } = this.#watch;
    await tell(this.#ctx, {
      type: 'MonitoringEvent',
      level: 'INFO',
      symbol: this.#symbol,
      payload: {
        quantity: position.quantity,
        lastPrice: quote.lastPrice.toFixed(),
        unrealizedPnl: unrealized(position, quote.lastPrice)?.toFixed(0) ?? null,
        feed: feedStatus,
      },
    });
  }
}

function liquidation(now: number, since: number): SellSignal {
  const detail = { code: 'LIQUIDATION_TIME', actual: String(now), limit: String(since) };
  return { reason: 'MANDATORY_LIQUIDATION', urgency: 'NORMAL', detail };
}

/** Bought on an earlier day and not sold then: this open is what it was planned for (DESIGN section 10). */
function isLeftOver({ enteredAt }: Position, { openingAuction }: Session): boolean {
  return enteredAt !== undefined && enteredAt < openingAuction.from;
}

function leftOver({ enteredAt }: Position, { openingAuction }: Session): SellSignal {
  const actual = String(enteredAt);
  const detail = { code: 'UNSOLD_BEFORE', actual, limit: String(openingAuction.from) };
  return { reason: 'MANDATORY_LIQUIDATION', urgency: 'NORMAL', detail };
}

function flatten(now: number): SellSignal {
  const detail = { code: 'FLATTEN', actual: String(now), limit: 'at once' };
  return { reason: 'FLATTEN', urgency: 'URGENT', detail };
}

function unrealized(position: Position, lastPrice: Decimal): Won | undefined {
  const { averageEntryPrice } = position;
  if (averageEntryPrice === undefined) return undefined;
  return won(lastPrice.minus(averageEntryPrice).times(position.quantity));
}
