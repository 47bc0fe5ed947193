import { NO_SHARES, type Quote, quantity } from '@fleet/domain';
import type { Tick } from '@fleet/service-layer';

/** A polled quote as a tick: its volume is what traded since the last one seen. */
export function tickOfQuote(quote: Quote, before: Tick | undefined): Tick {
  const traded = before ? quote.volume - before.dayVolume : 0;
  return {
    symbol: quote.symbol,
    at: quote.at,
    price: quote.lastPrice,
    volume: traded > 0 ? quantity(traded) : NO_SHARES,
    dayVolume: quote.volume,
    bid: quote.bid,
    ask: quote.ask,
    bidSize: quote.bidSize,
    askSize: quote.askSize,
    halted: quote.halted,
  };
}
