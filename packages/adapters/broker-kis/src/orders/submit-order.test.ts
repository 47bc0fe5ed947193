import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseTradeDate } from '@fleet/krx';
import { price, quantity } from '@fleet/domain';
import { makeTestAdapter, makeTicket, storedTokenFor } from '../../test/support/adapter-kit.ts';
import { closedPortUrl, FakeKisServer, type Reply } from '../../test/support/fake-kis-server.ts';
import { LIVE_PROFILE, PAPER_PROFILE } from '../profile.ts';

const ORDER_CASH = '/uapi/domestic-stock/v1/trading/order-cash';
const ORDER_CHANGE = '/uapi/domestic-stock/v1/trading/order-rvsecncl';
const original = { date: parseTradeDate('2026-03-12'), branch: '00950', number: '2696' };

const acceptance = (output: unknown): Reply => ({
  body: { rt_cd: '0', msg_cd: '40600000', msg1: 'ok', output },
});
const ACCEPTED = acceptance({
  KRX_FWDG_ORD_ORGNO: '00950',
  ODNO: '0000002697',
  ORD_TMD: '100001',
});

describe('an order', () => {
  let server: FakeKisServer;
  let kit: ReturnType<typeof makeTestAdapter>;

  beforeEach(async () => {
    server = await new FakeKisServer().start();
    kit = makeTestAdapter(server.url);
    server.routes.set(ORDER_CASH, () => ACCEPTED);
    server.routes.set(ORDER_CHANGE, () => ACCEPTED);
  });

  afterEach(async () => {
    await kit.adapter.close();
    await server.stop();
  });

  it('is accepted with its number', async () => {
    expect(await kit.adapter.broker.placeOrder(makeTicket())).toEqual({
      kind: 'accepted',
      broker: { date: '2026-03-12', branch: '00950', number: '2697' },
      brokerTime: '100001',
    });
    const [call] = server.callsTo('order-cash');
    expect(call?.headers).toMatchObject({
      tr_id: 'VTTC0012U',
      authorization: 'Bearer token-1',
      appkey: 'app-key',
      appsecret: 'app-secret',
      custtype: 'P',
    });
    expect(call?.body).toEqual({
      CANO: '50012345',
      ACNT_PRDT_CD: '01',
      PDNO: '005930',
      ORD_DVSN: '00',
      ORD_QTY: '3',
      ORD_UNPR: '70000',
      EXCG_ID_DVSN_CD: 'KRX',
      SLL_TYPE: '',
      CNDT_PRIC: '',
    });
  });

  it.each([
    ['a buy', {}, 'VTTC0012U', 'TTTC0012U', 'entry'],
    ['a sell', { side: 'SELL' }, 'VTTC0011U', 'TTTC0011U', 'exit'],
    ['a cancel', { request: 'CANCEL', original }, 'VTTC0013U', 'TTTC0013U', 'cancel'],
    [
      'an amend of a sell',
      { request: 'MODIFY', original, side: 'SELL' },
      'VTTC0013U',
      'TTTC0013U',
      'exit',
    ],
  ] as const)('%s goes out under its TR id and lane', async (_, changes, paper, live, lane) => {
    await kit.adapter.broker.submit(makeTicket(changes), {
      beforeBytesLeave: async () => ({ go: true }),
    });
    expect(server.calls.at(-1)?.headers['tr_id']).toBe(paper);
    expect(kit.budget.lanes.at(-1)).toBe(lane);
    const onLive = makeTestAdapter(server.url, { profile: LIVE_PROFILE });
    await onLive.adapter.broker.placeOrder(makeTicket(changes));
    expect(server.calls.at(-1)?.headers['tr_id']).toBe(live);
    await onLive.adapter.close();
  });

  it('that cancels takes the whole rest of the original', async () => {
    await kit.adapter.broker.cancelOrder(makeTicket({ request: 'CANCEL', original }));
    expect(server.callsTo('order-rvsecncl')[0]?.body).toEqual({
      CANO: '50012345',
      ACNT_PRDT_CD: '01',
      KRX_FWDG_ORD_ORGNO: '00950',
      ORGN_ODNO: '0000002696',
      ORD_DVSN: '00',
      RVSE_CNCL_DVSN_CD: '02',
      ORD_QTY: '0',
      ORD_UNPR: '0',
      QTY_ALL_ORD_YN: 'Y',
      EXCG_ID_DVSN_CD: 'KRX',
      CNDT_PRIC: '',
    });
  });

  it('that amends names quantity and price', async () => {
    const ticket = makeTicket({ request: 'MODIFY', original, limitPrice: price('69900') });
    await kit.adapter.broker.modifyOrder(ticket);
    expect(server.callsTo('order-rvsecncl')[0]?.body).toMatchObject({
      RVSE_CNCL_DVSN_CD: '01',
      ORD_QTY: '3',
      ORD_UNPR: '69900',
      QTY_ALL_ORD_YN: 'N',
    });
  });

  it('without a price says 0, and a sell says what kind of sell', async () => {
    await kit.adapter.broker.placeOrder(
      makeTicket({ type: 'MARKET', limitPrice: undefined, side: 'SELL' }),
    );
    expect(server.callsTo('order-cash')[0]?.body).toMatchObject({
      ORD_DVSN: '01',
      ORD_UNPR: '0',
      SLL_TYPE: '01',
    });
  });

  it.each<[string, Reply, string]>([
    [
      'a business refusal',
      { body: { rt_cd: '7', msg_cd: 'APBK0952', msg1: '주문가능금액을 초과 했습니다   ' } },
      'rejected',
    ],
    [
      'an expired token',
      { status: 500, body: { rt_cd: '1', msg_cd: 'EGW00123', msg1: '' } },
      'notExecuted',
    ],
    [
      'throttling',
      { status: 500, body: { rt_cd: '1', msg_cd: 'EGW00201', msg1: '' } },
      'notExecuted',
    ],
    [
      'a server time-out',
      { status: 500, body: { rt_cd: '1', msg_cd: 'EGW00302', msg1: '' } },
      'unknown',
    ],
    ['an empty 500', { status: 500, body: '' }, 'unknown'],
    ['something that is no JSON', { body: '<html>' }, 'unknown'],
    ['success without output', { body: { rt_cd: '0', msg_cd: 'APBK0013' } }, 'unknown'],
    [
      'success without a number',
      acceptance({ KRX_FWDG_ORD_ORGNO: '00950', ODNO: '', ORD_TMD: '100001' }),
      'unknown',
    ],
    [
      'success with number zero',
      acceptance({ KRX_FWDG_ORD_ORGNO: '00950', ODNO: '0000000000' }),
      'unknown',
    ],
    ['success with a number that is none', acceptance({ ODNO: '26A6' }), 'unknown'],
    ['success with two rows', acceptance([{ ODNO: '1' }, { ODNO: '2' }]), 'unknown'],
    ['success in an array of one', acceptance([{ ODNO: '1' }]), 'accepted'],
    [
      'success in lower case',
      acceptance({ krx_fwdg_ord_orgno: '00950', odno: '2696', ord_tmd: '100001' }),
      'accepted',
    ],
    ['a hang-up after the request', { hangUp: true }, 'unknown'],
  ])('answered with %s ends as it should, sent once', async (_, reply, kind) => {
    server.routes.set(ORDER_CASH, () => reply);
    const outcome = await kit.adapter.broker.placeOrder(makeTicket());
    expect(outcome.kind).toBe(kind);
    expect(server.callsTo('order-cash')).toHaveLength(1);
  });

  it('that gets no answer in time is unknown', async () => {
    const profile = { ...PAPER_PROFILE, answerDeadlineMs: 150 };
    const hasty = makeTestAdapter(server.url, { profile });
    server.routes.set(ORDER_CASH, () => ({ silent: true }));
    expect((await hasty.adapter.broker.placeOrder(makeTicket())).kind).toBe('unknown');
    expect(server.callsTo('order-cash')).toHaveLength(1);
    await hasty.adapter.close();
  });

  it('is not sent when nobody listens, or the name does not resolve', async () => {
    for (const url of [await closedPortUrl(), 'http://no-such-host.invalid:9443']) {
      const away = makeTestAdapter(url);
      // With a token at hand the order is the first call that fails.
      away.store.token = storedTokenFor(url);
      const asked: boolean[] = [];
      const outcome = await away.adapter.broker.submit(makeTicket(), {
        beforeBytesLeave: async () => {
          asked.push(true);
          return { go: true };
        },
      });
      expect([outcome.kind, asked.length]).toEqual(['notSent', 1]);
      await away.adapter.close();
    }
  });

  it('asks the hook after the call is granted and right before the bytes leave', async () => {
    const seen: string[] = [];
    await kit.adapter.broker.issueAccessToken();
    const acquire = kit.budget.acquire.bind(kit.budget);
    kit.budget.acquire = async (lane, signal) => {
      seen.push('granted');
      await acquire(lane, signal);
    };
    server.routes.set(ORDER_CASH, () => {
      seen.push('arrived');
      return ACCEPTED;
    });
    await kit.adapter.broker.submit(makeTicket(), {
      beforeBytesLeave: async () => {
        seen.push('asked');
        return { go: true };
      },
    });
    expect(seen).toEqual(['granted', 'asked', 'arrived']);
  });

  it('is not sent when the hook says no or throws', async () => {
    const no = { beforeBytesLeave: async () => ({ go: false as const, reason: 'fence lost' }) };
    const bad = {
      beforeBytesLeave: async () => {
        throw new Error('database away');
      },
    };
    expect(await kit.adapter.broker.submit(makeTicket(), no)).toEqual({
      kind: 'notSent',
      reason: 'fence lost',
    });
    expect((await kit.adapter.broker.submit(makeTicket(), bad)).kind).toBe('notSent');
    expect(server.callsTo('order-cash')).toEqual([]);
  });

  it('is not sent when the waiting is aborted, but an abort after the go changes nothing', async () => {
    const { broker } = kit.adapter;
    const early = await broker.placeOrder(makeTicket(), { signal: AbortSignal.abort() });
    expect(early.kind).toBe('notSent');
    const late = new AbortController();
    const outcome = await broker.submit(
      makeTicket(),
      {
        beforeBytesLeave: async () => {
          late.abort();
          return { go: true };
        },
      },
      { signal: late.signal },
    );
    expect(outcome.kind).toBe('accepted');
    expect(server.callsTo('order-cash')).toHaveLength(1);
  });

  it.each([
    ['another exchange than the profile trades at', { venue: 'NXT' as const }],
    ['no price where one is needed', { limitPrice: undefined }],
    ['no quantity', { quantity: quantity(0) }],
    ['no original to cancel', { request: 'CANCEL' as const }],
    ['a stop without a trigger', { type: 'STOP_LIMIT' as const }],
  ])('with %s is not sent and not granted a call', async (_, changes) => {
    expect((await kit.adapter.broker.placeOrder(makeTicket(changes))).kind).toBe('notSent');
    expect([server.calls.length, kit.budget.lanes.length]).toEqual([0, 0]);
  });

  it('refused for its token gets a new one for the next, refused for its pace slows the pace', async () => {
    const { broker } = kit.adapter;
    server.routes.set(ORDER_CASH, () => ({
      status: 500,
      body: { rt_cd: '1', msg_cd: 'EGW00123' },
    }));
    await broker.placeOrder(makeTicket());
    server.routes.set(ORDER_CASH, () => ({
      status: 500,
      body: { rt_cd: '1', msg_cd: 'EGW00201' },
    }));
    await broker.placeOrder(makeTicket());
    expect(server.calls.at(-1)?.headers['authorization']).toBe('Bearer token-2');
    expect(kit.budget.throttles).toBe(1);
  });
});
