import { yesNo } from '../rest/fields.ts';
import type { OrderBook, Quote, Trade } from '../exchange/types.ts';
import { type RecordContext, tradeColumns } from './trade-record.ts';

/** A record of H0STANC0 (45 columns) or H0UNANC0 (46): what the running auction would give. */
export function expectedRecord(
  book: OrderBook,
  quote: Quote,
  context: RecordContext,
  hasInterruptionPrice: boolean,
): string | undefined {
  if (book.expected === undefined) return undefined;
  const trade: Trade = {
    symbol: book.symbol,
    at: book.at,
    price: book.expected.price,
    volume: book.expected.volume,
    initiator: 'AUCTION',
    quote,
  };
  const columns = tradeColumns(trade, context);
  return (hasInterruptionPrice ? [...columns, String(quote.viReferencePrice)] : columns).join('^');
}

export interface MarketStateFacts {
  readonly symbol: string;
  readonly halted: boolean;
  readonly interrupted: boolean;
  /** MKOP_CLS_CODE, as 112 (open) or 129 (close); '' when only the symbol's state changed. */
  readonly marketCode: string;
  /** ANTC_MKOP_CLS_CODE. */
  readonly expectedCode: string;
}

/** A record of H0STMKO0 (11 columns); H0UNMKO0 is documented without the leading code (10). */
export function marketStateRecord(facts: MarketStateFacts, hasSymbol: boolean): string {
  const columns = [
    yesNo(facts.halted),
    facts.halted ? '거래정지' : '(null)',
    facts.marketCode,
    facts.expectedCode,
    '',
    '',
    facts.halted ? '58' : '55',
    yesNo(facts.interrupted),
    'N',
    '1',
  ];
  return (hasSymbol ? [facts.symbol, ...columns] : columns).join('^');
}
