import { judgeExternalSale, type ForeignFill, type Position, quantity } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import type { AccountStore, ForeignHolding } from '../ports/account-store.ts';
import {
  BrokerError,
  type BrokerOrder,
  type BrokerOrderList,
  type BrokerPort,
} from '../ports/broker.ts';
import type { Clock, MarketClock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { OrderChange } from '../ports/order-feed.ts';
import type { OrderStore } from '../ports/order-store.ts';

export interface AccountWatchDependencies {
  readonly account: AccountStore;
  readonly orders: Pick<OrderStore, 'getOpenPositions' | 'getOpenOrders'>;
  readonly broker: Pick<BrokerPort, 'getCash'>;
  readonly accountId: string;
  readonly clock: Clock;
  readonly marketClock: MarketClock;
  readonly onChange: (change: OrderChange) => void;
  readonly log: Log;
}

/** Pauses between balance reads, broker time: with something to explain, and else. */
const EAGER_PAUSE_MS = 5_000;
const BEAT_MS = 60_000;
/** Real floor between balance reads. */
const REAL_PAUSE_MS_MIN = 1_000;
/** The balance lags behind the list: a difference counts when so many looks in a row show it. */
const LOOKS_TO_BELIEVE = 3;

interface Suspicion {
  readonly signature: string;
  readonly looks: number;
}

/**
 * Watches the account beyond the fleet's own orders: foreign orders and shares are told of once and
 * left alone; shares of the fleet that a person sold are booked at the broker's price, when list and
 * holdings agree; a lack of shares that nothing explains closes the gate.
 */
export class AccountWatch {
  readonly #deps: AccountWatchDependencies;
  /** Filled quantity of foreign rows as last recorded, by date and number. */
  readonly #told = new Map<string, number>();
  readonly #suspicions = new Map<string, Suspicion>();
  /** Evidence of a hand sale that has been judged, by symbol. */
  readonly #judged = new Map<string, string | undefined>();
  #beatDueAt = 0;
  #eagerDueAt = 0;
  #realDueAt = 0;

  constructor(deps: AccountWatchDependencies) {
    this.#deps = deps;
  }

  /**
   * After the day's list was booked. `foreign`: its rows that are not the fleet's, in their order.
   * How many differences were settled. A balance that cannot be read is asked for again soon: it must
   * not keep the orders from being reconciled.
   */
  async look(list: BrokerOrderList, foreign: readonly BrokerOrder[]): Promise<number> {
    await this.#recordOrders(list.date, foreign);
    const positions = await this.#deps.orders.getOpenPositions();
    if (!this.#isDue(positions, foreign)) return 0;
    try {
      return await this.#compare(list.date, positions, foreign);
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error;
      this.#deps.log.warn('BalanceNotRead', { error });
      this.#beatDueAt = this.#eagerDueAt;
      return 0;
    }
  }

  async #recordOrders(tradeDate: TradeDate, foreign: readonly BrokerOrder[]): Promise<void> {
    const { account, marketClock } = this.#deps;
    const isNews = ({ key, filledQuantity }: BrokerOrder): boolean =>
      this.#told.get(`${key.date} ${key.number}`) !== filledQuantity;
    const orders = foreign.filter(isNews);
    if (orders.length === 0) return;
    const marketAt = marketClock.now();
    await account.recordForeign({ tradeDate, orders, holdings: undefined, marketAt });
    for (const { key, filledQuantity } of orders) {
      this.#told.set(`${key.date} ${key.number}`, filledQuantity);
    }
  }

  #isDue(positions: readonly Position[], foreign: readonly BrokerOrder[]): boolean {
    const { clock, marketClock } = this.#deps;
    const now = marketClock.now();
    const hasEvidence = positions.some(
      (position) => this.#judged.get(position.symbol) !== signatureOf(position, foreign),
    );
    const isEager = hasEvidence || this.#suspicions.size > 0;
    const dueAt = isEager ? Math.min(this.#eagerDueAt, this.#beatDueAt) : this.#beatDueAt;
    if (now < dueAt || clock.now() < this.#realDueAt) return false;
    this.#beatDueAt = now + BEAT_MS;
    this.#eagerDueAt = now + EAGER_PAUSE_MS;
    this.#realDueAt = clock.now() + REAL_PAUSE_MS_MIN;
    return true;
  }

  async #compare(
    date: TradeDate,
    before: readonly Position[],
    foreign: readonly BrokerOrder[],
  ): Promise<number> {
    const { account, orders, broker, accountId, marketClock } = this.#deps;
    const atOpen = await account.getForeignAtOpen(date);
    const booked = await account.getExternalSales(date);
    const balance = await broker.getCash(accountId, { lane: 'reconcile' });
    const after = await orders.getOpenPositions();
    const busy = new Set((await orders.getOpenOrders()).map(({ symbol }) => symbol));
    const held = new Map(balance.holdings.map((each) => [each.symbol, each.quantity as number]));
    const foreignShares: ForeignHolding[] = [];
    let settled = 0;
    for (const symbol of new Set([...held.keys(), ...after.map((each) => each.symbol)])) {
      const position = after.find((each) => each.symbol === symbol);
      const ours = position?.quantity ?? 0;
      const holding = held.get(symbol) ?? 0;
      // Bought or sold between the reads: the next look tells.
      if (ours !== (before.find((each) => each.symbol === symbol)?.quantity ?? 0)) continue;
      const fills = fillsOf(symbol, foreign, booked);
      const foreignAtOpen = atOpen?.[symbol] ?? 0;
      const verdict = judgeExternalSale({ position: ours, holding, foreignAtOpen, fills });
      if (verdict.kind === 'sold' && position) {
        settled += await this.#book(position, foreign, verdict.steps, booked);
        this.#suspicions.delete(symbol);
      } else if (verdict.kind === 'disagree') {
        // Before the open nobody has said yet which shares are foreign.
        if (atOpen === undefined) continue;
        const isSure = this.#suspect(symbol, `${ours} ${holding}`, busy.has(symbol));
        if (isSure && holding < ours) await this.#mismatch(symbol, ours, holding);
        if (isSure && holding > ours) foreignShares.push({ symbol, quantity: holding - ours });
      } else {
        this.#suspicions.delete(symbol);
        if (position) this.#judged.set(symbol, signatureOf(position, foreign));
        if (holding > ours) foreignShares.push({ symbol, quantity: holding - ours });
      }
    }
    if (atOpen !== undefined) {
      const seen = { tradeDate: date, orders: [], holdings: foreignShares };
      await account.recordForeign({ ...seen, marketAt: marketClock.now() });
    }
    return settled;
  }

  async #book(
    { symbol, quantity: held }: Position,
    foreign: readonly BrokerOrder[],
    steps: readonly { readonly number: string; readonly fleetQuantity: number }[],
    booked: ReadonlyMap<string, number>,
  ): Promise<number> {
    const { account, marketClock, log, onChange } = this.#deps;
    let left = held as number;
    for (const { number, fleetQuantity } of steps) {
      const row = foreign.find(({ key }) => key.number === number);
      if (!row) continue;
      const sale = { row, fleetQuantity: quantity(fleetQuantity), position: quantity(left) };
      const result = await account.bookExternalSale({ ...sale, marketAt: marketClock.now() });
      // News came in between: the next look reads it all again.
      if (!result) return 0;
      left -= fleetQuantity - (booked.get(number) ?? 0);
      log.error('ExternalSaleBooked', { symbol, brokerNumber: number, left });
      onChange(result);
    }
    return steps.length;
  }

  /** True when the same difference has been seen often enough, with no order of ours in the way. */
  #suspect(symbol: string, signature: string, isBusy: boolean): boolean {
    const known = this.#suspicions.get(symbol);
    const looks = known?.signature === signature && !isBusy ? known.looks + 1 : 1;
    this.#suspicions.set(symbol, { signature, looks });
    return looks >= LOOKS_TO_BELIEVE;
  }

  /** Once for each difference: a person who has looked is not overruled at every read. */
  async #mismatch(symbol: string, ours: number, broker: number): Promise<void> {
    const { account, marketClock, log } = this.#deps;
    if (this.#suspicions.get(symbol)?.looks !== LOOKS_TO_BELIEVE) return;
    log.error('PositionMismatch', { symbol, ours, broker });
    await account.recordMismatch({ symbol, ours, broker, marketAt: marketClock.now() });
  }
}

/** The foreign fills of a stock in the order of their acceptance. */
function fillsOf(
  symbol: string,
  foreign: readonly BrokerOrder[],
  booked: ReadonlyMap<string, number>,
): readonly ForeignFill[] {
  return foreign
    .filter((row) => row.symbol === symbol && row.filledQuantity > 0)
    .toSorted((a, b) => a.acceptedAt - b.acceptedAt)
    .map(({ key, side, filledQuantity }) => ({
      number: key.number,
      side,
      filledQuantity,
      bookedQuantity: booked.get(key.number) ?? 0,
    }));
}

/** What a hand sale of a position is judged by: empty without a foreign sell of the stock. */
function signatureOf({ symbol, quantity: held }: Position, foreign: readonly BrokerOrder[]) {
  const sold = foreign.filter(
    (row) => row.symbol === symbol && row.side === 'SELL' && row.filledQuantity > 0,
  );
  if (sold.length === 0) return undefined;
  return `${held} ${sold.map(({ key, filledQuantity }) => `${key.number}:${filledQuantity}`).join()}`;
}
