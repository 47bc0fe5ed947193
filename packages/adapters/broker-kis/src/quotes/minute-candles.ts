import type { Candle } from '@fleet/domain';
import { kstCompactTime, kstDate, minuteOf } from '@fleet/krx';
import { BrokerError } from '@fleet/service-layer';
import * as z from 'zod';
import { type ReplyRow, rowsOf } from '../rest/envelope.ts';
import { parseReply, priceField, quantityField, textField } from '../rest/fields.ts';
import { wireDate, wireInstant } from '../rest/wire-time.ts';

const row = z.object({
  stck_bsop_date: textField,
  stck_cntg_hour: textField,
  stck_prpr: priceField,
  stck_oprc: priceField,
  stck_hgpr: priceField,
  stck_lwpr: priceField,
  cntg_vol: quantityField,
});

const MINUTE_MS = 60_000;
/** 30 rows a call; the longest day, pre-market to after-market, has 720 minutes. */
const PAGES_MAX = 30;

export function minuteCandlesQuery(code: string, until: number): Record<string, string> {
  return {
    FID_COND_MRKT_DIV_CODE: 'J',
    FID_INPUT_ISCD: code,
    FID_INPUT_HOUR_1: kstCompactTime(until),
    FID_PW_DATA_INCU_YN: 'Y',
    FID_ETC_CLS_CODE: '',
  };
}

/** As KIS sends them, newest first. @throws BrokerError BAD_REPLY */
export function parseMinuteCandles(body: ReplyRow): readonly Candle[] {
  return rowsOf(body['output2']).map((line) => {
    const fields = parseReply(row, line, 'itemchartprice row');
    const at = wireInstant(wireDate(fields.stck_bsop_date), fields.stck_cntg_hour);
    if (at === undefined) throw unreadable('not a time');
    const candle = {
      start: minuteOf(at),
      open: fields.stck_oprc,
      high: fields.stck_hgpr,
      low: fields.stck_lwpr,
      close: fields.stck_prpr,
      volume: fields.cntg_vol,
    };
    if (candle.high.lt(candle.low)) throw unreadable('high below low');
    return candle;
  });
}

/**
 * Finished minutes of today, oldest first, at most `count`. The running minute is left out: asked
 * for the present, KIS gives it half done (and with the bar before it, until its first trade).
 * @param readPage reads the 30 minutes up to an instant
 */
export async function collectMinuteCandles(
  count: number,
  now: number,
  readPage: (until: number) => Promise<readonly Candle[]>,
): Promise<readonly Candle[]> {
  const today = kstDate(now);
  const running = minuteOf(now);
  const byStart = new Map<number, Candle>();
  let until = running;
  for (let page = 0; page < PAGES_MAX && byStart.size < count; page += 1) {
    const candles = (await readPage(until)).filter(({ start }) => kstDate(start) === today);
    const oldest = Math.min(...candles.map(({ start }) => start));
    for (const candle of candles) if (candle.start < running) byStart.set(candle.start, candle);
    // Nothing older came: the day has begun here.
    if (candles.length === 0 || oldest > until || kstDate(oldest - MINUTE_MS) !== today) break;
    until = oldest - MINUTE_MS;
  }
  const candles = [...byStart.values()].toSorted((a, b) => a.start - b.start);
  return count > 0 ? candles.slice(-count) : [];
}

function unreadable(what: string): BrokerError {
  return new BrokerError('BAD_REPLY', `itemchartprice row: ${what}`);
}
