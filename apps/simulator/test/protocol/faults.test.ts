import { afterEach, describe, expect, it } from '@jest/globals';
import { kstInstant } from '@fleet/krx';
import { InputError } from '../../src/control/input-error.ts';
import { FaultPlan } from '../../src/faults/fault-plan.ts';
import { type FaultScript, parseFaultScript } from '../../src/faults/fault-rule.ts';
import { FeedFaultInjector } from '../../src/faults/feed-fault-injector.ts';
import { RestFaultInjector } from '../../src/faults/rest-fault-injector.ts';
import { FAKE_DATE, makeOrder, makeTrade } from './fake-exchange.ts';
import { ACCOUNT_QUERY, RestFixture } from './rest-fixture.ts';
import { ManualRealTime, WebSocketFixture } from './websocket-fixture.ts';

const ORDER = '/uapi/domestic-stock/v1/trading/order-cash';
const CCLD = '/uapi/domestic-stock/v1/trading/inquire-daily-ccld';
const BUY = { ...ACCOUNT_QUERY, PDNO: '005930', ORD_DVSN: '01', ORD_QTY: '1', ORD_UNPR: '0' };
const LIST = {
  ...ACCOUNT_QUERY,
  INQR_STRT_DT: '20260312',
  INQR_END_DT: '20260312',
  SLL_BUY_DVSN_CD: '00',
  INQR_DVSN: '01',
  CCLD_DVSN: '00',
};

const MARKET = { now: () => 5000, speed: () => 1 };

describe('faults of REST calls', () => {
  let rest: RestFixture;
  let plan: FaultPlan;
  const real = new ManualRealTime();
  afterEach(() => rest.stop());

  async function start(rules: object[]): Promise<void> {
    plan = planOf(rules);
    rest = await RestFixture.start({
      faults: (tokens, { exchange }) =>
        new RestFaultInjector({
          plan,
          tokens,
          market: { now: () => exchange.now(), speed: () => 1 },
          real,
          tradeDate: () => exchange.tradeDate(),
        }),
    });
  }

  it('lose a reply after the order was accepted', async () => {
    await start([{ kind: 'REPLY_LOST_AFTER_ACCEPT', endpoint: 'order-cash', at: [2] }]);
    await rest.post(ORDER, 'TTTC0012U', BUY);
    await expect(rest.post(ORDER, 'TTTC0012U', BUY)).rejects.toThrow('fetch failed');
    expect(rest.exchange.submitted).toHaveLength(2);
    expect(plan.traces()).toEqual([
      {
        sequence: 1,
        kind: 'REPLY_LOST_AFTER_ACCEPT',
        rule: 1,
        occasion: 2,
        subject: 'order-cash TTTC0012U',
        realMs: 0,
        marketMs: 5000,
      },
    ]);
  });

  it('lose a reply before anything happened', async () => {
    await start([{ kind: 'REPLY_LOST_BEFORE_ACCEPT', endpoint: 'order-cash' }]);
    await expect(rest.post(ORDER, 'TTTC0012U', BUY)).rejects.toThrow('fetch failed');
    expect(rest.exchange.submitted).toEqual([]);
  });

  it('answer 500 with a code although the order was accepted', async () => {
    await start([{ kind: 'ERROR_500_WITH_BODY', code: 'EGW00301' }]);
    const { status, body } = await rest.post(ORDER, 'TTTC0012U', BUY);
    expect([status, body['msg_cd']]).toEqual([500, 'EGW00301']);
    expect(rest.exchange.submitted).toHaveLength(1);
  });

  it('answer 500 without body and without the order', async () => {
    await start([{ kind: 'ERROR_500_WITHOUT_BODY', accepts: false }]);
    const { status, body } = await rest.post(ORDER, 'TTTC0012U', BUY);
    expect([status, body]).toEqual([500, {}]);
    expect(rest.exchange.submitted).toEqual([]);
  });

  it('throttle, and revoke the token', async () => {
    await start([
      { kind: 'THROTTLED', at: [1] },
      { kind: 'TOKEN_REVOKED', at: [1] },
    ]);
    const codes = [];
    for (let index = 0; index < 3; index += 1) {
      codes.push((await rest.post(ORDER, 'TTTC0012U', BUY)).body['msg_cd']);
    }
    expect(codes).toEqual(['EGW00201', 'EGW00121', 'EGW00121']);
    expect(plan.traces().map((trace) => trace.kind)).toEqual(['THROTTLED', 'TOKEN_REVOKED']);
  });

  it('hold a reply back', async () => {
    await start([{ kind: 'SLOW_REPLY', delayMs: 700 }]);
    let isAnswered = false;
    const answer = rest.post(ORDER, 'TTTC0012U', BUY).finally(() => {
      isAnswered = true;
    });
    while (real.waiting.size === 0) await new Promise((resolve) => setImmediate(resolve));
    real.advance(699);
    expect(isAnswered).toBe(false);
    real.advance(1);
    expect((await answer).body['rt_cd']).toBe('0');
  });

  it('hide young orders from the list, or show none', async () => {
    await start([
      { kind: 'LIST_LAG', delayMs: 3000, at: [1] },
      { kind: 'EMPTY_PAGE', at: [1] },
    ]);
    rest.exchange.orderList = [
      makeOrder({ number: '0000000001', acceptedAt: kstInstant(FAKE_DATE, '10:15:27') }),
      makeOrder({ number: '0000000002', acceptedAt: kstInstant(FAKE_DATE, '10:15:28') }),
    ];
    const lists = [];
    for (let index = 0; index < 3; index += 1) {
      const { body } = await rest.get(CCLD, 'TTTC0081R', LIST);
      lists.push(body['output1'].map((row: { odno: string }) => Number(row.odno)));
    }
    expect(lists).toEqual([[1], [], [1, 2]]);
  });

  it('shift the acceptance time', async () => {
    await start([{ kind: 'CLOCK_SKEW', delayMs: -90_000 }]);
    const { body } = await rest.post(ORDER, 'TTTC0012U', BUY);
    expect(body['output'].ORD_TMD).toBe('101400');
  });
});

describe('faults of notices', () => {
  it.each([
    [[], ['1', '2', '3']],
    [[{ kind: 'NOTICE_LOST', at: [2] }], ['1', '3']],
    [[{ kind: 'NOTICE_TWICE', at: [2] }], ['1', '2', '2', '3']],
    [[{ kind: 'NOTICE_OUT_OF_ORDER', at: [1] }], ['2', '1', '3']],
    [[{ kind: 'NOTICE_LATE', at: [1], delayMs: 500 }], ['2', '3', '1']],
  ])('%j make 1, 2, 3 to %j', (rules, expected) => {
    const real = new ManualRealTime();
    const faults = new FeedFaultInjector({
      plan: planOf(rules),
      market: MARKET,
      real,
      noticeTrId: 'H0STCNI0',
    });
    const seen: string[] = [];
    for (const record of ['1', '2', '3']) faults.deliver(record, (each) => seen.push(each));
    real.advance(500);
    expect(seen).toEqual(expected);
  });
});

describe('faults of frames', () => {
  let fixture: WebSocketFixture;
  afterEach(() => fixture.stop());

  async function start(rules: object[]) {
    const injector = new FeedFaultInjector({
      plan: planOf(rules),
      market: MARKET,
      real: new ManualRealTime(),
      noticeTrId: 'H0STCNI0',
    });
    fixture = await WebSocketFixture.start({ frameFaults: injector });
    const client = await fixture.connect();
    await client.ask('H0STCNT0', '005930');
    return client;
  }

  it('give each record one more column', async () => {
    const client = await start([{ kind: 'EXTRA_COLUMN', trId: 'H0STCNT0' }]);
    const trade = makeTrade(fixture.exchange);
    fixture.exchange.publish((listener) => {
      listener.onTrade(trade);
      listener.onTrade(trade);
    });
    const { values } = await client.nextFrame();
    expect(values).toHaveLength(2 * 47);
    expect([values[0], values[46], values[47]]).toEqual(['005930', '0', '005930']);
  });

  it.each([
    ['drop the socket', 'SOCKET_DROPPED', 1006],
    ['break a letter, which a strict client closes on', 'BROKEN_UTF8', 1006],
  ])('%s', async (_name, kind, code) => {
    const client = await start([{ kind }]);
    client.socket.on('error', () => undefined);
    fixture.exchange.publish((listener) => listener.onTrade(makeTrade(fixture.exchange)));
    expect(await client.closed).toBe(code);
  });
});

describe('a fault plan', () => {
  it('strikes by rate, the same occasions for the same seed', () => {
    expect(struck(7)).toEqual(struck(7));
    expect(struck(7)).not.toEqual(struck(8));
    const count = struck(7).filter(Boolean).length;
    expect(count).toBeGreaterThan(40);
    expect(count).toBeLessThan(80);
  });

  it('strikes no more often than it is told', () => {
    const plan = planOf([{ kind: 'NOTICE_LOST', times: 2 }]);
    expect([strikes(plan), strikes(plan), strikes(plan)]).toEqual([true, true, false]);
  });

  it.each([
    ['no JSON', 'faults: not a JSON object'],
    ['{"rules":{}}', 'faults: rules must be a list'],
    ['{"rules":[{"kind":"X"}]}', 'faults: rules #1: unknown kind X'],
    ['{"rules":[{"kind":"SLOW_REPLY","wait":1}]}', 'faults: rules #1: unknown key wait'],
    [
      '{"rules":[{"kind":"SLOW_REPLY","at":"1"}]}',
      'faults: rules #1: at must be a list of whole numbers',
    ],
    ['{"rules":[{"kind":"THROTTLED","code":"A"}]}', 'THROTTLED knows no code A'],
    ['{"rules":[],"rule":[]}', 'faults: unknown key rule'],
    ['{"rules":[{"kind":"SLOW_REPLY","rate":2}]}', 'rate must be a number from 0 to 1'],
    ['{"rules":[{"kind":"SLOW_REPLY","at":[0]}]}', 'at must be a list of whole numbers from 1'],
    ['{"rules":[{"kind":"SLOW_REPLY","times":0}]}', 'times must be a number from 1'],
    ['{"rules":[{"kind":"SLOW_REPLY","delayMs":-1}]}', 'delayMs must be a number from 0'],
    [
      '{"rules":[{"kind":"SLOW_REPLY","endpoint":"orders"}]}',
      'SLOW_REPLY knows no endpoint orders',
    ],
    ['{"rules":[{"kind":"SLOW_REPLY","trId":"H0STCNT0"}]}', 'SLOW_REPLY knows no trId H0STCNT0'],
    ['{"rules":[{"kind":"NOTICE_LOST","endpoint":"order-cash"}]}', 'NOTICE_LOST knows no endpoint'],
    ['{"rules":[{"kind":"NOTICE_LOST","trId":"TTTC0012U"}]}', 'NOTICE_LOST knows no trId'],
  ])('refuses %s', (text, message) => {
    expect(() => parseFaultScript(text)).toThrow(message);
  });

  it('takes a call by its name, its new and its old TR id, a feed by its id, a clock that is behind', () => {
    const rules = [
      { kind: 'SLOW_REPLY', endpoint: 'order-cash', rate: 0 },
      { kind: 'SLOW_REPLY', trId: 'TTTC0012U' },
      { kind: 'SLOW_REPLY', trId: 'TTTC0802U' },
      { kind: 'SOCKET_DROPPED', trId: 'H0STCNT0', at: [1] },
      { kind: 'CLOCK_SKEW', delayMs: -1000 },
    ];
    expect(parseFaultScript(JSON.stringify({ rules })).rules).toMatchObject(rules);
  });

  it('refuses in Korean, too', () => {
    const refusals = ['no JSON', '{"rules":[{"kind":"X"}]}'].map((text) => {
      try {
        return parseFaultScript(text);
      } catch (error) {
        return error instanceof InputError ? error.texts.ko : error;
      }
    });
    expect(refusals).toEqual([
      '장애 규칙: JSON 객체가 아닙니다',
      expect.stringMatching(/^장애 규칙: rules #1: 모르는 kind입니다: X/),
    ]);
  });
});

/** Which of two hundred notices a rate of 0.3 strikes. */
function struck(seed: number): boolean[] {
  const plan = planOf([{ kind: 'NOTICE_LOST', rate: 0.3 }], seed);
  return Array.from({ length: 200 }, () => strikes(plan));
}

function strikes(plan: FaultPlan): boolean {
  const occasion = { endpoint: undefined, trId: 'H0STCNI0', subject: 'notice' };
  return plan.strike(['NOTICE_LOST'], occasion) !== undefined;
}

function planOf(rules: object[], seed = 1): FaultPlan {
  const script: FaultScript = parseFaultScript(JSON.stringify({ seed, rules }));
  return new FaultPlan(script, { market: MARKET, real: { now: () => 0 } });
}
