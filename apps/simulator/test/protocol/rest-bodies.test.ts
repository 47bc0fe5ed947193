import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { kstInstant } from '@fleet/krx';
import { ENDPOINTS } from '../../src/rest/endpoint-table.ts';
import { DOCUMENTED_FIELDS } from './documented-fields.ts';
import { EMPTY_ACCOUNT, FAKE_DATE, makeOrder, makeTrade } from './fake-exchange.ts';
import { ACCOUNT_QUERY, type Answer, RestFixture } from './rest-fixture.ts';

const SYMBOL = { FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: '005930' };
const BALANCE = {
  ...ACCOUNT_QUERY,
  AFHR_FLPR_YN: 'N',
  OFL_YN: '',
  INQR_DVSN: '02',
  UNPR_DVSN: '01',
  FUND_STTL_ICLD_YN: 'N',
  FNCG_AMT_AUTO_RDPT_YN: 'N',
  PRCS_DVSN: '00',
  CTX_AREA_FK100: '',
  CTX_AREA_NK100: '',
};
const PERIOD = {
  ...ACCOUNT_QUERY,
  INQR_STRT_DT: '20260301',
  INQR_END_DT: '20260312',
  SORT_DVSN: '00',
  CBLC_DVSN: '00',
  PDNO: '',
};
const RANK = {
  FID_COND_MRKT_DIV_CODE: 'J',
  FID_COND_SCR_DIV_CODE: '20171',
  FID_INPUT_ISCD: '0000',
  FID_DIV_CLS_CODE: '0',
  FID_BLNG_CLS_CODE: '3',
  FID_TRGT_CLS_CODE: '111111111',
  FID_TRGT_EXLS_CLS_CODE: '0000000000',
  FID_INPUT_PRICE_1: '',
  FID_INPUT_PRICE_2: '',
  FID_VOL_CNT: '',
  FID_INPUT_DATE_1: '',
};

/** A call that every server with data answers with rows. Parameter names in both cases. */
const CALLS: Readonly<Record<string, Record<string, string>>> = {
  'order-cash': {
    ...ACCOUNT_QUERY,
    PDNO: '005930',
    ORD_DVSN: '01',
    ORD_QTY: '1',
    ORD_UNPR: '0',
  },
  'order-rvsecncl': {
    ...ACCOUNT_QUERY,
    KRX_FWDG_ORD_ORGNO: '',
    ORGN_ODNO: '0000000001',
    ORD_DVSN: '00',
    RVSE_CNCL_DVSN_CD: '02',
    ORD_QTY: '0',
    ORD_UNPR: '0',
    QTY_ALL_ORD_YN: 'Y',
  },
  'inquire-psbl-rvsecncl': { ...ACCOUNT_QUERY, INQR_DVSN_1: '0', INQR_DVSN_2: '0' },
  'inquire-daily-ccld': {
    ...ACCOUNT_QUERY,
    INQR_STRT_DT: '20260312',
    INQR_END_DT: '20260312',
    SLL_BUY_DVSN_CD: '00',
    INQR_DVSN: '00',
    CCLD_DVSN: '00',
  },
  'inquire-balance': BALANCE,
  'inquire-psbl-order': {
    ...ACCOUNT_QUERY,
    PDNO: '005930',
    ORD_UNPR: '',
    ORD_DVSN: '01',
    CMA_EVLU_AMT_ICLD_YN: 'N',
    OVRS_ICLD_YN: 'N',
  },
  'inquire-psbl-sell': { ...ACCOUNT_QUERY, PDNO: '005930' },
  'inquire-account-balance': { ...ACCOUNT_QUERY, INQR_DVSN_1: '', BSPR_BF_DT_APLY_YN: '' },
  'inquire-balance-rlz-pl': { ...BALANCE, COST_ICLD_YN: 'Y' },
  'inquire-period-trade-profit': PERIOD,
  'inquire-period-profit': { ...PERIOD, INQR_DVSN: '00' },
  'inquire-price': { fid_cond_mrkt_div_code: 'J', fid_input_iscd: '005930' },
  'inquire-price-2': SYMBOL,
  'inquire-ccnl': SYMBOL,
  'inquire-asking-price-exp-ccn': SYMBOL,
  'inquire-time-itemchartprice': {
    ...SYMBOL,
    FID_INPUT_HOUR_1: '101500',
    FID_PW_DATA_INCU_YN: 'Y',
    FID_ETC_CLS_CODE: '',
  },
  'inquire-time-dailychartprice': {
    ...SYMBOL,
    FID_INPUT_HOUR_1: '101500',
    FID_INPUT_DATE_1: '20260312',
    FID_PW_DATA_INCU_YN: 'Y',
  },
  'inquire-daily-itemchartprice': {
    ...SYMBOL,
    FID_INPUT_DATE_1: '20260301',
    FID_INPUT_DATE_2: '20260312',
    FID_PERIOD_DIV_CODE: 'D',
    FID_ORG_ADJ_PRC: '0',
  },
  'inquire-time-itemconclusion': { ...SYMBOL, FID_INPUT_HOUR_1: '101530' },
  'inquire-daily-price': { ...SYMBOL, FID_PERIOD_DIV_CODE: 'D', FID_ORG_ADJ_PRC: '1' },
  'intstock-multprice': { FID_COND_MRKT_DIV_CODE_1: 'J', FID_INPUT_ISCD_1: '005930' },
  'volume-rank': RANK,
  fluctuation: {
    fid_cond_mrkt_div_code: 'J',
    fid_cond_scr_div_code: '20170',
    fid_input_iscd: '0000',
    fid_rank_sort_cls_code: '0',
    fid_prc_cls_code: '1',
  },
  'psearch-title': { user_id: 'tester01' },
  'psearch-result': { user_id: 'tester01', seq: '2' },
  'chk-holiday': { BASS_DT: '20221227', CTX_AREA_NK: '', CTX_AREA_FK: '' },
  'market-time': {},
  'inquire-vi-status': {
    FID_DIV_CLS_CODE: '0',
    FID_COND_SCR_DIV_CODE: '20139',
    FID_MRKT_CLS_CODE: '0',
    FID_INPUT_ISCD: '',
    FID_RANK_SORT_CLS_CODE: '0',
    FID_INPUT_DATE_1: '20260312',
    FID_TRGT_CLS_CODE: '',
    FID_TRGT_EXLS_CLS_CODE: '',
  },
  'search-stock-info': { PRDT_TYPE_CD: '300', PDNO: '005930' },
};

/** Where recorded replies differ from the documentation: more keys, other letters. */
const SEEN_OTHERWISE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'order-rvsecncl': { output: 'KRX_FWDG_ORD_ORGNO ODNO ORD_TMD' },
  'inquire-time-itemconclusion': {
    output2: `${DOCUMENTED_FIELDS['inquire-time-itemconclusion']!['output2']} stck_prpr`,
  },
};

/** The rank's rows are documented as `Output`, recorded as `output`. */
const SEEN_KEYS: Readonly<Record<string, string>> = { 'volume-rank.Output': 'output' };

let rest: RestFixture;
beforeAll(async () => {
  rest = await RestFixture.start();
  fill(rest);
});
afterAll(() => rest.stop());

describe('the table of endpoints', () => {
  it('holds the 29 documented calls', () => {
    expect(ENDPOINTS.map((endpoint) => endpoint.name).toSorted()).toEqual(
      Object.keys(DOCUMENTED_FIELDS).toSorted(),
    );
  });

  it('has no two endpoints on one path', () => {
    expect(new Set(ENDPOINTS.map((endpoint) => endpoint.path)).size).toBe(29);
  });
});

describe('each reply', () => {
  it.each(ENDPOINTS.map((endpoint) => endpoint.name))(
    '%s has exactly the documented fields, all of them texts',
    async (name) => {
      const { body } = await call(name);
      expect(body['rt_cd']).toBe('0');
      for (const [key, names] of documentedObjects(name)) {
        const value = body[SEEN_KEYS[`${name}.${key}`] ?? key];
        const rows: Record<string, unknown>[] = Array.isArray(value) ? value : [value];
        expect(rows.length).toBeGreaterThan(0);
        expect(rows.map((row) => Object.keys(row).toSorted())).toEqual(rows.map(() => names));
        expect(rows.flatMap(Object.values).every((each) => typeof each === 'string')).toBe(true);
      }
      expect(Object.keys(body)).toEqual(expect.arrayContaining(documentedTopLevel(name)));
    },
  );

  it.each([
    ['inquire-balance', 'KIOK0510', `조회가 완료되었습니다${' '.repeat(59)}`],
    ['inquire-price', 'MCA00000', '정상처리 되었습니다.'],
    ['chk-holiday', 'KIOK0500', `조회가 계속됩니다..다음버튼을 Click 하십시오.${' '.repeat(35)}`],
  ])('%s says %s, padded as recorded', async (name, code, text) => {
    const { body } = await call(name);
    expect([body['msg_cd'], body['msg1']]).toEqual([code, text]);
  });

  it('repeats tr_id and gt_uid in lower-case headers', async () => {
    const endpoint = ENDPOINTS.find((each) => each.name === 'inquire-price')!;
    const { headers } = await rest.get(endpoint.path, 'FHKST01010100', SYMBOL, { gt_uid: 'ABC' });
    expect([headers.get('tr_id'), headers.get('gt_uid'), headers.get('content-type')]).toEqual([
      'FHKST01010100',
      'ABC',
      'application/json; charset=utf-8',
    ]);
  });
});

describe('reply headers', () => {
  it("are in KIS's letter case: only its own names are lower case", async () => {
    const names = await rawHeaderNames(`${rest.url}${pathOf('inquire-price')}`);
    const lowerCase = names.filter((name) => name === name.toLowerCase());
    expect(lowerCase.toSorted()).toEqual(['gt_uid', 'tr_cont', 'tr_id']);
  });
});

describe('search-info', () => {
  it('looks a code up, and says rt_cd 7 for another product type', async () => {
    const path = '/uapi/domestic-stock/v1/quotations/search-info';
    const ask = async (type: string) =>
      await rest.get(path, 'CTPF1604R', { PDNO: '005930', PRDT_TYPE_CD: type });
    const stock = await ask('300');
    const future = await ask('301');
    expect(stock.body['output']).toMatchObject({
      shtn_pdno: '005930',
      std_pdno: 'KR7005930003',
      prdt_abrv_name: '한빛전자',
    });
    expect([future.body['rt_cd'], future.body['output']]).toEqual(['7', undefined]);
  });
});

describe('inputs', () => {
  it('refuses a market code that does not exist', async () => {
    const { body } = await rest.get(pathOf('inquire-price'), 'FHKST01010100', {
      ...SYMBOL,
      FID_COND_MRKT_DIV_CODE: 'Z',
    });
    expect(body['msg_cd']).toBe('OPSQ2001');
  });

  it('refuses a call without a mandatory parameter', async () => {
    const price = await rest.get(pathOf('inquire-price'), 'FHKST01010100', {
      FID_COND_MRKT_DIV_CODE: 'J',
    });
    const balance = await rest.get(pathOf('inquire-balance'), 'TTTC8434R', ACCOUNT_QUERY);
    expect([price.body['msg_cd'], price.status]).toEqual(['OPSQ2001', 200]);
    expect([balance.body['rt_cd'], balance.body['msg_cd']]).toEqual(['7', 'APMP0001']);
  });

  it('refuses a symbol that is not listed', async () => {
    const { body } = await rest.get(pathOf('inquire-price'), 'FHKST01010100', {
      ...SYMBOL,
      FID_INPUT_ISCD: '999999',
    });
    expect([body['rt_cd'], body['msg_cd']]).toEqual(['1', 'MCA05918']);
  });

  it("takes an ETN with KIS's leading Q", async () => {
    const { body } = await rest.get(pathOf('inquire-price'), 'FHKST01010100', {
      ...SYMBOL,
      FID_INPUT_ISCD: 'Q500001',
    });
    expect(body['output'].stck_shrn_iscd).toBe('500001');
  });

  it.each([
    ['another account', { CANO: '50099999' }, 'APTR0058'],
    ['a malformed account', { CANO: '5001' }, 'OPSQ2000'],
  ])('refuses %s', async (_name, change, code) => {
    const { body } = await rest.get(pathOf('inquire-balance'), 'TTTC8434R', {
      ...BALANCE,
      ...change,
    });
    expect(body['msg_cd']).toBe(code);
  });
});

describe('a paper server', () => {
  const LIVE_ONLY = ENDPOINTS.filter((endpoint) => endpoint.onPaper !== 'OFFERED');

  it('lacks the 17 calls that are documented as live only, and says so', async () => {
    const paper = await RestFixture.start({ profile: 'paper' });
    fill(paper);
    const answers: Record<string, string> = {};
    for (const endpoint of LIVE_ONLY) {
      const { status, body } = await send(paper, endpoint.name, endpoint.live[0]!);
      answers[endpoint.name] = `${status} ${body['msg_cd']}`;
    }
    await paper.stop();
    expect(answers).toEqual({
      'inquire-psbl-rvsecncl': '200 90000000',
      'inquire-psbl-sell': '200 90000000',
      'inquire-account-balance': '200 90000000',
      'inquire-balance-rlz-pl': '200 90000000',
      'inquire-period-trade-profit': '200 90000000',
      'inquire-period-profit': '200 90000000',
      'inquire-price-2': '500 EGW02006',
      'inquire-time-dailychartprice': '500 EGW02006',
      'intstock-multprice': '500 EGW02006',
      'volume-rank': '500 EGW02006',
      fluctuation: '500 EGW02006',
      'psearch-title': '500 EGW02006',
      'psearch-result': '500 EGW02006',
      'chk-holiday': '500 EGW02006',
      'market-time': '500 EGW02006',
      'inquire-vi-status': '500 EGW02006',
      'search-stock-info': '500 EGW02006',
    });
  });

  it('answers ledger queries in its own words', async () => {
    const paper = await RestFixture.start({ profile: 'paper' });
    fill(paper);
    const { body } = await send(paper, 'inquire-balance', 'VTTC8434R');
    await paper.stop();
    expect([body['msg_cd'], body['msg1']]).toEqual([
      '20310000',
      `모의투자 조회가 완료되었습니다.${' '.repeat(49)}`,
    ]);
  });
});

function documentedObjects(name: string): [string, string[]][] {
  return Object.entries(DOCUMENTED_FIELDS[name]!)
    .filter(([key]) => key !== 'body')
    .map(([key, names]) => [key, (SEEN_OTHERWISE[name]?.[key] ?? names).split(' ').toSorted()]);
}

function documentedTopLevel(name: string): string[] {
  return (DOCUMENTED_FIELDS[name]!['body'] ?? 'msg_cd').split(' ');
}

/** fetch lower-cases names, so the wire is read below it. */
function rawHeaderNames(url: string): Promise<string[]> {
  const headers = { ...rest.headers('FHKST01010100'), gt_uid: 'ABC' };
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers, agent: false }, (response) => {
      response.resume();
      resolve(response.rawHeaders.filter((_value, index) => index % 2 === 0));
    });
    sent.on('error', reject);
    sent.end();
  });
}

function pathOf(name: string): string {
  return ENDPOINTS.find((endpoint) => endpoint.name === name)!.path;
}

function call(name: string): Promise<Answer> {
  return send(rest, name, ENDPOINTS.find((endpoint) => endpoint.name === name)!.live[0]!);
}

function send(fixture: RestFixture, name: string, trId: string): Promise<Answer> {
  const endpoint = ENDPOINTS.find((each) => each.name === name)!;
  const input = CALLS[name]!;
  return endpoint.method === 'POST'
    ? fixture.post(endpoint.path, trId, input)
    : fixture.get(endpoint.path, trId, input);
}

/** A market and an account in which every call has something to show. */
function fill({ exchange }: RestFixture): void {
  const bar = { open: 70_100, high: 70_900, low: 69_700, close: 70_500, volume: 500, turnover: 1 };
  exchange.bars = [{ start: kstInstant(FAKE_DATE, '10:14:00'), ...bar, dayTurnover: 9 }];
  exchange.daily = [{ date: FAKE_DATE, ...bar }];
  exchange.tradeList = [makeTrade(exchange)];
  const filled = { filledQuantity: 4, filledAmount: 280_000, restQuantity: 6 };
  exchange.orderList = [makeOrder(filled), makeOrder({ ...filled, number: '2', side: 'SELL' })];
  exchange.quotes.set('005930', { ...exchange.quotes.get('005930')!, last: 70_900 });
  exchange.interruptionList = [
    {
      symbol: '005930',
      kind: 'STATIC',
      triggeredAt: exchange.instant,
      releasedAt: undefined,
      triggerPrice: 77_000,
      referencePrice: 70_000,
      count: 1,
    },
  ];
  exchange.accountView = {
    ...EMPTY_ACCOUNT,
    holdings: [
      {
        symbol: '005930',
        quantity: 3,
        sellableQuantity: 3,
        costAmount: 211_000,
        boughtToday: 3,
        soldToday: 0,
        boughtYesterday: 0,
        soldYesterday: 0,
      },
    ],
  };
}
