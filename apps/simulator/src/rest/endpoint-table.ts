import type { Endpoint } from './endpoint.ts';
import { inquireAccountBalance } from './endpoints/account-assets.ts';
import { inquireAskingPrice } from './endpoints/asking-price.ts';
import { checkHoliday, marketTime } from './endpoints/calendar.ts';
import { conditionResult, conditionTitles } from './endpoints/condition-search.ts';
import { inquireDailyItemChart, inquireDailyPrice } from './endpoints/daily-chart.ts';
import { fluctuation } from './endpoints/fluctuation.ts';
import { inquireBalance, inquireBalanceRealized } from './endpoints/inquire-balance.ts';
import { inquireDailyCcld, inquireOpenOrders } from './endpoints/inquire-daily-ccld.ts';
import { inquirePrice2 } from './endpoints/inquire-price-2.ts';
import { inquirePrice } from './endpoints/inquire-price.ts';
import { inquirePossibleOrder, inquirePossibleSell } from './endpoints/inquire-psbl-order.ts';
import { inquireTimeDailyChart, inquireTimeItemChart } from './endpoints/minute-chart.ts';
import { multiPrice } from './endpoints/multi-price.ts';
import { orderCash } from './endpoints/order-cash.ts';
import { orderReviseCancel } from './endpoints/order-rvsecncl.ts';
import { inquirePeriodProfit, inquirePeriodTradeProfit } from './endpoints/period-profit.ts';
import { searchInfo, searchStockInfo } from './endpoints/search-stock-info.ts';
import { inquireCcnl, inquireTimeItemConclusion } from './endpoints/time-and-sales.ts';
import { interruptionStatus } from './endpoints/vi-status.ts';
import { volumeRank } from './endpoints/volume-rank.ts';

/** The 29 transactions, in the portal's order. */
export const ENDPOINTS: readonly Endpoint[] = [
  orderCash,
  orderReviseCancel,
  inquireOpenOrders,
  inquireDailyCcld,
  inquireBalance,
  inquirePossibleOrder,
  inquirePossibleSell,
  inquireAccountBalance,
  inquireBalanceRealized,
  inquirePeriodTradeProfit,
  inquirePeriodProfit,
  inquirePrice,
  inquirePrice2,
  inquireCcnl,
  inquireAskingPrice,
  inquireTimeItemChart,
  inquireTimeDailyChart,
  inquireDailyItemChart,
  inquireTimeItemConclusion,
  inquireDailyPrice,
  multiPrice,
  volumeRank,
  fluctuation,
  conditionTitles,
  conditionResult,
  checkHoliday,
  marketTime,
  interruptionStatus,
  searchStockInfo,
];

/** Beyond the portal's stock pages, for clients that begin with it. */
export const EXTRA_ENDPOINTS: readonly Endpoint[] = [searchInfo];
