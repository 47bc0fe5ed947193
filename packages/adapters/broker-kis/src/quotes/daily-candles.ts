import type { Price } from '@fleet/domain';
import { compactDate, kstDate, kstInstant, type TradeDate } from '@fleet/krx';
import { BrokerError, type DailyCandle, type DailyCandleQuery } from '@fleet/service-layer';
import * as z from 'zod';
import { type ReplyRow, rowsOf } from '../rest/envelope.ts';
import {
  optionalPriceField,
  parseReply,
  priceField,
  quantityField,
  textField,
  wonField,
} from '../rest/fields.ts';
import { wireDate } from '../rest/wire-time.ts';

const row = z.object({
  stck_bsop_date: textField,
  stck_clpr: priceField,
  // Zero on a day without a trade.
  stck_oprc: optionalPriceField,
  stck_hgpr: optionalPriceField,
  stck_lwpr: optionalPriceField,
  acml_vol: quantityField,
  acml_tr_pbmn: wonField,
});

const DAY_MS = 86_400_000;
/** 100 rows a call: twenty-five years and more. */
const PAGES_MAX = 64;

export function dailyCandlesQuery(
  code: string,
  marketCode: string,
  { from, to, prices }: Omit<DailyCandleQuery, 'symbol'>,
): Record<string, string> {
  return {
    FID_COND_MRKT_DIV_CODE: marketCode,
    FID_INPUT_ISCD: code,
    FID_INPUT_DATE_1: compactDate(from),
    FID_INPUT_DATE_2: compactDate(to),
    FID_PERIOD_DIV_CODE: 'D',
    // The other way round than in inquire-daily-price.
    FID_ORG_ADJ_PRC: prices === 'adjusted' ? '0' : '1',
  };
}

/** As KIS sends them, newest first. @throws BrokerError BAD_REPLY */
export function parseDailyCandles(body: ReplyRow): readonly DailyCandle[] {
  return rowsOf(body['output2']).map((line) => {
    const fields = parseReply(row, line, 'daily-itemchartprice row');
    const date = wireDate(fields.stck_bsop_date);
    if (date === undefined) throw unreadable('not a date');
    const { stck_clpr: close, acml_vol: volume } = fields;
    const orClose = (price: Price | undefined): Price => {
      if (price === undefined && volume > 0) throw unreadable('traded without a price');
      return price ?? close;
    };
    const candle = {
      date,
      open: orClose(fields.stck_oprc),
      high: orClose(fields.stck_hgpr),
      low: orClose(fields.stck_lwpr),
      close,
      volume,
      turnover: fields.acml_tr_pbmn,
    };
    if (candle.high.lt(candle.low)) throw unreadable('high below low');
    return candle;
  });
}

/**
 * The whole range, oldest first. KIS cuts a longer range to its newest hundred, so the end moves
 * back until nothing older comes.
 * @param readPage reads the newest hundred of a range
 */
export async function collectDailyCandles(
  range: { readonly from: TradeDate; readonly to: TradeDate },
  readPage: (range: { from: TradeDate; to: TradeDate }) => Promise<readonly DailyCandle[]>,
): Promise<readonly DailyCandle[]> {
  const byDate = new Map<TradeDate, DailyCandle>();
  let { to } = range;
  for (let page = 0; to >= range.from; page += 1) {
    if (page === PAGES_MAX) throw unreadable(`more than ${PAGES_MAX} pages`);
    const candles = (await readPage({ from: range.from, to })).filter(
      ({ date }) => date >= range.from && date <= to,
    );
    const [first] = candles;
    if (first === undefined) break;
    for (const candle of candles) byDate.set(candle.date, candle);
    const oldest = candles.reduce((least, { date }) => (date < least ? date : least), first.date);
    to = dayBefore(oldest);
  }
  return [...byDate.values()].toSorted((a, b) => (a.date < b.date ? -1 : 1));
}

function dayBefore(date: TradeDate): TradeDate {
  return kstDate(kstInstant(date, '00:00') - DAY_MS);
}

function unreadable(what: string): BrokerError {
  return new BrokerError('BAD_REPLY', `daily-itemchartprice: ${what}`);
}
