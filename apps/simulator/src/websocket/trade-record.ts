import { compactDate, kstCompactTime, type TradeDate } from '@fleet/krx';
import type { Instrument, Trade } from '../exchange/types.ts';
import { changeSign, percent, ratio, whole, yesNo } from '../rest/fields.ts';

/** What a trade record says beside the trade. */
export interface RecordContext {
  readonly instrument: Instrument;
  readonly date: TradeDate;
  /** NEW_MKOP_CLS_CODE and HOUR_CLS_CODE. */
  readonly sessionCode: string;
  readonly hourCode: string;
  readonly totalAskSize: number;
  readonly totalBidSize: number;
}

/** The 46 columns of H0STCNT0 (and, with the same layout, H0UNCNT0). */
export function tradeRecord(trade: Trade, context: RecordContext): string {
  return [...tradeColumns(trade, context), whole(trade.quote.viReferencePrice)].join('^');
}

/** Columns 1–45. */
export function tradeColumns(trade: Trade, context: RecordContext): readonly string[] {
  const { quote, price } = trade;
  const { instrument } = context;
  const reference = instrument.referencePrice;
  return [
    trade.symbol,
    kstCompactTime(trade.at),
    whole(price),
    changeSign(price, reference, instrument),
    whole(price - reference),
    percent(price - reference, reference),
    ratio(quote.turnover, quote.volume),
    whole(quote.open),
    whole(quote.high),
    whole(quote.low),
    whole(quote.ask),
    whole(quote.bid),
    whole(trade.volume),
    whole(quote.volume),
    whole(quote.turnover),
    whole(quote.sellTrades),
    whole(quote.buyTrades),
    whole(quote.buyTrades - quote.sellTrades),
    percent(quote.buyVolume, quote.sellVolume),
    whole(quote.sellVolume),
    whole(quote.buyVolume),
    INITIATORS[trade.initiator],
    ratio(quote.buyVolume, quote.volume),
    percent(quote.volume, instrument.previousVolume),
    ...against(price, quote.openedAt, quote.open),
    ...against(price, quote.highAt, quote.high),
    ...against(price, quote.lowAt, quote.low),
    compactDate(context.date),
    context.sessionCode,
    yesNo(quote.halted),
    whole(quote.askSize),
    whole(quote.bidSize),
    whole(context.totalAskSize),
    whole(context.totalBidSize),
    percent(quote.volume, instrument.listedShares),
    // The day before is not kept by the minute: no volume of the same hour.
    '0',
    '0.00',
    context.hourCode,
    '',
  ];
}

/** 1 started by a buyer, 5 by a seller, 3 a result of the opening auction's kind. */
const INITIATORS = { BUY: '1', SELL: '5', AUCTION: '3' } as const;

/** Hour, sign and distance to the open, the high or the low. */
function against(price: number, at: number | undefined, base: number | undefined): string[] {
  if (at === undefined || base === undefined) return ['000000', '3', '0'];
  return [kstCompactTime(at), changeSign(price, base), whole(price - base)];
}
