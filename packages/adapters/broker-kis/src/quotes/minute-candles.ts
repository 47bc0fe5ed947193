import type { Candle } from '@fleet/domain';
import {
  compactDate,
  KRX_CALENDAR,
  kstCompactTime,
  kstDate,
  kstInstant,
  minuteOf,
  nxtSessionOf,
  type TradeDate,
} from '@fleet/krx';
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

export function minuteCandlesQuery(
  code: string,
  marketCode: string,
  until: number,
): Record<string, string> {
  return {
    FID_COND_MRKT_DIV_CODE: marketCode,
    FID_INPUT_ISCD: code,
    FID_INPUT_HOUR_1: kstCompactTime(until),
    FID_PW_DATA_INCU_YN: 'Y',
    FID_ETC_CLS_CODE: '',
  };
}

/** Of an earlier day: 120 rows a call, a year back. */
export function pastMinuteCandlesQuery(
  code: string,
  marketCode: string,
  until: number,
): Record<string, string> {
  return {
    FID_COND_MRKT_DIV_CODE: marketCode,
    FID_INPUT_ISCD: code,
    FID_INPUT_HOUR_1: kstCompactTime(until),
    FID_INPUT_DATE_1: compactDate(kstDate(until)),
    FID_PW_DATA_INCU_YN: 'Y',
    // No bars for minutes without a trade.
    FID_FAKE_TICK_INCU_YN: 'N',
  };
}

/** The last instant of a day's trading at the venue of the market code. */
export function lastMinuteOf(date: TradeDate, marketCode: string): number {
  if (!KRX_CALENDAR.isTradingDay(date)) return kstInstant(date, '15:30');
  const session = KRX_CALENDAR.sessionOf(date);
  const nxt = marketCode === 'J' ? undefined : nxtSessionOf(session);
  return nxt?.afterMarket.to ?? session.regular.to;
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

type ReadPage = (until: number) => Promise<readonly Candle[]>;

/**
 * Finished minutes of today, oldest first, at most `count`. The running minute is left out: asked
 * for the present, KIS gives it half done (and with the bar before it, until its first trade).
 * @param readPage reads the 30 minutes up to an instant
 */
export async function collectMinuteCandles(
  count: number,
  now: number,
  readPage: ReadPage,
): Promise<readonly Candle[]> {
  const running = minuteOf(now);
  const candles = await collectBackwards(running, count, readPage);
  const finished = candles.filter(({ start }) => start < running);
  return count > 0 ? finished.slice(-count) : [];
}

/**
 * All minutes of an earlier day, oldest first.
 * @param readPage reads the 120 minutes up to an instant
 */
export async function collectPastMinuteCandles(
  lastMinute: number,
  readPage: ReadPage,
): Promise<readonly Candle[]> {
  return await collectBackwards(lastMinute, Number.POSITIVE_INFINITY, readPage);
}

/** Pages of the day of `last` until `count` are there before it or nothing older comes. */
async function collectBackwards(
  last: number,
  count: number,
  readPage: ReadPage,
): Promise<readonly Candle[]> {
  const date = kstDate(last);
  const byStart = new Map<number, Candle>();
  const enough = (): boolean => [...byStart.keys()].filter((start) => start < last).length >= count;
  let until = last;
  for (let page = 0; page < PAGES_MAX && !enough(); page += 1) {
    const candles = (await readPage(until)).filter(({ start }) => kstDate(start) === date);
    const oldest = Math.min(...candles.map(({ start }) => start));
    for (const candle of candles) byStart.set(candle.start, candle);
    // Nothing older came: the day has begun here.
    if (candles.length === 0 || oldest > until || kstDate(oldest - MINUTE_MS) !== date) break;
    until = oldest - MINUTE_MS;
  }
  return [...byStart.values()].toSorted((a, b) => a.start - b.start);
}

function unreadable(what: string): BrokerError {
  return new BrokerError('BAD_REPLY', `itemchartprice row: ${what}`);
}
