import {
  compactDate,
  KRX_CALENDAR,
  kstCompactTime,
  kstDate,
  kstInstant,
  type TradeDate,
  weekdayOf,
} from '@fleet/krx';
import type { EndpointContext } from '../endpoint.ts';
import { yesNo } from '../fields.ts';
import { readDate } from '../../day/trade-dates.ts';
import { badInput, MORE_FOLLOWS, QUOTE_OK } from '../messages.ts';
import { type KisReply, reply } from '../reply.ts';
import type { KisRequest } from '../request.ts';
import { quotation } from './quote-endpoint.ts';

const DAYS = 25;
const DAY_MS = 86_400_000;

/** 국내휴장일조회: twenty-five days from BASS_DT on. Not offered on paper. */
export const checkHoliday = {
  ...quotation({
    name: 'chk-holiday',
    trId: 'CTCA0903R',
    onPaper: 'NOT_A_PAPER_TR',
    required: ['BASS_DT', 'CTX_AREA_NK', 'CTX_AREA_FK'],
    handle: holidays,
  }),
  paper: ['CTCA0903R', 'VTCA0903R'],
};

/** 국내선물 영업일조회: five business days around today, and the session. Not offered on paper. */
export const marketTime = quotation({
  name: 'market-time',
  trId: 'HHMCM000002C0',
  onPaper: 'NOT_A_PAPER_TR',
  required: [],
  handle: businessDays,
});

function holidays(request: KisRequest): KisReply {
  const start = readDate(request.param('BASS_DT'));
  if (start === undefined) return reply(badInput('BASS_DT'));
  const sentKey = readDate(request.param('CTX_AREA_NK'));
  const isContinued = request.header('tr_cont') === 'N' && sentKey !== undefined;
  const first = isContinued ? dayAfter(sentKey) : start;
  const days = Array.from({ length: DAYS }, (_, index) => dayAfter(first, index)).filter((day) =>
    KRX_CALENDAR.covers(day),
  );
  const last = days.at(-1);
  const output = {
    ctx_area_nk: (last === undefined ? '' : compactDate(last)).padEnd(20),
    ctx_area_fk: compactDate(start).padEnd(20),
    output: days.map(dayRow),
  };
  return days.length < DAYS ? reply(QUOTE_OK, output, 'E') : reply(MORE_FOLLOWS, output, 'M');
}

/** wday_dvsn_cd: 01 Sunday … 07 Saturday. tr_day_yn is Y on every recorded day. */
function dayRow(day: TradeDate): Record<string, string> {
  const isOpen = KRX_CALENDAR.isTradingDay(day);
  const closure = KRX_CALENDAR.closureOf(day);
  // Banks work on the exchange's own year-end closing day; on Labour Day they do not.
  const isBankDay = isOpen || (closure?.kind === 'EXCHANGE_CLOSURE' && !day.endsWith('-05-01'));
  return {
    bass_dt: compactDate(day),
    wday_dvsn_cd: `0${weekdayOf(day) + 1}`,
    bzdy_yn: yesNo(isBankDay),
    tr_day_yn: 'Y',
    opnd_yn: yesNo(isOpen),
    sttl_day_yn: yesNo(isOpen),
  };
}

function businessDays(_request: KisRequest, { exchange }: EndpointContext): KisReply {
  const today = exchange.tradeDate();
  const session = exchange.session();
  const output1 = {
    date1: compactDate(KRX_CALENDAR.add(today, -2)),
    date2: compactDate(KRX_CALENDAR.add(today, -1)),
    date3: compactDate(today),
    date4: compactDate(KRX_CALENDAR.add(today, 1)),
    date5: compactDate(KRX_CALENDAR.add(today, 2)),
    today: compactDate(kstDate(exchange.now())),
    time: kstCompactTime(exchange.now()),
    s_time: kstCompactTime(session.regular.from),
    e_time: kstCompactTime(session.regular.to),
  };
  return reply(QUOTE_OK, { output1 });
}

function dayAfter(day: TradeDate, days = 1): TradeDate {
  return kstDate(kstInstant(day, '00:00') + days * DAY_MS);
}
