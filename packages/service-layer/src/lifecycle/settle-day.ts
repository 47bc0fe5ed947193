import {
  expectedDayCosts,
  shareCosts,
  sumWon,
  tieOut,
  won,
  type CostRates,
  type Position,
  type Price,
  type TieOutResult,
  type Won,
} from '@fleet/domain';
import type { TradeDate, TradingCalendar } from '@fleet/krx';
import { retryRead } from '../reads/retry-read.ts';
import type { BrokerBalance, BrokerOrderList, BrokerPort } from '../ports/broker.ts';
import type { MarketClock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { MarketDataPort } from '../ports/market-data.ts';
import type { OrderStore } from '../ports/order-store.ts';
import type { DayLedger, DaySummary, SettlementStore } from '../ports/trading-store.ts';
import { MarketCloseError } from '@fleet/domain';

export interface SettleDayDependencies {
  readonly broker: Pick<BrokerPort, 'getCash' | 'getOrders'>;
  readonly marketData: Pick<MarketDataPort, 'getQuote'>;
  readonly orders: OrderStore;
  readonly settlement: SettlementStore;
  readonly calendar: TradingCalendar;
  readonly accountId: string;
  readonly tradeDate: TradeDate;
  readonly marketClock: MarketClock;
  readonly log: Log;
  readonly costRates: CostRates;
  /** Won by which the broker's costs may differ from the formula. */
  readonly costTolerance: Won;
}

export interface DaySettlement {
  readonly summary: DaySummary;
  readonly tieOut: TieOutResult;
  readonly realizedPnl: Won;
  readonly unrealizedPnl: Won;
  readonly commission: Won;
  readonly transactionTax: Won;
  readonly ledger: DayLedger;
  readonly positions: readonly Position[];
  readonly positionsSnapshot: readonly Readonly<Record<string, unknown>>[];
  readonly balance: BrokerBalance;
}

/**
 * Steps 3 to 5 of the close (WT-004): positions, the ledger against the broker's books, the day's real
 * costs shared out over its trades. Repeatable: the same day gives the same rows.
 * @throws MarketCloseError without a morning's baseline
 */
export async function settleDay(deps: SettleDayDependencies): Promise<DaySettlement> {
  const { settlement, tradeDate, broker, accountId, orders } = deps;
  const baseline = await settlement.getBaseline(tradeDate);
  if (!baseline)
    throw new MarketCloseError(`no baseline of ${tradeDate}: the day was never opened`);
  const lane = 'reconcile';
  const readBalance = () => broker.getCash(accountId, { lane });
  const balance = await retryRead(deps, 'balance', readBalance);
  const readList = () => broker.getOrders(accountId, tradeDate, { lane });
  const list = await retryRead(deps, 'order list', readList);
  const ledger = await settlement.readDayLedger(tradeDate);
  const tied = tieOut({
    settlementDate: deps.calendar.settlementDate(tradeDate),
    ledger,
    broker: brokerSide(balance, list),
    baseline: {
      settledCashD2: baseline.openingCashD2,
      boughtAmount: baseline.openingBoughtAmount,
      soldAmount: baseline.openingSoldAmount,
      costs: baseline.openingCosts,
      foreignHoldings: baseline.foreignHoldings,
    },
    rates: deps.costRates,
    costTolerance: deps.costTolerance,
  });
  const costs = await shareOutCosts(deps, ledger, tied);
  const positions = await orders.getOpenPositions();
  const positionsSnapshot = await snapshot(deps, positions);
  const realizedPnl = costs.summary.pnl;
  const unrealizedPnl = sumWon(positionsSnapshot.map((row) => won(String(row['unrealizedPnl']))));
  return {
    ...costs,
    tieOut: tied,
    realizedPnl,
    unrealizedPnl,
    ledger,
    positions,
    positionsSnapshot,
    balance,
  };
}

function brokerSide(balance: BrokerBalance, list: BrokerOrderList) {
  return {
    holdings: balance.holdings,
    settledCashD2: balance.settledCashD2,
    boughtAmount: balance.boughtTodayAmount,
    soldAmount: balance.soldTodayAmount,
    costs: balance.costsToday,
    orders: list.orders.map((row) => ({
      number: row.key.number,
      symbol: row.symbol,
      side: row.side,
      filledQuantity: row.filledQuantity,
      filledAmount: row.filledAmount,
    })),
  };
}

async function shareOutCosts(deps: SettleDayDependencies, ledger: DayLedger, tied: TieOutResult) {
  const settlementDate = deps.calendar.settlementDate(deps.tradeDate);
  const { commission, tax: transactionTax } = expectedDayCosts(
    ledger,
    settlementDate,
    deps.costRates,
  );
  // What the broker charged beyond the formula is the adjustment; the formula's own parts stay apart.
  const shares =
    ledger.costBearers.length === 0
      ? []
      : shareCosts(
          { commission, tax: transactionTax, adjustment: tied.costDifference },
          ledger.costBearers,
        );
  const marketAt = deps.marketClock.now();
  const summary = await deps.settlement.applyDayCosts({
    tradeDate: deps.tradeDate,
    shares,
    marketAt,
  });
  return { summary, commission, transactionTax };
}

async function snapshot(deps: SettleDayDependencies, positions: readonly Position[]) {
  const rows: Readonly<Record<string, unknown>>[] = [];
  for (const position of positions) {
    const { symbol, quantity } = position;
    const cost = position.averageEntryPrice ?? won(0);
    const lastPrice = await closingPrice(deps, symbol);
    rows.push({
      symbol,
      quantity,
      averageEntryPrice: cost.toFixed(),
      lastPrice: lastPrice?.toFixed() ?? null,
      unrealizedPnl: lastPrice?.minus(cost).times(quantity).toFixed(0) ?? '0',
    });
  }
  return rows;
}

/** A stock without a quote must not keep the day from being settled: its value is then told as unknown. */
async function closingPrice(
  deps: SettleDayDependencies,
  symbol: string,
): Promise<Price | undefined> {
  try {
    const read = () => deps.marketData.getQuote(symbol, { lane: 'reconcile' });
    return (await retryRead(deps, `quote of ${symbol}`, read)).lastPrice;
  } catch (error) {
    deps.log.warn('QuoteNotRead', { symbol, error });
    return undefined;
  }
}
