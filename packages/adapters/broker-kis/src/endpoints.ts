import { BrokerError } from '@fleet/service-layer';
import type { KisOperation, KisProfile } from './profile.ts';

const TRADING = '/uapi/domestic-stock/v1/trading';
const QUOTATIONS = '/uapi/domestic-stock/v1/quotations';

const PATHS: Readonly<Record<KisOperation, string>> = {
  orderBuy: `${TRADING}/order-cash`,
  orderSell: `${TRADING}/order-cash`,
  orderChange: `${TRADING}/order-rvsecncl`,
  orderList: `${TRADING}/inquire-daily-ccld`,
  orderListArchive: `${TRADING}/inquire-daily-ccld`,
  balance: `${TRADING}/inquire-balance`,
  buyingPower: `${TRADING}/inquire-psbl-order`,
  sellable: `${TRADING}/inquire-psbl-sell`,
  quote: `${QUOTATIONS}/inquire-price`,
  quotes: `${QUOTATIONS}/intstock-multprice`,
  orderBook: `${QUOTATIONS}/inquire-asking-price-exp-ccn`,
  minuteCandles: `${QUOTATIONS}/inquire-time-itemchartprice`,
  pastMinuteCandles: `${QUOTATIONS}/inquire-time-dailychartprice`,
  dailyCandles: `${QUOTATIONS}/inquire-daily-itemchartprice`,
  volumeRank: `${QUOTATIONS}/volume-rank`,
  fluctuationRank: '/uapi/domestic-stock/v1/ranking/fluctuation',
  conditions: `${QUOTATIONS}/psearch-title`,
  conditionHits: `${QUOTATIONS}/psearch-result`,
  interruptions: `${QUOTATIONS}/inquire-vi-status`,
  instrumentInfo: `${QUOTATIONS}/search-stock-info`,
  marketTime: `${QUOTATIONS}/market-time`,
  holidays: `${QUOTATIONS}/chk-holiday`,
};

export interface Endpoint {
  readonly trId: string;
  readonly path: string;
}

/** Undefined when the profile's server does not offer the operation: use the fall-back. */
export function findEndpoint(profile: KisProfile, operation: KisOperation): Endpoint | undefined {
  const trId = profile.trIds[operation];
  return trId === undefined ? undefined : { trId, path: PATHS[operation] };
}

/** @throws BrokerError UNSUPPORTED */
export function endpointOf(profile: KisProfile, operation: KisOperation): Endpoint {
  const endpoint = findEndpoint(profile, operation);
  if (endpoint !== undefined) return endpoint;
  throw new BrokerError('UNSUPPORTED', `${profile.name} does not offer ${operation}`);
}
