import { afterEach, describe, expect, it } from '@jest/globals';
import { type ProfileName } from '../../src/rest/profile.ts';
import { EMPTY_ACCOUNT, makeOrder } from './fake-exchange.ts';
import { ACCOUNT_QUERY, type Answer, RestFixture } from './rest-fixture.ts';

const CCLD = '/uapi/domestic-stock/v1/trading/inquire-daily-ccld';
const BALANCE = '/uapi/domestic-stock/v1/trading/inquire-balance';
const ORDERS = {
  ...ACCOUNT_QUERY,
  INQR_STRT_DT: '20260312',
  INQR_END_DT: '20260312',
  SLL_BUY_DVSN_CD: '00',
  INQR_DVSN: '01',
  PDNO: '',
  CCLD_DVSN: '00',
  ORD_GNO_BRNO: '',
  ODNO: '',
  INQR_DVSN_3: '00',
  INQR_DVSN_1: '',
  EXCG_ID_DVSN_CD: 'KRX',
  CTX_AREA_FK100: '',
  CTX_AREA_NK100: '',
};

let rest: RestFixture;
afterEach(() => rest.stop());

describe('the order list', () => {
  it.each([
    ['live' as const, 'TTTC0081R', 100],
    ['paper' as const, 'VTTC0081R', 15],
  ])('of the %s server comes in pages of its size', async (profile, trId, size) => {
    rest = await start(profile, 2 * size + 1);
    const pages = await readAll(trId);
    expect(pages.map((page) => page.body['output1'].length)).toEqual([size, size, 1]);
    expect(pages.map((page) => page.headers.get('tr_cont'))).toEqual(['M', 'M', 'E']);
    const numbers = pages.flatMap((page) => page.body['output1']).map((row) => row.odno);
    expect(new Set(numbers).size).toBe(2 * size + 1);
  });

  it('pads its keys to 100 and blanks the last one', async () => {
    rest = await start('live', 101);
    const [first, last] = await readAll('TTTC0081R');
    expect(first!.body['ctx_area_fk100']).toBe(
      '50012345^01^20260312^20260312^ ^00^00^01^'.padEnd(100),
    );
    expect(first!.body['ctx_area_nk100']).toHaveLength(100);
    expect(first!.body['ctx_area_nk100'].trim()).not.toBe('');
    expect(last!.body['ctx_area_nk100']).toBe(' '.repeat(100));
  });

  it('says D when one page holds everything', async () => {
    rest = await start('live', 100);
    expect((await readAll('TTTC0081R')).map((page) => page.headers.get('tr_cont'))).toEqual(['D']);
  });

  it('skips and repeats nothing when orders arrive between two pages', async () => {
    rest = await start('live', 150);
    const first = await rest.get(CCLD, 'TTTC0081R', { ...ORDERS, INQR_DVSN: '00' });
    rest.exchange.orderList.push(makeOrder({ number: '0000009999' }));
    const second = await next(first, 'TTTC0081R', { INQR_DVSN: '00' });
    const rows = [...first.body['output1'], ...second.body['output1']];
    expect(new Set(rows.map((row) => row.odno)).size).toBe(150);
    expect(rows).toHaveLength(150);
  });

  it('wants the keys of the query that it continues', async () => {
    rest = await start('live', 150);
    const first = await rest.get(CCLD, 'TTTC0081R', ORDERS);
    const other = await next(first, 'TTTC0081R', { CCLD_DVSN: '02' });
    expect(other.body['rt_cd']).toBe('1');
    expect(other.body['msg1'].trim()).toBe('조회이후에 자료가 변경되었습니다.(다시 조회하세요)');
  });

  it('filters by side, number, symbol and fill, newest or oldest first', async () => {
    rest = await RestFixture.start();
    rest.exchange.orderList = [
      makeOrder({ number: '0000000001', filledQuantity: 10, filledAmount: 1, restQuantity: 0 }),
      makeOrder({ number: '0000000002', side: 'SELL' }),
      makeOrder({ number: '0000000003', symbol: '0001S0' }),
    ];
    const numbers = async (change: Record<string, string>) => {
      const { body } = await rest.get(CCLD, 'TTTC0081R', { ...ORDERS, ...change });
      return body['output1'].map((row: { odno: string }) => Number(row.odno));
    };
    expect(await numbers({})).toEqual([1, 2, 3]);
    expect(await numbers({ INQR_DVSN: '00' })).toEqual([3, 2, 1]);
    expect(await numbers({ SLL_BUY_DVSN_CD: '01' })).toEqual([2]);
    expect(await numbers({ ODNO: '3' })).toEqual([3]);
    expect(await numbers({ PDNO: '0001S0' })).toEqual([3]);
    expect(await numbers({ CCLD_DVSN: '01' })).toEqual([1]);
    expect(await numbers({ CCLD_DVSN: '02' })).toEqual([2, 3]);
  });

  it('shows quantities and the average price of a row exactly', async () => {
    rest = await RestFixture.start();
    rest.exchange.orderList = [
      makeOrder({
        quantity: 10,
        filledQuantity: 3,
        filledAmount: 210_100,
        canceledQuantity: 7,
        restQuantity: 0,
      }),
    ];
    const { body } = await rest.get(CCLD, 'TTTC0081R', ORDERS);
    expect(body['output1'][0]).toMatchObject({
      ord_qty: '10',
      tot_ccld_qty: '3',
      tot_ccld_amt: '210100',
      avg_prvs: '70033.3333',
      cnc_cfrm_qty: '7',
      cncl_yn: 'Y',
      rmn_qty: '0',
      rjct_qty: '0',
    });
  });
});

describe('the balance', () => {
  it.each([
    ['live' as const, 'TTTC8434R', 50],
    ['paper' as const, 'VTTC8434R', 20],
  ])('of the %s server pages its holdings', async (profile, trId, size) => {
    rest = await RestFixture.start({ profile });
    rest.exchange.accountView = {
      ...EMPTY_ACCOUNT,
      holdings: Array.from({ length: size + 1 }, (_, index) => ({
        symbol: String(100_000 + index),
        quantity: 1,
        sellableQuantity: 1,
        costAmount: 1000,
        boughtToday: 0,
        soldToday: 0,
        boughtYesterday: 0,
        soldYesterday: 0,
      })),
    };
    const query = {
      ...ACCOUNT_QUERY,
      AFHR_FLPR_YN: 'N',
      INQR_DVSN: '02',
      UNPR_DVSN: '01',
      FUND_STTL_ICLD_YN: 'N',
      FNCG_AMT_AUTO_RDPT_YN: 'N',
      PRCS_DVSN: '00',
    };
    const first = await rest.get(BALANCE, trId, query);
    const last = await rest.get(
      BALANCE,
      trId,
      {
        ...query,
        CTX_AREA_FK100: first.body['ctx_area_fk100'],
        CTX_AREA_NK100: first.body['ctx_area_nk100'],
      },
      { tr_cont: 'N' },
    );
    expect([first.body['output1'].length, last.body['output1'].length]).toEqual([size, 1]);
    expect(last.body['output2']).toEqual(first.body['output2']);
  });
});

async function start(profile: ProfileName, orders: number): Promise<RestFixture> {
  const fixture = await RestFixture.start({ profile });
  const list = Array.from({ length: orders }, (_, index) =>
    makeOrder({ number: String(index + 1).padStart(10, '0') }),
  );
  fixture.exchange.orderList = list;
  return fixture;
}

function next(page: Answer, trId: string, change: Record<string, string> = {}): Promise<Answer> {
  const keys = {
    CTX_AREA_FK100: page.body['ctx_area_fk100'],
    CTX_AREA_NK100: page.body['ctx_area_nk100'],
  };
  return rest.get(CCLD, trId, { ...ORDERS, ...change, ...keys }, { tr_cont: 'N' });
}

async function readAll(trId: string): Promise<Answer[]> {
  const pages = [await rest.get(CCLD, trId, ORDERS)];
  while (pages.at(-1)!.headers.get('tr_cont') === 'M') {
    pages.push(await next(pages.at(-1)!, trId));
  }
  return pages;
}
