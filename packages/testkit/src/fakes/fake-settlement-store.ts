import { pnlOf, summaryOf, ZERO_WON } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import type { DayBaseline, DayLedger, DaySummary, SettlementStore } from '@fleet/service-layer';
import type { FakeEventStore } from './fake-event-store.ts';

export const EMPTY_LEDGER: DayLedger = {
  boughtAmount: ZERO_WON,
  soldAmount: ZERO_WON,
  soldByMarket: [],
  boughtQuantity: {},
  soldQuantity: {},
  positions: {},
  estimatedCommission: ZERO_WON,
  estimatedTax: ZERO_WON,
  costBearers: [],
  orders: [],
};

const NO_COSTS = { commission: ZERO_WON, transactionTax: ZERO_WON, costAdjustment: ZERO_WON };

/** Baseline (the first of a date wins), the ledger that a test sets, and what was settled. */
export class FakeSettlementStore implements SettlementStore {
  readonly baselines = new Map<TradeDate, DayBaseline>();
  ledger: DayLedger = EMPTY_LEDGER;
  readonly settlements = new Map<TradeDate, Parameters<SettlementStore['saveSettlement']>[0]>();
  shares: Parameters<SettlementStore['applyDayCosts']>[0]['shares'] = [];
  readonly #events: FakeEventStore;

  constructor(events: FakeEventStore) {
    this.#events = events;
  }

  async saveBaseline(baseline: DayBaseline): Promise<DayBaseline> {
    const first = this.baselines.get(baseline.tradeDate);
    if (first) return first;
    this.baselines.set(baseline.tradeDate, baseline);
    return baseline;
  }

  async getBaseline(tradeDate: TradeDate): Promise<DayBaseline | undefined> {
    return this.baselines.get(tradeDate);
  }

  async readDayLedger(): Promise<DayLedger> {
    return this.ledger;
  }

  async applyDayCosts(
    request: Parameters<SettlementStore['applyDayCosts']>[0],
  ): Promise<DaySummary> {
    this.shares = request.shares;
    const trades = this.ledger.costBearers.map((trade) => {
      const share = request.shares.find(({ tradeId }) => tradeId === trade.tradeId);
      const costs = { ...NO_COSTS, ...share };
      return { tradeId: trade.tradeId, pnl: pnlOf({ ...trade, ...costs }) };
    });
    const { pnl, winRate, averagePnl, maxLoss, tradesCount } = summaryOf(trades);
    const rate = String(winRate);
    return { date: request.tradeDate, pnl, winRate: rate, averagePnl, maxLoss, tradesCount };
  }

  async saveSettlement(request: Parameters<SettlementStore['saveSettlement']>[0]): Promise<void> {
    this.settlements.set(request.tradeDate, request);
    const { marketAt, tiedOut } = request;
    const payload = { tiedOut };
    this.#events.write({ type: 'DailySettlementEvent', level: 'INFO', marketAt, payload });
  }

  async getSummary(): Promise<DaySummary | undefined> {
    return undefined;
  }
}
