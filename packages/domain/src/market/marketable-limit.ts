import { type InstrumentClass, roundToTick, stepTicks, type TradeDate } from '@fleet/krx';
import { type Price, price } from '../money.ts';
import type { Side } from '../orders/order.ts';
import type { Quote } from './quote.ts';

/**
 * A limit price that crosses the spread by so many ticks (0: at the best price of the other side),
 * inside the day's limits and on the tick. Without a best price of the other side the last price
 * stands in: it may be off the tick (half-tick trades), so it is brought towards the cross.
 */
export function marketableLimit(
  side: Side,
  quote: Pick<Quote, 'ask' | 'bid' | 'lastPrice' | 'upperLimit' | 'lowerLimit'>,
  ticks: number,
  instrument: InstrumentClass,
  date: TradeDate,
): Price {
  const isBuy = side === 'BUY';
  const best = (isBuy ? quote.ask : quote.bid) ?? quote.lastPrice;
  const onTick = roundToTick(best.toNumber(), isBuy ? 'up' : 'down', instrument, date);
  const crossed = stepTicks(onTick, isBuy ? ticks : -ticks, instrument, date);
  const highest = quote.upperLimit.toNumber();
  const lowest = quote.lowerLimit.toNumber();
  return price(Math.max(lowest, Math.min(highest, crossed)));
}
