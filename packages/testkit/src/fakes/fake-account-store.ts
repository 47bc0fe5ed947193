import { quantity, type Position } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import type { AccountStore, BookedRow, ForeignHolding, ForeignOrder } from '@fleet/service-layer';

/** The account beyond the fleet's orders, in maps; moves the positions that it is given. */
export class FakeAccountStore implements AccountStore {
  readonly foreignOrders = new Map<string, ForeignOrder>();
  holdings: readonly ForeignHolding[] = [];
  atOpen: Readonly<Record<string, number>> | undefined = {};
  readonly sales = new Map<string, number>();
  readonly mismatches: { symbol: string; ours: number; broker: number }[] = [];
  readonly #positions: Map<string, Position>;

  constructor(positions: Map<string, Position> = new Map()) {
    this.#positions = positions;
  }

  async recordForeign(seen: Parameters<AccountStore['recordForeign']>[0]): Promise<void> {
    for (const { key, symbol, side, quantity: shares, filledQuantity } of seen.orders) {
      const { number } = key;
      this.foreignOrders.set(number, { number, symbol, side, quantity: shares, filledQuantity });
    }
    this.holdings = seen.holdings ?? this.holdings;
  }

  async getForeign(): ReturnType<AccountStore['getForeign']> {
    return { orders: [...this.foreignOrders.values()], holdings: this.holdings };
  }

  async getForeignAtOpen(
    _tradeDate: TradeDate,
  ): Promise<Readonly<Record<string, number>> | undefined> {
    return this.atOpen;
  }

  async getExternalSales(): Promise<ReadonlyMap<string, number>> {
    return new Map(this.sales);
  }

  async bookExternalSale(
    sale: Parameters<AccountStore['bookExternalSale']>[0],
  ): Promise<BookedRow | undefined> {
    const { key, symbol } = sale.row;
    const step = sale.fleetQuantity - (this.sales.get(key.number) ?? 0);
    const position = this.#positions.get(symbol);
    if (step <= 0 || position?.quantity !== sale.position) return undefined;
    this.sales.set(key.number, sale.fleetQuantity);
    this.#positions.set(symbol, { ...position, quantity: quantity(position.quantity - step) });
    const filledStep = quantity(step);
    const row = { orderId: `external ${key.number}`, symbol, workerId: position.workerId ?? '' };
    return { ...row, filledStep, status: 'FILLED', closedTrade: undefined };
  }

  async recordMismatch(found: { symbol: string; ours: number; broker: number }): Promise<void> {
    const { symbol, ours, broker } = found;
    this.mismatches.push({ symbol, ours, broker });
  }
}
