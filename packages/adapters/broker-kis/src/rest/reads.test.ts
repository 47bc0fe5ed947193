import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { kstInstant, parseTradeDate } from '@fleet/krx';
import { Decimal } from 'decimal.js';
import * as fc from 'fast-check';
import { BrokerError } from '@fleet/service-layer';
import { makeTestAdapter } from '../../test/support/adapter-kit.ts';
import { closedPortUrl, FakeKisServer, type Reply } from '../../test/support/fake-kis-server.ts';
import { LIVE_PROFILE, PAPER_PROFILE } from '../profile.ts';
import { parseBalance } from '../orders/balance.ts';
import { parseOrderList } from '../orders/order-list.ts';
import { parseQuote, parseQuotes } from '../quotes/quote.ts';

const LIST = '/uapi/domestic-stock/v1/trading/inquire-daily-ccld';
const BALANCE = '/uapi/domestic-stock/v1/trading/inquire-balance';
const PRICE = '/uapi/domestic-stock/v1/quotations/inquire-price';
const BOOK = '/uapi/domestic-stock/v1/quotations/inquire-asking-price-exp-ccn';
const QUOTES = '/uapi/domestic-stock/v1/quotations/intstock-multprice';
const HOLIDAYS = '/uapi/domestic-stock/v1/quotations/chk-holiday';
const DAY = parseTradeDate('2026-03-12');
const ACCOUNT = '50012345-01';

const orderRow = (number: string, changes: Readonly<Record<string, string>> = {}) => ({
  ord_dt: '20260312',
  ord_gno_brno: '00950',
  odno: number.padStart(10, '0'),
  orgn_odno: '',
  sll_buy_dvsn_cd: '02',
  pdno: '005930      ',
  ord_qty: '10',
  ord_unpr: '70000',
  ord_tmd: '093001',
  ord_dvsn_cd: '00',
  tot_ccld_qty: '4',
  avg_prvs: '69975.0000',
  tot_ccld_amt: '279900',
  cnc_cfrm_qty: '0',
  rmn_qty: '6',
  rjct_qty: '0',
  an_extra_column: 'x',
  ...changes,
});

const page = (rows: readonly unknown[], nextKey = '', more = false): Reply => ({
  headers: { tr_cont: more ? 'F' : 'D' },
  body: {
    rt_cd: '0',
    msg_cd: '20310000',
    msg1: '모의투자 조회가 완료되었습니다.      ',
    ctx_area_fk100: 'FK^01^'.padEnd(100),
    ctx_area_nk100: nextKey.padEnd(100),
    output1: rows,
    output2: {},
  },
});

describe('reads', () => {
  let server: FakeKisServer;
  let kit: ReturnType<typeof makeTestAdapter>;

  beforeEach(async () => {
    server = await new FakeKisServer().start();
    kit = makeTestAdapter(server.url);
  });

  afterEach(async () => {
    await kit.adapter.close();
    await server.stop();
  });

  const orders = async () => await kit.adapter.broker.getOrders(ACCOUNT, DAY);

  it('bring all pages of the order list, keys sent back as they came', async () => {
    const pages = [page([orderRow('1'), orderRow('2')], 'A', true), page([orderRow('3')])];
    server.routes.set(LIST, () => pages.shift() ?? { status: 500 });
    const before = kit.clock.now();
    const list = await orders();
    expect(list.orders.map(({ key }) => key.number)).toEqual(['1', '2', '3']);
    expect([list.date, list.readStartedAt]).toEqual([DAY, before]);
    const [first, second] = server.callsTo('inquire-daily-ccld');
    expect([first?.headers['tr_cont'], second?.headers['tr_cont']]).toEqual(['', 'N']);
    expect(first?.query.get('CTX_AREA_NK100')).toBe('');
    expect(second?.query.get('CTX_AREA_FK100')).toBe('FK^01^'.padEnd(100));
    expect(second?.query.get('CTX_AREA_NK100')).toBe('A'.padEnd(100));
    expect(first?.query.get('EXCG_ID_DVSN_CD')).toBe('KRX');
    expect(first?.headers['tr_id']).toBe('VTTC0081R');
  });

  it('map an order row to exact values', async () => {
    server.routes.set(LIST, () =>
      page([
        orderRow('12'),
        orderRow('13', {
          orgn_odno: '0000000012',
          cncl_cfrm_qty: '6',
          ord_unpr: '0',
          ord_dvsn_cd: '01',
          sll_buy_dvsn_cd: '01',
        }),
      ]),
    );
    const [placed, canceled] = (await orders()).orders;
    expect(placed).toMatchObject({
      key: { date: DAY, branch: '00950', number: '12' },
      original: undefined,
      request: 'PLACE',
      symbol: '005930',
      side: 'BUY',
      type: 'LIMIT',
      quantity: 10,
      acceptedAt: kstInstant(DAY, '09:30:01'),
      filledQuantity: 4,
      leavesQuantity: 6,
    });
    // The amount, never average times quantity: the average is rounded.
    expect(String(placed?.filledAmount)).toBe('279900');
    expect(canceled).toMatchObject({
      request: 'CHANGE',
      original: { date: DAY, branch: '00950', number: '12' },
      side: 'SELL',
      type: 'MARKET',
      price: undefined,
      canceledQuantity: 6,
    });
  });

  it('fail as a whole when one page fails', async () => {
    const pages = [page([orderRow('1')], 'A', true)];
    server.routes.set(LIST, () => pages.shift() ?? { status: 500, body: '' });
    await expect(orders()).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
  });

  it('start over once when the data changed under them, and no more than once', async () => {
    const changed: Reply = {
      body: { rt_cd: '1', msg_cd: 'X', msg1: '조회이후에 자료가 변경되었습니다.(다시 조회하세요)' },
    };
    const pages = [
      page([orderRow('1')], 'A', true),
      changed,
      page([orderRow('1')], 'A', true),
      page([orderRow('2')]),
    ];
    server.routes.set(LIST, () => pages.shift() ?? changed);
    expect((await orders()).orders).toHaveLength(2);
    await expect(orders()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('end when the last page comes again, and fail when the key stands still', async () => {
    server.routes.set(LIST, () => page([orderRow('1')], 'A', true));
    expect((await orders()).orders).toHaveLength(1);
    let call = 0;
    server.routes.set(LIST, () => page([orderRow(String((call += 1)))], 'A', true));
    await expect(orders()).rejects.toMatchObject({ code: 'BAD_REPLY' });
    server.routes.set(LIST, () => page([orderRow(String((call += 1)))], `K${call}`, true));
    await expect(orders()).rejects.toMatchObject({ code: 'BAD_REPLY' });
  });

  it('go on after a full page when KIS does not say whether it is the last', async () => {
    const rows = Array.from({ length: 15 }, (_, index) => orderRow(String(index + 1)));
    const pages = [page(rows, 'A'), page([orderRow('16')], 'B')].map(({ body }) => ({ body }));
    server.routes.set(LIST, () => pages.shift() ?? { status: 500 });
    expect((await orders()).orders).toHaveLength(16);
  });

  it('take "nothing to show" for an empty list', async () => {
    server.routes.set(LIST, () => ({
      body: { rt_cd: '1', msg_cd: 'KIER2620', msg1: '조회할 자료가 없습니다' },
    }));
    expect((await orders()).orders).toEqual([]);
    server.routes.set(LIST, () => ({ body: { rt_cd: '0', msg_cd: '70070000' } }));
    expect((await orders()).orders).toEqual([]);
  });

  it.each([
    ['tot_ccld_qty', ''],
    ['tot_ccld_amt', ''],
    ['tot_ccld_amt', '1,000'],
    ['ord_qty', '-1'],
    ['rmn_qty', ''],
    ['odno', ''],
    ['sll_buy_dvsn_cd', '00'],
    ['ord_dt', '20260231'],
    ['ord_tmd', '99'],
    ['ord_unpr', 'x'],
  ])('refuse an order list with %s = %j', async (field, value) => {
    server.routes.set(LIST, () => page([orderRow('1'), orderRow('2', { [field]: value })]));
    await expect(orders()).rejects.toMatchObject({ code: 'BAD_REPLY', retryable: false });
  });

  it('get a new token when theirs has expired, once', async () => {
    const replies: Reply[] = [{ status: 500, body: { rt_cd: '1', msg_cd: 'EGW00123' } }, page([])];
    server.routes.set(
      LIST,
      () => replies.shift() ?? { status: 500, body: { rt_cd: '1', msg_cd: 'EGW00123' } },
    );
    await orders();
    expect(server.callsTo('ccld').map((call) => call.headers['authorization'])).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ]);
    await expect(orders()).rejects.toMatchObject({ code: 'AUTHENTICATION' });
    expect(server.callsTo('ccld')).toHaveLength(5);
  });

  it('slow down and try again when throttled, each try with a call of its own', async () => {
    const replies: Reply[] = [{ status: 500, body: { rt_cd: '1', msg_cd: 'EGW00201' } }, page([])];
    server.routes.set(LIST, () => replies.shift() ?? page([]));
    await kit.adapter.broker.issueAccessToken();
    await orders();
    expect([kit.budget.throttles, kit.clock.waits]).toEqual([1, [1_100]]);
    expect(kit.budget.lanes).toEqual(['cancel', 'reconcile', 'reconcile']);
  });

  it('stop when they are aborted', async () => {
    await kit.adapter.broker.issueAccessToken();
    const { signal } = { signal: AbortSignal.abort(new Error('enough')) };
    await expect(kit.adapter.broker.getOrders(ACCOUNT, DAY, { signal })).rejects.toThrow('enough');
    expect(server.callsTo('ccld')).toEqual([]);
  });

  it('tell unavailable from too late', async () => {
    const profile = { ...PAPER_PROFILE, answerDeadlineMs: 150 };
    const hasty = makeTestAdapter(server.url, { profile });
    server.routes.set(LIST, () => ({ silent: true }));
    await expect(hasty.adapter.broker.getOrders(ACCOUNT, DAY)).rejects.toMatchObject({
      code: 'TIMEOUT',
    });
    await hasty.adapter.close();
    const away = makeTestAdapter(await closedPortUrl());
    await expect(away.adapter.broker.getOrders(ACCOUNT, DAY)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    await away.adapter.close();
  });

  it('of another account are refused before any call', async () => {
    await expect(kit.adapter.broker.getCash('11111111-01')).rejects.toMatchObject({
      code: 'WRONG_ACCOUNT',
    });
    expect(server.calls).toEqual([]);
  });

  it('of old days use the archive’s TR id', async () => {
    server.routes.set(LIST, () => page([]));
    await kit.adapter.broker.getOrders(ACCOUNT, parseTradeDate('2025-11-03'));
    expect(server.callsTo('ccld')[0]?.headers['tr_id']).toBe('VTSC9215R');
  });

  it('verify the account by its balance', async () => {
    const totals = {
      dnca_tot_amt: '1',
      prvs_rcdl_excc_amt: '1',
      thdt_buy_amt: '0',
      thdt_sll_amt: '0',
      thdt_tlex_amt: '0',
    };
    server.routes.set(BALANCE, () => ({
      body: { rt_cd: '0', msg_cd: 'X', output1: [], output2: [totals] },
    }));
    expect(await kit.adapter.broker.getAccounts()).toEqual([{ accountId: ACCOUNT }]);
    server.routes.set(BALANCE, () => ({
      body: { rt_cd: '0', msg_cd: 'X', output1: [], output2: [] },
    }));
    await expect(kit.adapter.broker.getAccounts()).rejects.toMatchObject({ code: 'BAD_REPLY' });
  });

  it('fall back to a quote and a book each where there is no multi-quote, and leave out unknown stocks', async () => {
    const level = { askp1: '101', askp_rsqn1: '5', bidp1: '100', bidp_rsqn1: '6' };
    server.routes.set(BOOK, ({ query }) =>
      query.get('FID_INPUT_ISCD') === '005930'
        ? { body: { rt_cd: '0', output1: { aspr_acpt_hour: '100000', ...level } } }
        : { body: { rt_cd: '0', output1: { aspr_acpt_hour: 'x' } } },
    );
    server.routes.set(PRICE, (call) =>
      call.query.get('FID_INPUT_ISCD') === '000000'
        ? { body: { rt_cd: '1', msg_cd: 'APBK0656', msg1: '해당종목정보가 없습니다' } }
        : {
            body: {
              rt_cd: '0',
              output: {
                stck_prpr: '100',
                stck_mxpr: '130',
                stck_llam: '70',
                stck_sdpr: '100',
                acml_vol: '0',
                acml_tr_pbmn: '0',
              },
            },
          },
    );
    const quotes = await kit.adapter.marketData.getQuotes(['005930', '000000', '000660']);
    expect(quotes.map(({ symbol }) => symbol)).toEqual(['005930', '000660']);
    const best = quotes.map(({ bid, ask, bidSize, askSize }) => [bid, ask, bidSize, askSize]);
    expect(JSON.stringify(best)).toBe('[["100","101",6,5],[null,null,0,0]]');
    expect(server.callsTo('intstock-multprice')).toEqual([]);
  });

  it('give up the other stocks when one cannot be read', async () => {
    server.routes.set(PRICE, () => ({ status: 403, body: { rt_cd: '1', msg_cd: 'EGW00103' } }));
    const symbols = Array.from({ length: 50 }, (_, index) => String(index).padStart(6, '0'));
    const read = kit.adapter.marketData.getQuotes(symbols);
    await expect(read).rejects.toMatchObject({ code: 'AUTHENTICATION' });
  });

  it('ask for thirty quotes a call where there is one', async () => {
    const live = makeTestAdapter(server.url, { profile: LIVE_PROFILE });
    server.routes.set(QUOTES, ({ query }) => ({
      body: {
        rt_cd: '0',
        output: [...query.entries()]
          .filter(([name]) => name.startsWith('FID_INPUT_ISCD_'))
          .map(([, code]) =>
            code === '000001'
              ? { inter_shrn_iscd: '', inter2_prpr: '0' }
              : {
                  inter_shrn_iscd: code,
                  inter2_prpr: '100',
                  inter2_mxpr: '130',
                  inter2_llam: '70',
                  inter2_sdpr: '100',
                  inter2_askp: '101',
                  inter2_bidp: '100',
                  seln_rsqn: '5',
                  shnu_rsqn: '6',
                  acml_vol: '7',
                  acml_tr_pbmn: '700',
                },
          ),
      },
    }));
    const symbols = Array.from({ length: 65 }, (_, index) => String(index).padStart(6, '0'));
    const quotes = await live.adapter.marketData.getQuotes(symbols);
    expect(server.callsTo('intstock-multprice')).toHaveLength(3);
    expect(quotes.map(({ symbol }) => symbol)).toEqual(
      symbols.filter((symbol) => symbol !== '000001'),
    );
    expect(quotes[0]).toMatchObject({ bidSize: 6, askSize: 5, volume: 7 });
    await live.adapter.close();
  });

  it('ask for the holidays once a day, and not at all on paper', async () => {
    const live = makeTestAdapter(server.url, { profile: LIVE_PROFILE });
    server.routes.set(HOLIDAYS, () => ({
      body: {
        rt_cd: '0',
        output: [
          { bass_dt: '20260312', opnd_yn: 'Y' },
          { bass_dt: '20260313', opnd_yn: 'N' },
        ],
      },
    }));
    expect(await live.adapter.marketData.isMarketOpenOn(DAY)).toBe(true);
    expect(await live.adapter.marketData.isMarketOpenOn(parseTradeDate('2026-03-13'))).toBe(false);
    expect(server.callsTo('chk-holiday')).toHaveLength(1);
    live.clock.pass(86_400_000);
    await live.adapter.marketData.isMarketOpenOn(DAY);
    expect(server.callsTo('chk-holiday')).toHaveLength(2);
    expect(await kit.adapter.marketData.isMarketOpenOn(DAY)).toBeUndefined();
    expect(await kit.adapter.marketData.getTurnoverRank()).toEqual([]);
    await live.adapter.close();
  });
});

/** The BrokerError's code, or what else was thrown. */
function failureOf(action: () => unknown): unknown {
  try {
    action();
    return undefined;
  } catch (error) {
    return error instanceof BrokerError ? error.code : error;
  }
}

describe('any reply at all', () => {
  const row = fc.dictionary(
    fc.constantFrom(
      ...Object.keys(orderRow('1')),
      'hldg_qty',
      'stck_prpr',
      'inter_shrn_iscd',
      'inter2_prpr',
    ),
    fc.oneof(
      fc.string(),
      fc.constantFrom('', '0', '005930', '-5', '1e9', '20260312'),
      fc.double(),
      fc.constant(null),
      fc.boolean(),
    ),
  );
  const body = fc.dictionary(
    fc.constantFrom('output', 'output1', 'output2', '__proto__'),
    fc.oneof(row, fc.array(row, { maxLength: 3 }), fc.string(), fc.constant(null), fc.integer()),
  );

  it('gives values or BAD_REPLY, nothing else', () => {
    const parsers = [
      (reply: Readonly<Record<string, unknown>>) => parseOrderList([reply]),
      (reply: Readonly<Record<string, unknown>>) => parseBalance([reply]),
      (reply: Readonly<Record<string, unknown>>) => parseQuote('005930', reply, 0),
      (reply: Readonly<Record<string, unknown>>) => parseQuotes(reply, 0),
    ];
    fc.assert(
      fc.property(body, fc.constantFrom(...parsers), (reply, parse) => {
        const failure = failureOf(() => parse(reply));
        expect(failure === undefined || failure === 'BAD_REPLY').toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('never changes an amount that it takes', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^ {0,3}[+-]?0{0,5}\d{1,12}(\.\d{1,4})?$/)),
        (text) => {
          const reply = { output1: [orderRow('1', { tot_ccld_amt: text })] };
          let amount: string | undefined;
          const failure = failureOf(() => {
            amount = parseOrderList([reply])[0]?.filledAmount.toFixed();
          });
          const isSame = amount !== undefined && new Decimal(text.trim()).eq(amount);
          expect(isSame || failure === 'BAD_REPLY').toBe(true);
        },
      ),
    );
  });
});
