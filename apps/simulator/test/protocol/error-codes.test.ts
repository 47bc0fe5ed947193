import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { parseTradeDate } from '@fleet/krx';
import { inventCredentials } from '../../src/auth/credentials.ts';
import { FaultPlan } from '../../src/faults/fault-plan.ts';
import { parseFaultScript } from '../../src/faults/fault-rule.ts';
import { FeedFaultInjector } from '../../src/faults/feed-fault-injector.ts';
import { RestFaultInjector } from '../../src/faults/rest-fault-injector.ts';
import { ERROR_CODES, type Origin } from './error-codes.ts';
import { HALTED, RealGateway, TRADED } from './real-gateway.ts';
import { ACCOUNT_QUERY, RestFixture } from './rest-fixture.ts';
import { ManualRealTime, WebSocketFixture } from './websocket-fixture.ts';

const QUOTATIONS = '/uapi/domestic-stock/v1/quotations';
const TRADING = '/uapi/domestic-stock/v1/trading';
const PRICE = { FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: '005930' };
const BUY = { ...ACCOUNT_QUERY, PDNO: '005930', ORD_DVSN: '01', ORD_QTY: '1', ORD_UNPR: '0' };
const SATURDAY = parseTradeDate('2026-03-14');

const inTheList = [...ERROR_CODES];
const originOf = (code: string): Origin => ERROR_CODES.get(code) ?? { never: 'not in the table' };

const onPaper = async (path: string, trId: string, query: Record<string, string>) => {
  const paper = await RestFixture.start({ profile: 'paper' });
  const answer = await paper.get(path, trId, query);
  await paper.stop();
  return answer;
};

const throttled = async () => {
  const slow = await RestFixture.start({ callsPerSecond: 2 });
  const path = `${QUOTATIONS}/inquire-price`;
  await slow.get(path, 'FHKST01010100', PRICE);
  const answer = await slow.get(path, 'FHKST01010100', PRICE);
  await slow.stop();
  return answer;
};

const live = (time?: string) => RealGateway.open('live', time);
const paper = (time?: string) => RealGateway.open('paper', time);

const tooMuch = async (gateway: RealGateway) =>
  gateway.revise((await gateway.buy()).number, { ORD_QTY: '11', QTY_ALL_ORD_YN: 'N' });
const afterACancel = async (gateway: RealGateway) => {
  const { number } = await gateway.buy();
  await gateway.revise(number);
  return gateway.revise(number);
};
const amended = async (gateway: RealGateway) =>
  gateway.revise((await gateway.buy()).number, { RVSE_CNCL_DVSN_CD: '01', ORD_UNPR: '9890' });
const onSaturday = async (gateway: RealGateway) => {
  gateway.moveTo(SATURDAY, '10:00');
  return gateway.buy();
};

const message = (header: object, input?: object) => ({ header, body: { input } });

const input = (change: object = {}) => ({ tr_id: 'H0STCNT0', tr_key: '005930', ...change });

const byKind = (kind: string) =>
  inTheList.flatMap(([code, origin]) => ('fault' in origin && origin.fault === kind ? [code] : []));

describe('the codes of the gateway', () => {
  let rest: RestFixture;
  beforeAll(async () => {
    rest = await RestFixture.start();
  });
  afterAll(() => rest.stop());

  const price = (headers: Record<string, string>, change: Record<string, string> = {}) =>
    rest.get(`${QUOTATIONS}/inquire-price`, 'FHKST01010100', { ...PRICE, ...change }, headers);
  const raw = async (path: string, body: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${rest.url}${path}`, { method: 'POST', headers, body });
    return { body: await response.json() };
  };
  const order = (body: string, headers: Record<string, string> = {}) =>
    raw(`${TRADING}/order-cash`, body, {
      ...rest.headers('TTTC0012U'),
      'content-type': 'application/json',
      ...headers,
    });
  const expired = async () => {
    rest.exchange.instant += 25 * 3_600_000;
    const answer = await price({});
    rest.exchange.instant -= 25 * 3_600_000;
    return answer;
  };
  // oxlint-disable-next-line typescript/no-explicit-any -- bodies of every shape
  const acts: Readonly<Record<string, () => Promise<{ body: any }>>> = {
    EGW00101: () => raw('/oauth2/tokenP', 'grant_type=client_credentials'),
    EGW00102: () => price({ appkey: '' }),
    EGW00103: () => price({ appkey: 'x'.repeat(36) }),
    EGW00104: () => price({ appsecret: '' }),
    EGW00105: () => price({ appsecret: 'x' }),
    EGW00115: () => rest.issueToken({ grant_type: '' }),
    EGW00116: () => rest.issueToken({ grant_type: 'password' }),
    EGW00121: () => price({ authorization: 'Bearer nobody' }),
    EGW00122: () => price({ authorization: '' }),
    EGW00123: expired,
    EGW00131: () => order(JSON.stringify(BUY), { hashkey: 'f'.repeat(64) }),
    EGW00132: () => order(JSON.stringify(BUY), { 'content-type': 'text/xml' }),
    EGW00133: () => rest.issueToken(),
    EGW00201: throttled,
    EGW00205: () => price({ authorization: 'Basic abc' }),
    EGW00208: () => price({ custtype: 'X' }),
    EGW02004: () => price({ appkey: inventCredentials('paper', 'test').appKey }),
    EGW02006: () => onPaper(`${QUOTATIONS}/chk-holiday`, 'CTCA0903R', {}),
    IGW00002: () =>
      onPaper(`${TRADING}/inquire-balance`, 'VTTC8434R', {
        ...BALANCE,
        CANO: '50012346',
        ACNT_PRDT_CD: '01',
      }),
    IGW00007: () => order(JSON.stringify({ ...BUY, ORD_UNPR: '70000.0' })),
    OPSQ0002: () => price({ tr_id: 'XXXX' }),
    OPSQ2000: () => rest.get(`${TRADING}/inquire-balance`, 'TTTC8434R', { ...BALANCE, CANO: '1' }),
    OPSQ2001: () => price({}, { FID_COND_MRKT_DIV_CODE: 'Z' }),
    OPSQ2002: () =>
      rest.get(`${QUOTATIONS}/chk-holiday`, 'CTCA0903R', { ...HOLIDAY, BASS_DT: 'x' }),
    OPSQ9995: () => order(''),
    OPSQ9997: () => order('PDNO=005930'),
    OPSQ9999: () => price({ tr_id: '' }),
    MCA00000: () => price({}),
    MCA05918: () => price({}, { FID_INPUT_ISCD: '999999' }),
    APTR0058: () =>
      rest.get(`${TRADING}/inquire-balance`, 'TTTC8434R', { ...BALANCE, CANO: '50012346' }),
    APMP0001: () => rest.get(`${TRADING}/inquire-balance`, 'TTTC8434R', ACCOUNT_QUERY),
  };

  it.each(Object.keys(acts))('%s is brought about by a client', async (code) => {
    expect(originOf(code)).toHaveProperty('cause');
    const { body } = await acts[code]!();
    expect(body.msg_cd ?? body.error_code).toBe(code);
    caused.add(code);
  });
});

describe('the codes of the ledger, with the real exchange behind the gateway', () => {
  const LIST = { INQR_DVSN_1: '0', INQR_DVSN_2: '0', CTX_AREA_FK100: '', CTX_AREA_NK100: '' };
  const CCLD = {
    INQR_STRT_DT: '20260312',
    INQR_END_DT: '20260312',
    SLL_BUY_DVSN_CD: '00',
    INQR_DVSN: '00',
    CCLD_DVSN: '00',
  };
  const listed = async (gateway: RealGateway, hasOrder: boolean) => {
    if (hasOrder) await gateway.buy();
    return gateway.ask('GET', 'inquire-daily-ccld', '0081R', CCLD);
  };

  const acts: Readonly<Record<string, () => Promise<{ code: string }>>> = {
    APBK0013: async () => (await live()).buy(),
    KIOK0510: async () => listed(await live(), true),
    KIOK0560: async () => listed(await live(), false),
    KIER2620: async () => (await live()).revise('0000009999'),
    APBK0400: async () => (await live()).sell(),
    APBK0656: async () => (await live()).buy({ PDNO: '999990' }),
    APBK0918: async () => (await live('18:30')).buy(),
    APBK0919: async () => onSaturday(await live()),
    APBK0952: async () => (await live()).buy({ ORD_QTY: '1000000' }),
    APBK0957: async () => (await live()).buy({ ORD_UNPR: '9903' }),
    APBK1359: async () => tooMuch(await live()),
    '40600000': async () => (await paper()).buy(),
    '40590000': async () => {
      const gateway = await paper();
      await gateway.buy({ ORD_DVSN: '01', ORD_UNPR: '0' });
      gateway.moveTo(parseTradeDate('2026-03-12'), '10:05');
      return gateway.sell();
    },
    '40620000': async () => amended(await paper()),
    '40630000': async () => {
      const gateway = await paper();
      return gateway.revise((await gateway.buy()).number);
    },
    '20310000': async () => listed(await paper(), true),
    '70070000': async () => listed(await paper(), false),
    '40100000': async () => onSaturday(await paper()),
    '40570000': async () => (await paper('08:00')).buy(),
    '40580000': async () => (await paper('18:30')).buy(),
    '40030000': async () => (await paper()).buy({ ORD_UNPR: '9903' }),
    '40070000': async () => (await paper()).buy({ PDNO: HALTED }),
    '40270000': async () => (await paper()).buy({ ORD_UNPR: '13010' }),
    '40240000': async () => (await paper()).sell(),
    '40250000': async () => (await paper()).buy({ ORD_QTY: '1000000' }),
    '40330000': async () => afterACancel(await paper()),
    '40430000': async () => tooMuch(await paper()),
    '90000000': async () => (await paper()).ask('GET', 'inquire-psbl-rvsecncl', '0084R', LIST),
  };

  it.each(Object.keys(acts))('%s is brought about by a client', async (code) => {
    expect(originOf(code)).toHaveProperty('cause');
    expect((await acts[code]!()).code).toBe(code);
    caused.add(code);
  });

  it('APBK0957 also words a price beyond the limit and a halted stock', async () => {
    const gateway = await live();
    const answers = [await gateway.buy({ ORD_UNPR: '13010' }), await gateway.buy({ PDNO: HALTED })];
    expect(answers.map(({ code }) => code)).toEqual(['APBK0957', 'APBK0957']);
    expect((await gateway.buy({ PDNO: TRADED })).code).toBe('APBK0013');
  });
});

describe('the codes of the WebSocket', () => {
  let fixture: WebSocketFixture;
  afterEach(() => fixture.stop());

  const login = (change: object = {}) => ({
    approval_key: fixture.approvalKey,
    custtype: 'P',
    tr_type: '1',
    ...change,
  });
  const again = () => message(login(), input());

  /** What is sent before, and what brings the code about. */
  const acts: Readonly<Record<string, () => readonly unknown[]>> = {
    OPSP0000: () => [again()],
    OPSP0001: () => [again(), message(login({ tr_type: '2' }), input())],
    OPSP0002: () => [again(), again()],
    OPSP0003: () => [message(login({ tr_type: '2' }), input())],
    OPSP0008: () =>
      Array.from({ length: 42 }, (_, index) =>
        message(login(), input({ tr_key: String(100_000 + index) })),
      ),
    OPSP0011: () => [message(login({ approval_key: 'nobody' }), input())],
    OPSP8991: () => [message(login(), input({ tr_id: 'H0STXXX0' }))],
    OPSP8992: () => [message(login(), input({ tr_key: '5930' }))],
    OPSP8993: () => [message(login(), input({ tr_key: 5930 }))],
    OPSP8995: () => [message({ ...login({ approval_key: undefined }), appkey: 'APPKEY' }, input())],
    OPSP8997: () => [message(login({ tr_type: '3' }), input())],
    OPSP8998: () => [message(login({ custtype: 'X' }), input())],
    OPSP9990: () => [message(login(), input({ tr_key: undefined }))],
    OPSP9991: () => [message(login())],
    OPSP9992: () => [{ header: login() }],
    OPSP9994: () => [
      message({ custtype: 'P', tr_type: '1', appkey: 'APPKEY', appsecret: 'x' }, input()),
    ],
    OPSP9996: () => [message(login({ approval_key: undefined }), input())],
    OPSP9997: () => [message(login({ custtype: undefined }), input())],
    OPSP9998: () => [{ body: { input: input() } }],
    OPSP9999: () => ['hello'],
  };

  it.each(Object.keys(acts))('%s is brought about by a client', async (code) => {
    expect(originOf(code)).toHaveProperty('cause');
    fixture = await WebSocketFixture.start();
    const client = await fixture.connect();
    let last: string | undefined;
    for (const each of acts[code]!()) {
      client.send(each);
      last = (await client.nextJson()).body.msg_cd;
    }
    expect(last).toBe(code);
    caused.add(code);
  });

  it('OPSP8996 is brought about by a second session', async () => {
    fixture = await WebSocketFixture.start();
    await (await fixture.connect()).ask('H0STCNT0', '005930');
    const second = await (await fixture.connect()).ask('H0STCNT0', '005930');
    expect(second.body.msg_cd).toBe('OPSP8996');
    caused.add('OPSP8996');
  });
});

describe('codes that nothing in this market causes', () => {
  const real = new ManualRealTime();
  const market = { now: () => 0, speed: () => 1 };
  const planOf = (rule: object) =>
    new FaultPlan(parseFaultScript(JSON.stringify({ rules: [rule] })), { market, real });

  it.each(['ERROR_500_WITH_BODY', 'REFUSED'])('come by a fault rule %s', async (kind) => {
    const plan = planOf({ kind });
    const rest = await RestFixture.start({
      faults: (tokens, { exchange }) =>
        new RestFaultInjector({
          plan,
          tokens,
          market,
          real,
          tradeDate: () => exchange.tradeDate(),
        }),
    });
    for (const code of byKind(kind)) {
      plan.replace(parseFaultScript(JSON.stringify({ rules: [{ kind, code, accepts: false }] })));
      const { status, body } = await rest.post(`${TRADING}/order-cash`, 'TTTC0012U', BUY);
      expect([status, body['msg_cd']]).toEqual([kind === 'REFUSED' ? 200 : 500, code]);
    }
    expect(rest.exchange.submitted).toEqual([]);
    expect(plan.traces()).toHaveLength(byKind(kind).length);
    await rest.stop();
  });

  it('come by a fault rule SUBSCRIBE_REFUSED', async () => {
    const codes = byKind('SUBSCRIBE_REFUSED');
    const plan = planOf({ kind: 'SUBSCRIBE_REFUSED' });
    const faults = new FeedFaultInjector({ plan, market, real, noticeTrId: 'H0STCNI0' });
    const fixture = await WebSocketFixture.start({ frameFaults: faults });
    const client = await fixture.connect();
    for (const code of codes) {
      const rules = [{ kind: 'SUBSCRIBE_REFUSED', code, times: 1 }];
      plan.replace(parseFaultScript(JSON.stringify({ rules })));
      expect((await client.ask('H0STCNT0', '005930')).body.msg_cd).toBe(code);
    }
    expect((await client.ask('H0STCNT0', '005930')).body.msg_cd).toBe('OPSP0000');
    expect(plan.traces().map(({ subject }) => subject)).toEqual(
      codes.map(() => 'subscribe H0STCNT0 005930'),
    );
    await fixture.stop();
  });
});

/** Codes that a test above has brought about. */
const caused = new Set<string>();

describe('the table of codes', () => {
  it('says of no code that a client brings it about without a test that does', () => {
    const claimed = inTheList.flatMap(([code, origin]) => ('cause' in origin ? [code] : []));
    expect(claimed.filter((code) => !caused.has(code))).toEqual([]);
  });
});

const document = documentedCodes();
const describeWithDocuments = document === undefined ? describe.skip : describe;

describeWithDocuments('the documents', () => {
  it('list every code of the table, and no other', () => {
    const documented = new Set(document);
    const codes = inTheList.map(([code]) => code);
    expect([...documented].filter((code) => !ERROR_CODES.has(code))).toEqual([]);
    expect(codes.filter((code) => !documented.has(code))).toEqual([]);
  });
});

const BALANCE = {
  ...ACCOUNT_QUERY,
  AFHR_FLPR_YN: 'N',
  OFL_YN: '',
  INQR_DVSN: '02',
  UNPR_DVSN: '01',
  FUND_STTL_ICLD_YN: 'N',
  FNCG_AMT_AUTO_RDPT_YN: 'N',
  PRCS_DVSN: '00',
};
const HOLIDAY = { BASS_DT: '20260312', CTX_AREA_NK: '', CTX_AREA_FK: '' };

/** Section 9 of the document on codes, where it is; 'EGW00102 / 00103' and 'OPSQ0003–0009' unfolded. */
function documentedCodes(): readonly string[] | undefined {
  const file = join(resolve(import.meta.dirname, '../../../../../shared'), 'kis/auth.md');
  if (!existsSync(file)) return undefined;
  const tables = (readFileSync(file, 'utf8').split('## 9. Error codes')[1] ?? '')
    .split('\n')
    .flatMap((line) => (/^\| (.*?) \|/.exec(line) ?? []).slice(1));
  return tables.flatMap(unfold);
}

function unfold(cell: string): readonly string[] {
  const family = /^[A-Z]{3,4}/.exec(cell)?.[0] ?? '';
  return [...cell.matchAll(/([A-Z]{3,4})?(\d{3,8})(?:\s*(?:–|…)\s*(\d{4}))?/g)].flatMap((match) => {
    const [, prefix = family, digits = '', last] = match;
    if (last === undefined) return [`${prefix}${digits}`];
    const from = Number(digits);
    return Array.from(
      { length: Number(last) - from + 1 },
      (_, index) => `${prefix}${String(from + index).padStart(digits.length, '0')}`,
    );
  });
}
