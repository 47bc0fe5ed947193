import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseTradeDate } from '@fleet/krx';
import { FAKE_DATE, makeBook, makeOrder } from './fake-exchange.ts';
import { ACCOUNT_QUERY, RestFixture } from './rest-fixture.ts';
import { WebSocketFixture } from './websocket-fixture.ts';

const QUOTATIONS = '/uapi/domestic-stock/v1/quotations';
const TRADING = '/uapi/domestic-stock/v1/trading';
const PRICE = { FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: '005930' };

/** What published clients do on the wire that the documents do not mention. */
describe('the REST port answers a client that', () => {
  let rest: RestFixture;
  beforeEach(async () => {
    rest = await RestFixture.start();
  });
  afterEach(() => rest.stop());

  it('joins base and path with one slash too many', async () => {
    const { status, body } = await rest.get(`/${QUOTATIONS}/inquire-price`, 'FHKST01010100', PRICE);
    expect([status, body['rt_cd']]).toEqual([200, '0']);
  });

  it('spells parameters in lower case, and sends more of them than the TR has', async () => {
    const { body } = await rest.get(`${QUOTATIONS}/inquire-price`, 'FHKST01010100', {
      fid_cond_mrkt_div_code: 'J',
      fid_input_iscd: '005930',
      fid_something_else: '1',
    });
    expect(body['output'].stck_prpr).toBe('70500');
  });

  it('names a period of adjusted prices with ten digits', async () => {
    const { body } = await rest.get(`${QUOTATIONS}/inquire-daily-price`, 'FHKST01010400', {
      ...PRICE,
      FID_PERIOD_DIV_CODE: 'D',
      FID_ORG_ADJ_PRC: '0000000001',
    });
    expect(body['rt_cd']).toBe('0');
  });

  it('sends a JSON body and a content type with a GET', async () => {
    const answer = await rawGet(rest, { body: '{"FID_INPUT_ISCD":"000000"}' });
    expect(answer.text).toContain('"stck_prpr":"70500"');
  });

  it('asks without custtype, with a blank tr_cont and a bearer of its own spelling', async () => {
    const { headers } = await rest.get(`${QUOTATIONS}/inquire-price`, 'FHKST01010100', PRICE, {
      custtype: '',
      tr_cont: '',
      authorization: `bearer  ${rest.token}`,
    });
    expect(headers.get('tr_cont')).toBe('');
  });

  it('takes every lower-case header of the reply for a name', async () => {
    const { names } = await rawGet(rest, {});
    const lower = names.filter((name) => name === name.toLowerCase());
    expect(lower).toEqual(['tr_id', 'tr_cont']);
  });

  it('reads the length of the body from its header, and does not want it packed', async () => {
    const { headers, text } = await rawGet(rest, { encoding: 'gzip, deflate, br' });
    expect(headers['content-length']).toBe(String(Buffer.byteLength(text)));
    expect(headers['content-encoding']).toBeUndefined();
  });

  it('asks for the buying power on the path of the order list: the TR id decides', async () => {
    const { body } = await rest.get(`${TRADING}/inquire-daily-ccld`, 'TTTC8908R', {
      ...ACCOUNT_QUERY,
      PDNO: '',
      ORD_UNPR: '0',
      ORD_DVSN: '02',
      CMA_EVLU_AMT_ICLD_YN: 'Y',
      OVRS_ICLD_YN: 'N',
    });
    expect(body['output'].ord_psbl_cash).toBe('10000000');
  });

  it('probes the buying power with a stock that is not listed here', async () => {
    const { body } = await rest.get(`${TRADING}/inquire-psbl-order`, 'TTTC8908R', {
      ...ACCOUNT_QUERY,
      PDNO: '999990',
      ORD_UNPR: '0',
      ORD_DVSN: '01',
      CMA_EVLU_AMT_ICLD_YN: 'N',
      OVRS_ICLD_YN: 'N',
    });
    expect(body['output']).toMatchObject({ ord_psbl_cash: '10000000', nrcvb_buy_qty: '0' });
  });

  it('cancels with a blank branch, quantity 0 and an unpadded number', async () => {
    const { body } = await rest.post(`${TRADING}/order-rvsecncl`, 'TTTC0803U', {
      ...ACCOUNT_QUERY,
      KRX_FWDG_ORD_ORGNO: '',
      ORGN_ODNO: '4091',
      ORD_DVSN: '00',
      RVSE_CNCL_DVSN_CD: '02',
      ORD_QTY: '0',
      ORD_UNPR: '0',
      QTY_ALL_ORD_YN: 'Y',
    });
    expect(body['rt_cd']).toBe('0');
    expect(rest.exchange.submitted).toMatchObject([{ originalNumber: '0000004091' }]);
  });

  it('lists the orders of "today" by its own clock while the market day is another', async () => {
    rest.exchange.orderList = [makeOrder({ date: FAKE_DATE })];
    const saturday = { INQR_STRT_DT: '20260314', INQR_END_DT: '20260314' };
    const list = async () => {
      const query = {
        ...ACCOUNT_QUERY,
        ...saturday,
        SLL_BUY_DVSN_CD: '00',
        INQR_DVSN: '00',
        CCLD_DVSN: '00',
        EXCG_ID_DVSN_CD: 'ALL',
      };
      const { body } = await rest.get(`${TRADING}/inquire-daily-ccld`, 'TTTC0081R', query);
      return body['output1'].map((row: { ord_dt: string }) => row.ord_dt);
    };
    expect(await list()).toEqual([]);
    rest.clientDays = [parseTradeDate('2026-03-14')];
    expect(await list()).toEqual(['20260312']);
  });

  it('charts the days up to "today" by its own clock, or all there are from 00000101 on', async () => {
    const dates = ['2026-03-12', '2026-03-10', '2026-01-05'];
    rest.exchange.daily = dates.map((date) => ({ ...DAY, date: parseTradeDate(date) }));
    rest.clientDays = [parseTradeDate('2026-11-21')];
    const datesOf = async (from: string, to: string) => {
      const query = { FID_INPUT_DATE_1: from, FID_INPUT_DATE_2: to };
      const options = { FID_PERIOD_DIV_CODE: 'D', FID_ORG_ADJ_PRC: '0' };
      const path = `${QUOTATIONS}/inquire-daily-itemchartprice`;
      const { body } = await rest.get(path, 'FHKST03010100', { ...PRICE, ...query, ...options });
      return body['output2'].map((row: Record<string, string>) => row['stck_bsop_date']);
    };
    expect(await datesOf('20261118', '20261121')).toEqual(['20260312', '20260310']);
    expect(await datesOf('00000101', '20261121')).toHaveLength(3);
    expect(await datesOf('00000101', '20260310')).toEqual(['20260310', '20260105']);
  });

  it('reads the minutes of "today" from the call for past days', async () => {
    rest.clientDays = [parseTradeDate('2026-03-14')];
    const rowsOf = async (date: string) => {
      const { body } = await rest.get(
        `${QUOTATIONS}/inquire-time-dailychartprice`,
        'FHKST03010230',
        {
          ...PRICE,
          FID_INPUT_HOUR_1: '091000',
          FID_INPUT_DATE_1: date,
          FID_PW_DATA_INCU_YN: 'Y',
        },
      );
      return body['output2'].length;
    };
    expect([await rowsOf('20260312'), await rowsOf('20260314'), await rowsOf('20260311')]).toEqual([
      11, 11, 0,
    ]);
  });
});

describe('the markets of a quotation', () => {
  let rest: RestFixture;
  beforeEach(async () => {
    rest = await RestFixture.start();
  });
  afterEach(() => rest.stop());

  const ask = async (market: string, name: string, trId: string) => {
    const query = { ...PRICE, FID_COND_MRKT_DIV_CODE: market };
    return (await rest.get(`${QUOTATIONS}/${name}`, trId, query)).body;
  };

  it('are the same for KRX and merged: nothing trades on NXT', async () => {
    for (const [name, trId] of [
      ['inquire-price', 'FHKST01010100'],
      ['inquire-asking-price-exp-ccn', 'FHKST01010200'],
    ] as const) {
      expect(await ask('UN', name, trId)).toEqual(await ask('J', name, trId));
    }
  });

  it('show on NXT the instrument without price, orders and trades, in complete bodies', async () => {
    const krx = await ask('J', 'inquire-price', 'FHKST01010100');
    const price = await ask('NX', 'inquire-price', 'FHKST01010100');
    const book = await ask('NX', 'inquire-asking-price-exp-ccn', 'FHKST01010200');
    const trades = await ask('NX', 'inquire-ccnl', 'FHKST01010300');
    expect(Object.keys(price['output'])).toEqual(Object.keys(krx['output']));
    expect(price['output']).toMatchObject({
      stck_prpr: '0',
      prdy_vrss_sign: '3',
      prdy_ctrt: '0.00',
      acml_vol: '0',
      stck_shrn_iscd: '005930',
    });
    expect([book['output1'].askp1, book['output1'].total_bidp_rsqn]).toEqual(['0', '0']);
    expect(trades['output']).toEqual([]);
  });

  it('may differ by pair in a multi-quote', async () => {
    const { body } = await rest.get(`${QUOTATIONS}/intstock-multprice`, 'FHKST11300006', {
      FID_COND_MRKT_DIV_CODE_1: 'J',
      FID_INPUT_ISCD_1: '005930',
      FID_COND_MRKT_DIV_CODE_2: 'NX',
      FID_INPUT_ISCD_2: '005935',
    });
    const prices = body['output'].map((row: Record<string, string>) => [
      row['inter_shrn_iscd'],
      row['inter2_prpr'],
    ]);
    expect(prices).toEqual([
      ['005930', '70500'],
      ['005935', '0'],
    ]);
  });

  it('rank nothing on NXT', async () => {
    const query = {
      FID_COND_MRKT_DIV_CODE: 'NX',
      FID_COND_SCR_DIV_CODE: '20171',
      FID_INPUT_ISCD: '0000',
      FID_DIV_CLS_CODE: '0',
      FID_BLNG_CLS_CODE: '0',
      FID_TRGT_CLS_CODE: '111111111',
      FID_TRGT_EXLS_CLS_CODE: '0000000000',
      FID_INPUT_PRICE_1: '',
      FID_INPUT_PRICE_2: '',
      FID_VOL_CNT: '',
      FID_INPUT_DATE_1: '',
    };
    const { body } = await rest.get(`${QUOTATIONS}/volume-rank`, 'FHPST01710000', query);
    expect([body['rt_cd'], body['output']]).toEqual(['0', []]);
  });
});

describe('the WebSocket port answers a client that', () => {
  let fixture: WebSocketFixture;
  beforeEach(async () => {
    fixture = await WebSocketFixture.start();
  });
  afterEach(() => fixture.stop());

  it.each([
    ['app key and secret', {}, 'OPSP0000'],
    ['a wrong secret', { appSecret: 'x' }, 'OPSP9994'],
    ['a wrong app key', { appKey: 'x' }, 'OPSP9994'],
    ['an app key alone', { appSecret: undefined }, 'OPSP8995'],
    ['neither app key nor approval key', { appKey: undefined }, 'OPSP9996'],
  ])('logs in with %s, as before approval keys', async (_name, change, code) => {
    const client = await fixture.connect('/');
    client.send(loginByAppKey(change));
    expect((await client.nextJson()).body.msg_cd).toBe(code);
  });

  it('holds one session of the key whichever way it logs in', async () => {
    const first = await fixture.connect();
    await first.ask('H0STCNT0', '005930');
    const second = await fixture.connect('/');
    second.send(loginByAppKey());
    expect((await second.nextJson()).body.msg_cd).toBe('OPSP8996');
  });

  it('sends its messages as bytes', async () => {
    const client = await fixture.connect();
    client.socket.send(Buffer.from(JSON.stringify(client.message('H0STCNT0', '005930'))));
    expect((await client.nextJson()).body.msg_cd).toBe('OPSP0000');
  });

  it('writes a code as a number', async () => {
    const client = await fixture.connect();
    client.send({
      header: { approval_key: client.approvalKey, custtype: 'P', tr_type: '1' },
      body: { input: { tr_id: 'H0STCNT0', tr_key: 5930 } },
    });
    expect((await client.nextJson()).body.msg_cd).toBe('OPSP8993');
  });

  it('slices the book feed by the documented 59 columns', async () => {
    const client = await fixture.connect();
    await client.ask('H0STASP0', '005930');
    const book = makeBook('005930', fixture.exchange.instant);
    fixture.exchange.publish((listener) => listener.onBook(book));
    expect((await client.nextFrame()).values).toHaveLength(59);
  });

  it.each(['H0NXCNT0', 'H0NXASP0', 'H0NXANC0', 'H0NXMKO0'])(
    'registers for %s of NXT: acknowledged, and silent as nothing trades there',
    async (trId) => {
      const client = await fixture.connect();
      expect((await client.ask(trId, '005930')).body.msg_cd).toBe('OPSP0000');
      await client.ask('H0UNASP0', '005930');
      const book = makeBook('005930', fixture.exchange.instant);
      fixture.exchange.publish((listener) => listener.onBook(book));
      const { trId: first, values } = await client.nextFrame();
      expect([first, values.length]).toEqual(['H0UNASP0', 65]);
    },
  );
});

describe('notices of 23 columns, as before NXT', () => {
  it('end with name, credit, name and price', async () => {
    const fixture = await WebSocketFixture.start({ noticeWidth: 23 });
    const client = await fixture.connect();
    const ack = await client.ask('H0STCNI0', 'tester01');
    const order = makeOrder({ quantity: 3, price: 70_000 });
    fixture.exchange.publish((listener) =>
      listener.onNotice({
        kind: 'FILL',
        at: fixture.exchange.instant,
        order,
        quantity: 1,
        price: 70_100,
      }),
    );
    const { values } = await client.nextFrame(ack.body.output);
    await fixture.stop();
    expect(values).toHaveLength(23);
    expect(values.slice(8, 11)).toEqual(['005930', '0000000001', '000070100']);
    expect(values.slice(18)).toEqual(['한빛전자', '10', '', '한빛전자', '000070000']);
  });
});

function loginByAppKey(change: Record<string, unknown> = {}): unknown {
  return {
    header: { appKey: 'APPKEY', appSecret: 'SECRET', custtype: 'P', tr_type: '1', ...change },
    body: { input: { tr_id: 'H0STCNT0', tr_key: '005930' } },
  };
}

const DAY = {
  open: 70_000,
  high: 70_000,
  low: 70_000,
  close: 70_000,
  volume: 1,
  turnover: 70_000,
};

interface RawAnswer {
  readonly headers: Record<string, string | string[] | undefined>;
  /** Header names in the letter case of the wire. */
  readonly names: readonly string[];
  readonly text: string;
}

/** fetch hides the letter case of names and sends no body with a GET. */
function rawGet(
  rest: RestFixture,
  options: { readonly body?: string; readonly encoding?: string },
): Promise<RawAnswer> {
  const query = new URLSearchParams(PRICE).toString();
  const headers = {
    ...rest.headers('FHKST01010100'),
    'content-type': 'application/json',
    ...(options.encoding === undefined ? {} : { 'accept-encoding': options.encoding }),
    ...(options.body === undefined ? {} : { 'content-length': Buffer.byteLength(options.body) }),
  };
  return new Promise((resolve, reject) => {
    const url = `${rest.url}${QUOTATIONS}/inquire-price?${query}`;
    const sent = request(url, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          headers: response.headers,
          names: response.rawHeaders.filter((_, index) => index % 2 === 0),
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    sent.on('error', reject);
    sent.end(options.body);
  });
}
