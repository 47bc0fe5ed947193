import type { Quote } from '@fleet/domain';
import { BrokerError, type CallOptions } from '../ports/broker.ts';
import type { MarketDataPort } from '../ports/market-data.ts';
import { retryRead, type RetryReadDependencies } from '../reads/retry-read.ts';

export interface FreshQuoteDependencies extends RetryReadDependencies {
  readonly marketData: Pick<MarketDataPort, 'getQuotes' | 'getOrderBook'>;
}

/**
 * One stock's quote with its best prices, now. The multi-quote carries them; where the broker has none
 * (paper) the book gives them in a second call. Tries again as EC-001 says. @throws BrokerError
 */
export async function freshQuote(
  deps: FreshQuoteDependencies,
  symbol: string,
  options: CallOptions,
): Promise<Quote> {
  return await retryRead(
    deps,
    `quote of ${symbol}`,
    () => read(deps, symbol, options),
    options.signal,
  );
}

async function read(
  { marketData }: FreshQuoteDependencies,
  symbol: string,
  options: CallOptions,
): Promise<Quote> {
  const [quote] = await marketData.getQuotes([symbol], options);
  if (!quote) throw new BrokerError('REFUSED', `the broker has no quote of ${symbol}`);
  if (quote.bid !== undefined || quote.ask !== undefined) return quote;
  const { bids, asks } = await marketData.getOrderBook(symbol, options);
  const [bid] = bids;
  const [ask] = asks;
  return {
    ...quote,
    bid: bid?.price,
    ask: ask?.price,
    bidSize: bid?.size ?? quote.bidSize,
    askSize: ask?.size ?? quote.askSize,
  };
}
