import { z } from 'zod';
import {
  accountsValue,
  balanceValue,
  buyingPowerValue,
  gatewayStatusValue,
  orderListValue,
  reconcileResultValue,
  submitOutcomeValue,
} from './broker-values.ts';
import { SYMBOLS_PER_REQUEST_MAX } from './limits.ts';
import {
  dailyCandleQueryValue,
  dailyCandleValue,
  instrumentInfoValue,
  interruptionValue,
  marketDayValue,
  marketTimeValue,
  savedConditionValue,
} from './lookup-values.ts';
import {
  candleValue,
  instrumentValue,
  orderBookValue,
  quoteValue,
  rankedSymbolValue,
} from './market-values.ts';
import {
  instantValue,
  maybe,
  orderTypeValue,
  priceValue,
  quantityValue,
  symbolValue,
  tradeDateValue,
} from './values.ts';

/** Who is asking: a worker's subscriptions are stocks it holds or enters, so they get slots first. */
export const CLIENT_ROLES = ['supervisor', 'worker', 'operator'] as const;
export type ClientRole = (typeof CLIENT_ROLES)[number];

const nothing = z.object({});
/** The answer of a method that has none. */
const done = z.null();
const manySymbols = z.object({ symbols: z.array(symbolValue).max(SYMBOLS_PER_REQUEST_MAX) });
const oneSymbol = z.object({ symbol: symbolValue });

/** Every method with its parameters and its result; the only list of them. */
export const METHODS = {
  /** Must come first. `token` is demanded over TCP. */
  hello: {
    params: z.object({
      protocol: z.int(),
      role: z.enum(CLIENT_ROLES),
      processName: z.string().min(1).max(100),
      token: z.string().max(1_000).optional(),
    }),
    result: z.object({ protocol: z.int(), pid: z.int(), accountId: z.string() }),
  },
  login: { params: nothing, result: done },
  issueAccessToken: { params: nothing, result: done },
  issueApprovalKey: { params: nothing, result: done },
  getAccounts: { params: nothing, result: accountsValue },
  getCash: { params: z.object({ accountId: z.string() }), result: balanceValue },
  getBuyingPower: {
    params: z.object({ symbol: symbolValue, type: orderTypeValue, price: maybe(priceValue) }),
    result: buyingPowerValue,
  },
  getSellableQuantity: { params: oneSymbol, result: quantityValue },
  getOrders: {
    params: z.object({ accountId: z.string(), date: tradeDateValue }),
    result: orderListValue,
  },
  /**
   * Sends a stored order: a place, a cancel or a modify. The gateway loads its terms from the
   * database; the wire carries none. `requestedAt`: real epoch ms at which the caller asked.
   */
  submit: {
    params: z.object({ orderId: z.string().min(1).max(100), requestedAt: instantValue }),
    result: submitOutcomeValue,
  },
  getInstruments: { params: nothing, result: z.array(instrumentValue) },
  getQuote: { params: oneSymbol, result: quoteValue },
  getQuotes: { params: manySymbols, result: z.array(quoteValue) },
  getOrderBook: { params: oneSymbol, result: orderBookValue },
  getMinuteCandles: {
    params: z.object({ symbol: symbolValue, count: z.int().positive().max(1_000) }),
    result: z.array(candleValue),
  },
  getTurnoverRank: { params: nothing, result: z.array(rankedSymbolValue) },
  getDailyCandles: { params: dailyCandleQueryValue, result: z.array(dailyCandleValue) },
  getMinuteCandlesOf: {
    params: z.object({ symbol: symbolValue, date: tradeDateValue }),
    result: z.array(candleValue),
  },
  getVolumeRank: { params: nothing, result: z.array(rankedSymbolValue) },
  getFluctuationRank: {
    params: z.object({ direction: z.enum(['RISE', 'FALL']) }),
    result: z.array(rankedSymbolValue),
  },
  getConditions: { params: nothing, result: z.array(savedConditionValue) },
  searchByCondition: {
    params: z.object({ key: z.string().min(1).max(100) }),
    result: z.array(symbolValue),
  },
  getVolatilityInterruptions: {
    params: z.object({ date: tradeDateValue }),
    result: z.array(interruptionValue),
  },
  getInstrumentInfo: { params: oneSymbol, result: instrumentInfoValue },
  getMarketTime: { params: nothing, result: marketTimeValue },
  getMarketDays: {
    params: z.object({ from: tradeDateValue }),
    result: z.array(marketDayValue),
  },
  isMarketOpenOn: { params: z.object({ date: tradeDateValue }), result: z.boolean().nullable() },
  subscribeQuotes: { params: manySymbols, result: done },
  unsubscribe: { params: manySymbols, result: done },
  getStatus: { params: nothing, result: gatewayStatusValue },
  reconcile: { params: nothing, result: reconcileResultValue },
  shutdown: { params: nothing, result: done },
} as const;

export type MethodName = keyof typeof METHODS;
export type MethodParams<M extends MethodName> = z.output<(typeof METHODS)[M]['params']>;
export type MethodResult<M extends MethodName> = z.output<(typeof METHODS)[M]['result']>;

export function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(METHODS, name);
}
