import { quantity, won } from '@fleet/domain';
import { parseTradeDate, type TradeDate } from '@fleet/krx';
import type { BrokerHolding, BrokerOrder, DayLedger } from '@fleet/service-layer';
import { aBaseline, aBrokerOrder } from '../builders.ts';
import type { FakeGateway } from './fake-gateway.ts';
import { EMPTY_LEDGER, type FakeSettlementStore } from './fake-settlement-store.ts';

/** Shares of a stock in the broker's balance. */
export function aHolding(symbol: string, shares: number): BrokerHolding {
  return {
    symbol,
    quantity: quantity(shares),
    sellableQuantity: quantity(shares),
    averagePrice: won(10_000),
    boughtToday: quantity(0),
    soldToday: quantity(0),
  };
}

export const TIED_DATE: TradeDate = parseTradeDate('2026-06-11');
/** By the broker's formula for these amounts, settled on 2026-06-15. */
const COSTS = 1_342;
const BOUGHT = 586_500;
const SOLD = 591_500;

const row = (number: string, side: 'BUY' | 'SELL', amount: number): BrokerOrder =>
  aBrokerOrder({
    key: { date: TIED_DATE, branch: '00950', number },
    side,
    filledQuantity: quantity(10),
    filledAmount: won(amount),
  });

const ROWS: readonly BrokerOrder[] = [
  row('11', 'BUY', 294_500),
  row('12', 'SELL', 294_500),
  row('13', 'BUY', 292_000),
  row('14', 'SELL', 297_000),
];

const LEDGER: DayLedger = {
  ...EMPTY_LEDGER,
  boughtAmount: won(BOUGHT),
  soldAmount: won(SOLD),
  soldByMarket: [{ market: 'KOSPI', kind: 'COMMON', amount: won(SOLD) }],
  costBearers: [
    {
      tradeId: 'even',
      boughtAmount: won(294_500),
      soldAmount: won(294_500),
      transactionTax: won(589),
    },
    {
      tradeId: 'won',
      boughtAmount: won(292_000),
      soldAmount: won(297_000),
      transactionTax: won(594),
    },
  ],
  orders: ROWS.map(({ key, symbol, filledQuantity, filledAmount }) => ({
    brokerNumber: key.number,
    symbol,
    filledQuantity,
    filledAmount,
  })),
};

/** Two round trips whose books agree with the broker's to the won; a test then spoils one of them. */
export function tieTheDay(settlement: FakeSettlementStore, gateway: FakeGateway): void {
  const baseline = aBaseline({ tradeDate: TIED_DATE });
  settlement.baselines.set(TIED_DATE, baseline);
  settlement.ledger = LEDGER;
  gateway.rows.push(...ROWS);
  gateway.balance = {
    ...gateway.balance,
    settledCashD2: won(baseline.openingCashD2.plus(SOLD - BOUGHT - COSTS)),
    boughtTodayAmount: won(BOUGHT),
    soldTodayAmount: won(SOLD),
    costsToday: won(COSTS),
  };
}
