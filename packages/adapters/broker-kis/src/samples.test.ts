import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { kstInstant, kstIso, parseTradeDate } from '@fleet/krx';
import type { BrokerBalance } from '@fleet/service-layer';
import { FEED_ROWS } from '../test/support/sample-feed-rows.ts';
import {
  approvalKey,
  bookLine,
  master,
  orderReply,
  type Read,
  refusal,
  reply,
  SAMPLE_DAY,
  type SampleRow,
  token,
} from '../test/support/sample-readers.ts';
import { ACCOUNT, amendment, newOrder } from '../test/support/sample-requests.ts';
import { describeWithSamples, sampleBytes, sampleFolder } from '../test/support/samples.ts';
import { balanceQuery, parseBalance } from './orders/balance.ts';
import { buyingPowerQuery, parseBuyingPower } from './orders/buying-power.ts';
import { orderListQuery, parseOrderList } from './orders/order-list.ts';
import { LIVE_PROFILE } from './profile.ts';
import { parseConditionHits, parseConditions } from './quotes/conditions.ts';
import { dailyCandlesQuery, parseDailyCandles } from './quotes/daily-candles.ts';
import { parseFluctuationRank } from './quotes/fluctuation-rank.ts';
import { holidaysQuery, parseOpenDays } from './quotes/holidays.ts';
import { minuteCandlesQuery, parseMinuteCandles } from './quotes/minute-candles.ts';
import { parseOrderBook } from './quotes/order-book.ts';
import { parseQuote, quoteQuery } from './quotes/quote.ts';
import { parseTurnoverRank } from './quotes/turnover-rank.ts';
import { parseInterruptions } from './quotes/volatility-interruptions.ts';

const at = (date: string, time: string): number => kstInstant(parseTradeDate(date), time);

const balance = reply((body) => shown(parseBalance([body])));

function shown(found: BrokerBalance): unknown {
  const { cashDeposit, settledCashD2, boughtTodayAmount, soldTodayAmount, costsToday } = found;
  return {
    cash: [cashDeposit, settledCashD2, boughtTodayAmount, soldTodayAmount, costsToday],
    holdings: found.holdings.map((one) => [
      one.symbol,
      one.quantity,
      one.sellableQuantity,
      one.averagePrice,
      one.boughtToday,
      one.soldToday,
    ]),
  };
}

/** [count, newest start, open, high, low, close, volume]. */
const minutes = reply((body) => {
  const candles = parseMinuteCandles(body);
  const [one] = candles;
  const start = kstIso(one?.start ?? 0).slice(0, 16);
  return [candles.length, start, one?.open, one?.high, one?.low, one?.close, one?.volume];
});

const timeOf = (instant: number): string => kstIso(instant).slice(11, 19);

const interruptions = reply((body) =>
  parseInterruptions(body).map((one) => [
    one.symbol,
    one.kind,
    timeOf(one.triggeredAt),
    timeOf(one.releasedAt ?? 0),
    one.triggerPrice,
    one.referencePrice,
    one.count,
  ]),
);

const firstRanks = (count: number, parse: typeof parseTurnoverRank): Read =>
  reply((body) => parse(body).slice(0, count));

const ranked = (...symbols: readonly string[]) =>
  symbols.map((symbol, index) => ({ symbol, rank: index + 1 }));

const REJECTED_ORDER = {
  request: 'PLACE',
  symbol: '009150',
  side: 'BUY',
  type: 'LIMIT',
  quantity: 10,
  price: '150000',
  filledQuantity: 0,
  filledAmount: '0',
  canceledQuantity: 0,
  rejectedQuantity: 10,
  leavesQuantity: 0,
};

const ROWS: Readonly<Record<string, SampleRow>> = {
  'README.md': { notOurs: 'words' },
  'README-sources.md': { notOurs: 'words' },
  'auth.approval.req.json': { asks: () => ({ grant_type: '', appkey: '', secretkey: '' }) },
  'auth.approval.res.json': { reads: approvalKey, gives: 'a2585daf-8c09-4587-9fce-8ab893XXXXX' },
  'auth.hashkey.req.json': { notOurs: 'the hash key is optional, and no order carries one' },
  'auth.hashkey.res.json': { notOurs: 'the hash key is optional, and no order carries one' },
  'auth.revokeP.req.json': { notOurs: 'a token is kept for the next start, never revoked' },
  'auth.revokeP.res.json': { notOurs: 'a token is kept for the next start, never revoked' },
  'auth.tokenP.req.json': { asks: () => ({ grant_type: '', appkey: '', appsecret: '' }) },
  'auth.tokenP.res.json': {
    reads: token,
    gives: { accessToken: '<redacted>', lifetimeMs: 86_400_000 },
  },
  'recorded/rest_tokenP.json': {
    reads: token,
    gives: { accessToken: '<REDACTED>', lifetimeMs: 86_400_000 },
  },
  'err.appkey-invalid.http403.json': {
    reads: refusal(403),
    gives: ['rejected', 'refused', 'EGW00103'],
  },
  'err.paper-not-business-day.http200.json': {
    reads: refusal(200),
    gives: ['rejected', 'refused', '40100000'],
  },
  // The reader of conditions takes it for an empty list.
  'err.psearch-zero-rows.json': {
    reads: refusal(200),
    gives: ['rejected', 'refused', 'MCA05918'],
  },
  'err.rate-limit.http500.json': {
    reads: refusal(500),
    gives: ['notExecuted', 'throttled', 'EGW00201'],
  },
  'err.token-1-per-minute.http403.json': {
    reads: refusal(403),
    gives: ['notExecuted', 'throttled', 'EGW00133'],
  },
  'err.token-expired.http500.json': {
    reads: refusal(500),
    gives: ['notExecuted', 'refreshToken', 'EGW00123'],
  },
  'kospi_code_sample.mst.zip': {
    reads: master('KOSPI'),
    gives: [
      ['000020', '동화약품', 'COMMON', '6060', 50_336],
      ['000040', 'KR모터스', 'COMMON', '431', 210_955],
      ['000050', '경방', 'COMMON', '10100', 82_930],
    ],
  },
  'kosdaq_code_sample.mst.zip': {
    reads: master('KOSDAQ'),
    gives: [
      ['000250', '삼천당제약', 'COMMON', '415500', 162_528],
      ['000440', '중앙에너비스', 'COMMON', '21600', 439_282],
      ['001000', '신라섬유', 'COMMON', '1677', 222_553],
    ],
  },
  'measured.ws0_20260817_sim_mutation_rejection.json': { notOurs: 'a report, no message of KIS' },
  'measured.ws0_20260817_subscription_acks.json': { notOurs: 'a report, no message of KIS' },
  'measured.ws0_20260817_subscription_capacity.json': { notOurs: 'a report, no message of KIS' },
  'rest.chk-holiday.req.json': { asks: () => holidaysQuery(SAMPLE_DAY) },
  'rest.chk-holiday.res.json': {
    reads: reply((body) => {
      const days = parseOpenDays(body);
      // The exchange is closed on the 30th though banks are open.
      return ['2022-12-29', '2022-12-30', '2023-01-01', '2023-01-02'].map((day) =>
        days.get(parseTradeDate(day)),
      );
    }),
    gives: [true, false, false, true],
  },
  'rest.inquire-asking-price-exp-ccn.req.json': { asks: () => quoteQuery('000660', 'J') },
  'rest.inquire-asking-price-exp-ccn.res.json': {
    reads: reply((body) => bookLine(parseOrderBook('000660', body, SAMPLE_DAY))),
    gives: ['16:00:00', '128000', 69_454, '127500', 83_147, 830_005, 250_849],
  },
  'recorded/rest_inquire-asking-price_005930_20260527.json': {
    reads: reply((body) => bookLine(parseOrderBook('005930', body, SAMPLE_DAY))),
    gives: ['15:08:22', '307500', 2_588, '307000', 20_697, 128_407, 268_292],
  },
  'rest.inquire-balance.req.json': {
    asks: () => ({ ...balanceQuery(ACCOUNT), CTX_AREA_FK100: '', CTX_AREA_NK100: '' }),
  },
  'rest.inquire-balance.res.json': {
    reads: balance,
    gives: {
      cash: ['346455', '346455', '0', '0', '0'],
      // For cash and on credit: (224424497 + 369000) / 1660.
      holdings: [['009150', 1660, 1614, '135417.7693', 1686, 41]],
    },
  },
  'rest.inquire-balance.paper.2022.res.json': {
    reads: balance,
    gives: {
      cash: ['500000000', '499388547', '1219800', '610000', '1653'],
      holdings: [['005930', 10, 10, '60990', 20, 10]],
    },
  },
  'recorded/rest_inquire-balance_paper_holding.json': {
    reads: balance,
    gives: {
      cash: ['10000000', '9004860', '995000', '0', '140'],
      holdings: [['005930', 4, 4, '248750', 4, 0]],
    },
  },
  'rest.inquire-balance.paper.20260610-output2.json': {
    reads: (bytes) => {
      const totals: unknown = JSON.parse(bytes.toString('utf8'));
      const { settledCashD2, holdings } = parseBalance([{ output1: [], output2: totals }]);
      return [settledCashD2.toFixed(), holdings];
    },
    gives: ['10035849', []],
  },
  'rest.inquire-ccnl.req.json': { notOurs: 'the last trades come by the feed' },
  'rest.inquire-ccnl.res.json': { notOurs: 'the last trades come by the feed' },
  'rest.inquire-daily-ccld.req.json': {
    asks: () => ({
      ...orderListQuery(ACCOUNT, SAMPLE_DAY, LIVE_PROFILE),
      CTX_AREA_FK100: '',
      CTX_AREA_NK100: '',
    }),
    also: ['EXCG_ID_DVSN_CD'],
  },
  'rest.inquire-daily-ccld.res.json': {
    reads: reply((body) => parseOrderList([body])),
    gives: [
      {
        ...REJECTED_ORDER,
        key: { date: '2022-01-03', branch: '06010', number: '1568197' },
        acceptedAt: at('2022-01-03', '17:01:00'),
      },
      {
        ...REJECTED_ORDER,
        key: { date: '2022-01-03', branch: '06010', number: '1568196' },
        acceptedAt: at('2022-01-03', '17:00:38'),
      },
    ],
  },
  'rest.inquire-daily-itemchartprice.req.json': {
    asks: () => ({
      input: dailyCandlesQuery('000660', 'J', {
        from: SAMPLE_DAY,
        to: SAMPLE_DAY,
        prices: 'adjusted',
      }),
    }),
  },
  'rest.inquire-daily-itemchartprice.res.json': {
    reads: reply(parseDailyCandles),
    gives: [
      {
        date: '2022-05-09',
        open: '107000',
        high: '109000',
        low: '106500',
        close: '107500',
        volume: 2_203_472,
        turnover: '237914727500',
      },
    ],
  },
  'rest.inquire-daily-price.req.json': { notOurs: 'the daily chart says the same and more' },
  'rest.inquire-daily-price.res.json': { notOurs: 'the daily chart says the same and more' },
  'rest.inquire-investor.req.json': { notOurs: 'no strategy looks at who trades' },
  'rest.inquire-investor.res.json': { notOurs: 'no strategy looks at who trades' },
  'rest.inquire-member.req.json': { notOurs: 'no strategy looks at who trades' },
  'rest.inquire-member.res.json': { notOurs: 'no strategy looks at who trades' },
  'rest.inquire-price.req.json': { asks: () => quoteQuery('000660', 'J') },
  'rest.inquire-price.res.json': {
    reads: reply((body) => parseQuote('000660', body, 5)),
    gives: {
      symbol: '000660',
      at: 5,
      lastPrice: '128500',
      bidSize: 0,
      askSize: 0,
      open: '128500',
      high: '130000',
      low: '128500',
      previousClose: '128500',
      upperLimit: '167000',
      lowerLimit: '90000',
      volume: 2_669_075,
      turnover: '344570137500',
      halted: false,
      volatilityInterrupted: false,
    },
  },
  'rest.inquire-psbl-order.req.json': {
    asks: () => buyingPowerQuery(ACCOUNT, { pdno: '005930', type: 'MARKET', price: undefined }),
  },
  'rest.inquire-psbl-order.res.json': {
    reads: reply(parseBuyingPower),
    gives: { amount: '107177377', quantity: 1_531 },
  },
  'rest.inquire-psbl-rvsecncl.req.json': { notOurs: 'open orders come from the order list' },
  'rest.inquire-psbl-rvsecncl.res.json': { notOurs: 'open orders come from the order list' },
  'rest.inquire-time-itemchartprice.req.json': {
    asks: () => minuteCandlesQuery('000660', 'J', at('2026-05-27', '10:00:00')),
  },
  'rest.inquire-time-itemchartprice.res.json': {
    reads: minutes,
    gives: [2, '2022-09-02T10:00', '92400', '92500', '92400', '92500', 1_383],
  },
  'recorded/rest_inquire-time-itemchartprice_005930_20260527.json': {
    reads: minutes,
    gives: [30, '2026-05-27T15:30', '307000', '307500', '307000', '307000', 37_333],
  },
  'rest.inquire-time-itemconclusion.req.json': { notOurs: 'the trades come by the feed' },
  'rest.inquire-time-itemconclusion.res.json': { notOurs: 'the trades come by the feed' },
  'recorded/rest_inquire-time-itemconclusion_005930_20260527.json': {
    notOurs: 'the trades come by the feed',
  },
  'rest.inquire-vi-status.portal.res.json': {
    reads: interruptions,
    gives: [
      ['337120', 'DYNAMIC', '17:40:12', '17:42:12', '12135', '13275', 2],
      ['038060', 'DYNAMIC', '17:40:08', '17:42:10', '1337', '1241', 1],
      ['001880', 'DYNAMIC', '17:30:30', '17:32:34', '14000', '14990', 2],
    ],
  },
  'rest.inquire-vi-status.real-20260527.res.json': {
    reads: interruptions,
    gives: [
      ['007120', 'DYNAMIC', '18:00:30', '18:02:38', '1496', '1361', 4],
      ['007120', 'DYNAMIC', '17:30:30', '17:32:32', '1361', '1496', 3],
      ['007120', 'DYNAMIC', '17:10:30', '17:12:26', '1497', '1361', 2],
    ],
  },
  'rest.inquire-vi-status.real-20260716.res.json': {
    reads: interruptions,
    gives: [['004310', 'STATIC', '09:13:33', '09:15:50', '7700', '7000', 1]],
  },
  'rest.order-cash.req.json': {
    asks: newOrder,
    also: ['EXCG_ID_DVSN_CD', 'SLL_TYPE', 'CNDT_PRIC'],
  },
  'rest.order-cash.res.json': {
    reads: orderReply,
    gives: ['accepted', 'APBK0013', '06010', '1569157'],
  },
  'rest.order-cash.buy.mojito.res.json': {
    reads: orderReply,
    gives: ['accepted', 'APBK0013', '91252', '117057'],
  },
  'rest.order-cash.live.20xx.res.json': {
    reads: orderReply,
    gives: [
      ['accepted', 'APBK0013', '06590', '6555'],
      ['accepted', 'APBK0013', '01790', '30138295'],
    ],
  },
  'rest.order-cash.paper-buy.2022.res.json': {
    reads: orderReply,
    gives: ['accepted', '40600000', '00950', '2696'],
  },
  'rest.order-cash.paper-buy.20260610.res.json': {
    reads: orderReply,
    gives: ['accepted', '40600000', '00950', '38614'],
  },
  'rest.order-cash.sor-odno.res.json': {
    reads: orderReply,
    gives: ['accepted', 'APBK0013', '03930', '85100'],
  },
  'rest.order-resv.req.json': { notOurs: 'an order for another day is never placed' },
  'rest.order-resv.res.json': { notOurs: 'an order for another day is never placed' },
  'rest.order-rvsecncl.req.json': { asks: amendment, also: ['EXCG_ID_DVSN_CD', 'CNDT_PRIC'] },
  'rest.order-rvsecncl.res.json': {
    reads: orderReply,
    gives: ['accepted', 'APBK0013', '06010', '1569139'],
  },
  'rest.order-rvsecncl.paper-amend.2022.res.json': {
    reads: orderReply,
    gives: ['accepted', '40620000', '00950', '2933'],
  },
  'rest.paper-day-20260611.series.json': {
    notOurs:
      'excerpts of a day; the costs in it pin the cost rules of the domain and the simulator',
  },
  'rest.psearch-title.res.json': {
    reads: reply(parseConditions),
    gives: [
      { key: '0', group: '임시그룹', name: 'RSI전략1_14_9_PER_부채비율' },
      { key: '1', group: '임시그룹', name: '모멘텀전략1_5_3_PER_부채비율' },
    ],
  },
  'rest.psearch-result.res.json': {
    reads: reply(parseConditionHits),
    gives: ['000120', '002320'],
  },
  'rest.volume-rank.res.json': {
    reads: firstRanks(3, parseTurnoverRank),
    gives: ranked('005930', '034020', '034220'),
  },
  'recorded/rest_volume-rank_paper_20260720.json': {
    reads: firstRanks(2, parseTurnoverRank),
    gives: ranked('000660', '005930'),
  },
  'recorded/rest_fluctuation_prod_20260720.json': {
    reads: firstRanks(2, parseFluctuationRank),
    gives: ranked('376900', '365660'),
  },
  ...FEED_ROWS,
};

/** Every path of keys, whatever their case: 'body.input.tr_id'. */
function keysOf(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [path.slice(1).toLowerCase()];
  return Object.entries(value).flatMap(([key, inner]) => keysOf(inner, `${path}.${key}`));
}

const files =
  sampleFolder === undefined
    ? []
    : readdirSync(sampleFolder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice((sampleFolder ?? '').length + 1));

describeWithSamples('published samples', () => {
  it('all have a row', () => {
    expect(files.toSorted()).toEqual(Object.keys(ROWS).toSorted());
  });

  const withValues = Object.entries(ROWS).flatMap(([name, row]) =>
    'reads' in row ? [{ name, row }] : [],
  );
  it.each(withValues)('$name gives what is stated', ({ name, row }) => {
    expect(row.reads(sampleBytes(`kis/samples/${name}`))).toEqual(row.gives);
  });

  const requests = Object.entries(ROWS).flatMap(([name, row]) =>
    'asks' in row ? [{ name, row }] : [],
  );
  it.each(requests)('$name has the keys that we send', ({ name, row }) => {
    const sample: unknown = JSON.parse(sampleBytes(`kis/samples/${name}`).toString('utf8'));
    const since = (row.also ?? []).map((key) => key.toLowerCase());
    expect(keysOf(row.asks()).toSorted()).toEqual([...keysOf(sample), ...since].toSorted());
  });

  it('are left aside only with a reason', () => {
    for (const row of Object.values(ROWS)) {
      expect('notOurs' in row ? row.notOurs.length : 10).toBeGreaterThan(4);
    }
  });
});
