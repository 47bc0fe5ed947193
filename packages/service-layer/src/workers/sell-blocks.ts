import { gateAllows, type SellSignal } from '@fleet/domain';
import { phaseAt, VOLATILITY_INTERRUPTION } from '@fleet/krx';
import type { StockWatch } from './stock-watch.ts';
import { tell, type TradingDay, type WorkerContext } from './worker-context.ts';

/** While a sell is blocked, the gate is looked at again after so long, market ms. */
const GATE_LOOK_MS = 3_000;
/** And the stock's state; a trade is heard at once, market ms. */
const STATE_LOOK_MS = 10_000;
/** A volatility interruption is over by then, whatever its flag says, market ms. */
const INTERRUPTION_MS_MAX =
  VOLATILITY_INTERRUPTION.auctionMs + VOLATILITY_INTERRUPTION.randomEndMsMax + 30_000;

/**
 * What keeps a wanted sell from being asked for: the gate, a halt, a volatility interruption. Told of
 * once each time it begins; asked at every look, it would fill the books, and the broker with requests
 * that it refuses.
 */
export class SellBlocks {
  readonly #ctx: WorkerContext;
  readonly #day: TradingDay;
  readonly #watch: StockWatch;
  #told: string | undefined;
  #since = 0;

  constructor(ctx: WorkerContext, day: TradingDay, watch: StockWatch) {
    this.#ctx = ctx;
    this.#day = day;
    this.#watch = watch;
  }

  /** Waits a while when blocked: then judge and ask again. @throws the signal's reason */
  async isBlocked(sell: SellSignal, wasRejected: boolean, signal: AbortSignal): Promise<boolean> {
    const { marketClock, systemNow } = this.#ctx;
    const { gate } = systemNow();
    if (!gateAllows(gate, 'SELL')) {
      await this.#begin(gate, () => this.#tellGate(gate, sell));
      await marketClock.sleep(GATE_LOOK_MS, signal);
      return true;
    }
    const state = this.#isSession() ? await this.#watch.readState(wasRejected, signal) : 'TRADES';
    if (state === 'TRADES' || this.#isOver(state)) {
      if (state === 'TRADES') this.#told = undefined;
      return false;
    }
    await this.#begin(state, () => this.#tellWait(state, sell));
    await this.#watch.nextTick(marketClock.now() + STATE_LOOK_MS, signal);
    return true;
  }

  /** Outside of it the ladder waits or gives up by itself. */
  #isSession(): boolean {
    const { continuous, closingAuction } = this.#day.session;
    const now = this.#ctx.marketClock.now();
    return now >= continuous.from && now < closingAuction.to;
  }

  /** An interruption is an auction: the closing one takes the order that is left for it. */
  #isOver(state: string): boolean {
    if (state !== 'INTERRUPTED') return false;
    const now = this.#ctx.marketClock.now();
    if (phaseAt(this.#day.session, now) === 'CLOSING_AUCTION') return true;
    return this.#told === state && now >= this.#since + INTERRUPTION_MS_MAX;
  }

  async #begin(cause: string, announce: () => Promise<void>): Promise<void> {
    if (this.#told === cause) return;
    this.#told = cause;
    this.#since = this.#ctx.marketClock.now();
    await announce();
  }

  async #tellGate(gate: string, { reason }: SellSignal): Promise<void> {
    const { symbol } = this.#watch.quote;
    const payload = { gate, reason };
    await tell(this.#ctx, { type: 'SellBlockedEvent', level: 'WARN', symbol, payload });
  }

  async #tellWait(state: string, { reason }: SellSignal): Promise<void> {
    const { symbol, lastPrice } = this.#watch.quote;
    const plan = 'sell when it trades again';
    await tell(this.#ctx, {
      type: 'SellWaitsEvent',
      // An interruption ends by itself within minutes; nobody knows when a halt does.
      level: state === 'HALTED' ? 'ERROR' : 'WARN',
      symbol,
      payload: { state, reason, lastPrice: lastPrice.toFixed(), plan },
    });
  }
}
