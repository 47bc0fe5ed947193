import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ACCOUNT_QUERY, RestFixture } from './rest-fixture.ts';

const ORDER = '/uapi/domestic-stock/v1/trading/order-cash';
const REVISE = '/uapi/domestic-stock/v1/trading/order-rvsecncl';

const BUY = {
  ...ACCOUNT_QUERY,
  PDNO: '005930',
  SLL_TYPE: '',
  ORD_DVSN: '00',
  ORD_QTY: '3',
  ORD_UNPR: '70500',
  CNDT_PRIC: '',
  EXCG_ID_DVSN_CD: 'KRX',
};

describe('orders on the live server', () => {
  let rest: RestFixture;
  beforeEach(async () => {
    rest = await RestFixture.start();
  });
  afterEach(() => rest.stop());

  it('answers an accepted buy with branch, padded number and time', async () => {
    const { status, headers, body } = await rest.post(ORDER, 'TTTC0012U', BUY);
    expect(status).toBe(200);
    expect(headers.get('tr_id')).toBe('TTTC0012U');
    expect(body).toEqual({
      rt_cd: '0',
      msg_cd: 'APBK0013',
      msg1: '주문 전송 완료 되었습니다.',
      output: { KRX_FWDG_ORD_ORGNO: '06010', ODNO: '0000004091', ORD_TMD: '101530' },
    });
    expect(rest.exchange.submitted).toEqual([
      {
        account: '5001234501',
        symbol: '005930',
        side: 'BUY',
        type: 'LIMIT',
        quantity: 3,
        price: 70_500,
      },
    ]);
  });

  it('takes the old transaction ids, whose body has no exchange', async () => {
    const { EXCG_ID_DVSN_CD: _venue, SLL_TYPE: _type, CNDT_PRIC: _stop, ...old } = BUY;
    const sell = await rest.post(ORDER, 'TTTC0801U', { ...old, ORD_DVSN: '01', ORD_UNPR: '0' });
    expect(sell.body['rt_cd']).toBe('0');
    expect(rest.exchange.submitted[0]).toMatchObject({
      side: 'SELL',
      type: 'MARKET',
      price: undefined,
    });
  });

  it('takes a stop order with its condition price, and an amend of one', async () => {
    const stop = { ORD_DVSN: '22', CNDT_PRIC: '71000' };
    const { body } = await rest.post(ORDER, 'TTTC0012U', { ...BUY, ...stop });
    expect(body['rt_cd']).toBe('0');
    await rest.post(REVISE, 'TTTC0013U', {
      ...ACCOUNT_QUERY,
      KRX_FWDG_ORD_ORGNO: '06010',
      ORGN_ODNO: '0000004091',
      RVSE_CNCL_DVSN_CD: '01',
      ORD_QTY: '0',
      ORD_UNPR: '70600',
      QTY_ALL_ORD_YN: 'Y',
      ...stop,
    });
    expect(rest.exchange.submitted).toMatchObject([
      { type: 'STOP_LIMIT', price: 70_500, conditionPrice: 71_000 },
      { type: 'STOP_LIMIT', price: 70_600, conditionPrice: 71_000 },
    ]);
  });

  it.each([
    ['a float price', { ORD_UNPR: '70500.0' }],
    ['a number for a text', { ORD_QTY: 3 }],
    ['a missing key', { ORD_DVSN: undefined }],
    ['a price with the closing-price session', { ORD_DVSN: '06', ORD_UNPR: '70500' }],
  ])('refuses %s with IGW00007', async (_name, change) => {
    const { status, body } = await rest.post(ORDER, 'TTTC0012U', { ...BUY, ...change });
    expect([status, body['msg_cd'], body['rt_cd']]).toEqual([500, 'IGW00007', '1']);
    expect(rest.exchange.submitted).toEqual([]);
  });

  it.each([
    ['NO_CASH', 'APBK0952', '7'],
    ['NO_SHARES', 'APBK0400', '1'],
    ['MARKET_CLOSED', 'APBK0918', '1'],
    ['NOT_A_TRADING_DAY', 'APBK0919', '1'],
    ['UNKNOWN_SYMBOL', 'APBK0656', '1'],
    ['QUANTITY_ABOVE_REST', 'APBK1359', '7'],
  ] as const)('words the refusal %s as %s', async (reason, code, rtCode) => {
    rest.exchange.refuseWith = reason;
    const { status, body } = await rest.post(ORDER, 'TTTC0012U', BUY);
    expect([status, body['msg_cd'], body['rt_cd']]).toEqual([200, code, rtCode]);
    expect(body['output']).toBeUndefined();
  });

  it('gives an amend and a cancel numbers of their own', async () => {
    const change = {
      ...ACCOUNT_QUERY,
      KRX_FWDG_ORD_ORGNO: '06010',
      ORGN_ODNO: '4091',
      ORD_DVSN: '00',
      RVSE_CNCL_DVSN_CD: '01',
      ORD_QTY: '2',
      ORD_UNPR: '70600',
      QTY_ALL_ORD_YN: 'N',
    };
    const amend = await rest.post(REVISE, 'TTTC0013U', change);
    const cancel = await rest.post(REVISE, 'TTTC0013U', {
      ...change,
      RVSE_CNCL_DVSN_CD: '02',
      QTY_ALL_ORD_YN: 'Y',
    });
    expect(amend.body['output']).toMatchObject({ ODNO: '0000004091' });
    expect(cancel.body['output']).toMatchObject({ ODNO: '0000004092' });
    expect(rest.exchange.submitted).toEqual([
      {
        account: '5001234501',
        originalNumber: '0000004091',
        type: 'LIMIT',
        price: 70_600,
        quantity: 2,
      },
      { account: '5001234501', originalNumber: '0000004091', quantity: undefined },
    ]);
  });

  it('checks a hashkey when there is one', async () => {
    const hash = await rest.post('/uapi/hashkey', '', BUY);
    expect(hash.body['BODY']).toEqual(BUY);
    expect(hash.body['HASH']).toMatch(/^[0-9a-f]{64}$/);
    const right = await rest.post(ORDER, 'TTTC0012U', BUY, { hashkey: hash.body['HASH'] });
    const wrong = await rest.post(ORDER, 'TTTC0012U', BUY, { hashkey: 'f'.repeat(64) });
    expect([right.body['rt_cd'], wrong.body['msg_cd']]).toEqual(['0', 'EGW00131']);
  });
});

describe('orders on the paper server', () => {
  let rest: RestFixture;
  beforeEach(async () => {
    rest = await RestFixture.start({ profile: 'paper' });
  });
  afterEach(() => rest.stop());

  it.each([
    ['VTTC0012U', '40600000', '모의투자 매수주문이 완료 되었습니다.'],
    ['VTTC0011U', '40590000', '모의투자 매도주문이 완료 되었습니다.'],
  ])('answers %s with %s and branch 00950', async (trId, code, text) => {
    const { body } = await rest.post(ORDER, trId, BUY);
    expect(body).toMatchObject({ rt_cd: '0', msg_cd: code, msg1: text });
    expect(body['output'].KRX_FWDG_ORD_ORGNO).toBe('00950');
  });

  it.each([
    ['OFF_TICK', '40030000'],
    ['BEYOND_LIMIT', '40270000'],
    ['NO_SHARES', '40240000'],
    ['NOTHING_TO_CHANGE', '40330000'],
    ['NOT_A_TRADING_DAY', '40100000'],
    ['MARKET_NOT_OPEN_YET', '40570000'],
    ['MARKET_CLOSED', '40580000'],
  ] as const)('words the refusal %s as %s', async (reason, code) => {
    rest.exchange.refuseWith = reason;
    const { body } = await rest.post(ORDER, 'VTTC0012U', BUY);
    expect([body['rt_cd'], body['msg_cd']]).toEqual(['1', code]);
  });

  it('knows no other exchange than KRX', async () => {
    const { body } = await rest.post(ORDER, 'VTTC0012U', { ...BUY, EXCG_ID_DVSN_CD: 'SOR' });
    expect(body['rt_cd']).toBe('1');
    expect(rest.exchange.submitted).toEqual([]);
  });
});
