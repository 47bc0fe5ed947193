import type { TradeDate } from '@fleet/krx';
import { BrokerError, type BookLevel, type OrderBook } from '@fleet/service-layer';
import { type ReplyRow, rowsOf } from '../rest/envelope.ts';
import { quantityField, optionalPriceField, parseReply, textField } from '../rest/fields.ts';
import { wireInstant } from '../rest/wire-time.ts';

const LEVELS = 10;

/** Best first; levels without a price are left out. @throws BrokerError BAD_REPLY */
export function parseOrderBook(symbol: string, body: ReplyRow, today: TradeDate): OrderBook {
  const [line] = rowsOf(body['output1']);
  if (line === undefined) throw new BrokerError('BAD_REPLY', 'asking-price: no output1');
  const at = wireInstant(today, parseReply(textField, line['aspr_acpt_hour'], 'asking-price hour'));
  if (at === undefined) throw new BrokerError('BAD_REPLY', 'asking-price: not a time of day');
  return {
    symbol,
    at,
    asks: levels(line, 'ask'),
    bids: levels(line, 'bid'),
  };
}

/** A gap is no empty level but a missing one: what follows would pass for the best. */
function levels(line: ReplyRow, side: 'ask' | 'bid'): readonly BookLevel[] {
  const found: BookLevel[] = [];
  for (let level = 1; level <= LEVELS; level += 1) {
    const what = `asking-price ${side} ${level}`;
    const price = parseReply(optionalPriceField, line[`${side}p${level}`], what);
    if (price === undefined) continue;
    if (found.length < level - 1) throw new BrokerError('BAD_REPLY', `${what}: none above it`);
    found.push({ price, size: parseReply(quantityField, line[`${side}p_rsqn${level}`], what) });
  }
  return found;
}
