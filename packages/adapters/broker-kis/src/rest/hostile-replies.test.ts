import { describe, expect, it } from '@jest/globals';
import { BrokerError } from '@fleet/service-layer';
import { parseTradeDate } from '@fleet/krx';
import { Decimal } from 'decimal.js';
import * as fc from 'fast-check';
import { judgeOrderReply, judgeReadReply } from '../answers.ts';
import { readApprovalReply, readTokenReply } from '../credentials/oauth-reply.ts';
import { parseControlMessage } from '../feed/control-message.ts';
import { parseBalance } from '../orders/balance.ts';
import { parseBuyingPower } from '../orders/buying-power.ts';
import { parseOrderList } from '../orders/order-list.ts';
import { parseSellable } from '../orders/sellable.ts';
import { parseConditionHits, parseConditions } from '../quotes/conditions.ts';
import { parseDailyCandles } from '../quotes/daily-candles.ts';
import { parseFluctuationRank } from '../quotes/fluctuation-rank.ts';
import { parseOpenDays } from '../quotes/holidays.ts';
import { parseInstrumentInfo } from '../quotes/instrument-info.ts';
import { parseMarketTime } from '../quotes/market-time.ts';
import { parseMinuteCandles } from '../quotes/minute-candles.ts';
import { parseOrderBook } from '../quotes/order-book.ts';
import { parseQuote, parseQuotes } from '../quotes/quote.ts';
import { parseTurnoverRank } from '../quotes/turnover-rank.ts';
import { parseInterruptions } from '../quotes/volatility-interruptions.ts';
import { parseEnvelope, type ReplyRow } from './envelope.ts';

const DAY = parseTradeDate('2026-03-12');

type Fields = Readonly<Record<string, string>>;

/** A reply that a parser takes, and which of its result's numbers stands in which key. */
interface Subject {
  readonly name: string;
  readonly row: Fields;
  readonly bodyOf: (row: unknown) => ReplyRow;
  /** Result as text by wire key; '' for a value that the result leaves out. */
  readonly read: (body: ReplyRow) => Readonly<Record<string, string>> | undefined;
}

const text = (value: number | Decimal | undefined): string =>
  value === undefined ? '' : value.toString();

const TOTALS = {
  dnca_tot_amt: '10000001',
  prvs_rcdl_excc_amt: '9004862',
  thdt_buy_amt: '995003',
  thdt_sll_amt: '104',
  thdt_tlex_amt: '145',
};

const SUBJECTS: readonly Subject[] = [
  {
    name: 'order list',
    row: {
      ord_dt: '20260312',
      ord_gno_brno: '00950',
      odno: '0000000007',
      orgn_odno: '',
      sll_buy_dvsn_cd: '02',
      pdno: '005930',
      ord_qty: '10',
      ord_unpr: '70000',
      ord_tmd: '093001',
      ord_dvsn_cd: '00',
      tot_ccld_qty: '4',
      tot_ccld_amt: '279901',
      rmn_qty: '6',
      rjct_qty: '1',
      cnc_cfrm_qty: '2',
    },
    bodyOf: (row) => ({ output1: row }),
    read: (body) => {
      const [order] = parseOrderList([body]);
      return order === undefined
        ? undefined
        : {
            ord_qty: text(order.quantity),
            ord_unpr: text(order.price),
            tot_ccld_qty: text(order.filledQuantity),
            tot_ccld_amt: order.filledAmount.toFixed(),
            rmn_qty: text(order.leavesQuantity),
            rjct_qty: text(order.rejectedQuantity),
            cnc_cfrm_qty: text(order.canceledQuantity),
          };
    },
  },
  {
    name: 'balance totals',
    row: TOTALS,
    bodyOf: (row) => ({ output1: [], output2: row }),
    read: (body) => {
      const balance = parseBalance([body]);
      return {
        dnca_tot_amt: balance.cashDeposit.toFixed(),
        prvs_rcdl_excc_amt: balance.settledCashD2.toFixed(),
        thdt_buy_amt: balance.boughtTodayAmount.toFixed(),
        thdt_sll_amt: balance.soldTodayAmount.toFixed(),
        thdt_tlex_amt: balance.costsToday.toFixed(),
      };
    },
  },
  {
    name: 'holding',
    row: {
      pdno: '005930',
      hldg_qty: '14',
      ord_psbl_qty: '13',
      pchs_avg_pric: '248750.2517',
      pchs_amt: '3482504',
      thdt_buyqty: '5',
      thdt_sll_qty: '2',
    },
    bodyOf: (row) => ({ output1: row, output2: [TOTALS] }),
    read: (body) => {
      const [holding] = parseBalance([body]).holdings;
      return holding === undefined
        ? undefined
        : {
            hldg_qty: text(holding.quantity),
            ord_psbl_qty: text(holding.sellableQuantity),
            pchs_avg_pric: holding.averagePrice.toFixed(),
            thdt_buyqty: text(holding.boughtToday),
            thdt_sll_qty: text(holding.soldToday),
          };
    },
  },
  {
    name: 'buying power',
    row: { nrcvb_buy_amt: '107177377', nrcvb_buy_qty: '1531', max_buy_amt: '9', max_buy_qty: '9' },
    bodyOf: (row) => ({ output: row }),
    read: (body) => {
      const power = parseBuyingPower(body);
      return { nrcvb_buy_amt: power.amount.toFixed(), nrcvb_buy_qty: text(power.quantity) };
    },
  },
  {
    name: 'quote',
    row: {
      iscd_stat_cls_code: '55',
      temp_stop_yn: 'N',
      vi_cls_code: 'N',
      stck_prpr: '128500',
      stck_oprc: '128501',
      stck_hgpr: '130000',
      stck_lwpr: '128400',
      stck_mxpr: '167000',
      stck_llam: '90000',
      stck_sdpr: '128600',
      acml_vol: '2669075',
      acml_tr_pbmn: '344570137500',
    },
    bodyOf: (row) => ({ output: row }),
    read: (body) => {
      const quote = parseQuote('000660', body, 0);
      return {
        stck_prpr: quote.lastPrice.toFixed(),
        stck_oprc: text(quote.open),
        stck_hgpr: text(quote.high),
        stck_lwpr: text(quote.low),
        stck_mxpr: quote.upperLimit.toFixed(),
        stck_llam: quote.lowerLimit.toFixed(),
        stck_sdpr: quote.previousClose.toFixed(),
        acml_vol: text(quote.volume),
        acml_tr_pbmn: quote.turnover.toFixed(),
      };
    },
  },
  {
    name: 'multi-quote',
    row: {
      inter_shrn_iscd: '005930',
      inter2_prpr: '70000',
      inter2_oprc: '69900',
      inter2_hgpr: '70500',
      inter2_lwpr: '69800',
      inter2_mxpr: '91000',
      inter2_llam: '49000',
      inter2_askp: '70100',
      inter2_bidp: '69950',
      seln_rsqn: '11',
      shnu_rsqn: '12',
      inter2_sdpr: '70200',
      acml_vol: '123',
      acml_tr_pbmn: '8610000',
    },
    bodyOf: (row) => ({ output: row }),
    read: (body) => {
      const [quote] = parseQuotes(body, 0);
      return quote === undefined
        ? undefined
        : {
            inter2_prpr: quote.lastPrice.toFixed(),
            inter2_oprc: text(quote.open),
            inter2_hgpr: text(quote.high),
            inter2_lwpr: text(quote.low),
            inter2_mxpr: quote.upperLimit.toFixed(),
            inter2_llam: quote.lowerLimit.toFixed(),
            inter2_askp: text(quote.ask),
            inter2_bidp: text(quote.bid),
            seln_rsqn: text(quote.askSize),
            shnu_rsqn: text(quote.bidSize),
            acml_vol: text(quote.volume),
            acml_tr_pbmn: quote.turnover.toFixed(),
          };
    },
  },
  {
    name: 'minute',
    row: {
      stck_bsop_date: '20260312',
      stck_cntg_hour: '100000',
      stck_prpr: '101',
      stck_oprc: '102',
      stck_hgpr: '110',
      stck_lwpr: '99',
      cntg_vol: '7',
    },
    bodyOf: (row) => ({ output2: row }),
    read: (body) => {
      const [candle] = parseMinuteCandles(body);
      return candle === undefined
        ? undefined
        : {
            stck_prpr: candle.close.toFixed(),
            stck_oprc: candle.open.toFixed(),
            stck_hgpr: candle.high.toFixed(),
            stck_lwpr: candle.low.toFixed(),
            cntg_vol: text(candle.volume),
          };
    },
  },
  {
    name: 'order book',
    row: {
      aspr_acpt_hour: '150822',
      ...Object.fromEntries(
        Array.from({ length: 10 }, (_, index) => [
          [`askp${index + 1}`, String(3075 + index)],
          [`bidp${index + 1}`, String(3070 - index)],
          [`askp_rsqn${index + 1}`, String(100 + index)],
          [`bidp_rsqn${index + 1}`, String(200 + index)],
        ]).flat(),
      ),
    },
    bodyOf: (row) => ({ output1: row }),
    read: (body) => {
      const { asks, bids } = parseOrderBook('005930', body, DAY);
      return Object.fromEntries([
        ...asks.flatMap(({ price, size }, index) => [
          [`askp${index + 1}`, text(price)],
          [`askp_rsqn${index + 1}`, text(size)],
        ]),
        ...bids.flatMap(({ price, size }, index) => [
          [`bidp${index + 1}`, text(price)],
          [`bidp_rsqn${index + 1}`, text(size)],
        ]),
      ]);
    },
  },
];

const REFUSED = 'BAD_REPLY';

/** BAD_REPLY, or the values; anything else that is thrown fails the test. */
function taken(subject: Subject, body: ReplyRow): Fields | undefined | typeof REFUSED {
  try {
    return subject.read(body);
  } catch (error) {
    if (error instanceof BrokerError && error.code === 'BAD_REPLY') return REFUSED;
    throw error;
  }
}

function outcomeOf<T>(action: () => T): T | BrokerError {
  try {
    return action();
  } catch (error) {
    if (error instanceof BrokerError) return error;
    throw error;
  }
}

const subject = fc.constantFrom(...SUBJECTS);

const DIGITS = fc.stringMatching(/^\d{1,16}$/);
/** What stands in a field, good and bad. */
const value = fc.oneof(
  DIGITS,
  fc
    .tuple(
      fc.constantFrom('', ' ', '000', '+', '-', '-00'),
      DIGITS,
      fc.constantFrom('', ' ', '.0', '.50', '.'),
    )
    .map((parts) => parts.join('')),
  fc.constantFrom(
    '',
    ' ',
    '(null)',
    '0',
    '1,000',
    '1e5',
    '0x10',
    'NaN',
    'Infinity',
    '--5',
    '1.5.2',
  ),
  fc.constantFrom('１２', '٣', '1 2', '12\u0000', '12\n', 'null', '-0', '1_000', '12원'),
  fc.string(),
);

/** The number that a person reads in a field; undefined for none. Not the adapter's own reading. */
function meant(field: string): Decimal | undefined {
  const bare = field.trim() === '(null)' ? '' : field.trim();
  return /^[+-]?[0-9]+(\.[0-9]+)?$/.test(bare) ? new Decimal(bare) : undefined;
}

function isShownRight(field: string, shown: string): boolean {
  const number = meant(field);
  // A price of zero and a blank are no price; a blank quantity that may be missing is none.
  const isNone = number === undefined ? field.trim().replace('(null)', '') === '' : number.isZero();
  if (number === undefined) return isNone && ['', '0'].includes(shown);
  return shown === '' ? isNone : number.eq(shown);
}

describe('a reply with one field changed', () => {
  it.each(SUBJECTS.map((each) => [each.name, each] as const))(
    '%s: unchanged, every number is the one of its key',
    (_, each) => {
      const values = taken(each, each.bodyOf(each.row));
      if (values === undefined || values === REFUSED) throw new Error('not taken');
      for (const [key, shown] of Object.entries(values)) {
        expect([key, shown]).toEqual([key, new Decimal(each.row[key] ?? '').toFixed()]);
      }
    },
  );

  it('shows the changed number, none, or is refused: never another one', () => {
    fc.assert(
      fc.property(subject, fc.nat(), value, (each, at, changed) => {
        const keys = Object.keys(each.row);
        const key = keys[at % keys.length] ?? '';
        const row = { ...each.row, [key]: changed };
        const values = taken(each, each.bodyOf(row));
        if (values === undefined || values === REFUSED) return;
        // One look at all of them: an expect for each takes ten times as long as the readers.
        const wrong = Object.entries(values).filter(
          ([name, shown]) => !isShownRight(row[name] ?? '', shown),
        );
        expect(wrong.map(([name, shown]) => [name, shown, row[name]])).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  it('with a key missing is refused or shows nothing in its place', () => {
    for (const each of SUBJECTS) {
      for (const key of Object.keys(each.row)) {
        const { [key]: _gone, ...row } = each.row;
        const values = taken(each, each.bodyOf(row));
        if (values === undefined || values === REFUSED || !(key in values)) continue;
        expect([each.name, key, ['', '0'].includes(values[key] ?? '')]).toEqual([
          each.name,
          key,
          true,
        ]);
      }
    }
  });
});

describe('any JSON at all', () => {
  const keys = fc.constantFrom(
    ...new Set(
      SUBJECTS.flatMap(({ row }) => Object.keys(row)).concat(
        ['output', 'output1', 'output2', 'rt_cd', 'msg_cd', 'msg1', 'header', 'body'],
        [
          'bass_dt',
          'opnd_yn',
          'stck_clpr',
          'mksc_shrn_iscd',
          'data_rank',
          'stck_shrn_iscd',
          'code',
        ],
        ['access_token', 'expires_in', 'approval_key', '__proto__', 'constructor', 'tr_id'],
      ),
    ),
  );
  const { json } = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 5 },
      value,
      fc.integer(),
      fc.double(),
      fc.constantFrom(null, true, false),
      fc.array(tie('json'), { maxLength: 4 }),
      fc.dictionary(keys, tie('json'), { maxKeys: 8 }),
    ),
  }));
  const noise = fc.oneof(
    fc.string(),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('utf8')),
    json.map((data) => JSON.stringify(data)),
    // Cut off somewhere.
    fc.tuple(json, fc.nat()).map(([data, at]) => {
      const whole = JSON.stringify({ output1: data });
      return whole.slice(0, at % (whole.length + 1));
    }),
  );

  it('is an envelope or none, and means something for an order and for a read', () => {
    fc.assert(
      fc.property(noise, fc.integer({ min: 100, max: 599 }), (reply, status) => {
        const envelope = parseEnvelope(reply);
        expect(['accepted', 'rejected', 'notExecuted', 'unknown']).toContain(
          judgeOrderReply(status, envelope).verdict,
        );
        expect(judgeReadReply(status, envelope).code).not.toBe('');
        expect(() => parseControlMessage(reply)).not.toThrow();
      }),
      { numRuns: 3000 },
    );
  });

  it('gives values or BAD_REPLY, whatever the parser', () => {
    fc.assert(
      fc.property(subject, json, (each, data) => {
        const body = parseEnvelope(JSON.stringify({ any: data }))?.body['any'];
        const row: ReplyRow = { output: body, output1: body, output2: body };
        expect(() => taken(each, row)).not.toThrow();
        expect(() => taken(each, each.bodyOf(body))).not.toThrow();
      }),
      { numRuns: 3000 },
    );
  });

  it.each<[string, (body: ReplyRow) => unknown]>([
    ['open days', parseOpenDays],
    ['a daily chart', parseDailyCandles],
    ['a rank of turnover', parseTurnoverRank],
    ['a rank of change', parseFluctuationRank],
    ['saved conditions', parseConditions],
    ['what meets a condition', parseConditionHits],
    ['interruptions', parseInterruptions],
    ['stock info', (body) => parseInstrumentInfo('005930', body)],
    ['market time', parseMarketTime],
    ['a sellable quantity', parseSellable],
  ])('gives %s or BAD_REPLY', (_, parse) => {
    fc.assert(
      fc.property(json, (data) => {
        const body: ReplyRow = { output: data, output1: data, output2: data };
        const found = outcomeOf(() => parse(body));
        expect(found instanceof BrokerError ? found.code : 'BAD_REPLY').toBe('BAD_REPLY');
      }),
      { numRuns: 300 },
    );
  });

  it('gives a token that fits into a header, or a BrokerError', () => {
    fc.assert(
      fc.property(noise, fc.constantFrom(200, 200, 403, 500), (reply, status) => {
        const result = { kind: 'reply', status, headers: {}, body: Buffer.from(reply) } as const;
        for (const read of [readTokenReply, readApprovalReply]) {
          const found = outcomeOf(() => read(result));
          const secret =
            typeof found === 'object' && 'accessToken' in found ? found.accessToken : found;
          expect(secret instanceof BrokerError || /^[\x21-\x7e]+$/.test(secret)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each([1_000, 20_000, 500_000])('nested %i deep overflows nothing', (depth) => {
    const list = '['.repeat(depth) + ']'.repeat(depth);
    for (const reply of [list, `{"a":${list},"A":${list}}`, `{"output1":[{"pdno":${list}}]}`]) {
      const body = parseEnvelope(reply)?.body;
      expect(() => JSON.stringify(body)).not.toThrow();
      expect(() => parseControlMessage(reply)).not.toThrow();
    }
  });
});
