import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  CountingBudget,
  makeTicket,
  MemoryTokenStore,
  TEN_O_CLOCK,
  testSettings,
} from '../test/support/adapter-kit.ts';
import { FakeKisServer } from '../test/support/fake-kis-server.ts';
import { InstantClock } from '../test/support/instant-clock.ts';
import { registerMessage } from './feed/control-message.ts';
import { type KisAdapter, type KisKeySettings, makeKisAdapter } from './index.ts';
import { LIVE_PROFILE, PAPER_PROFILE, profileAt } from './profile.ts';
import { KisOrderClient } from './rest/kis-rest-client.ts';

const ORDER = '/uapi/domestic-stock/v1/trading/order-cash';
const PRICE = '/uapi/domestic-stock/v1/quotations/inquire-price';

const PRICE_REPLY = {
  body: {
    rt_cd: '0',
    output: {
      stck_prpr: '70000',
      stck_mxpr: '91000',
      stck_llam: '49000',
      stck_sdpr: '70000',
      acml_vol: '1',
      acml_tr_pbmn: '70000',
    },
  },
};

describe('a key of their own for quotes', () => {
  let paper: FakeKisServer;
  let live: FakeKisServer;
  let adapter: KisAdapter;
  const budgets = { trading: new CountingBudget(), quotes: new CountingBudget() };

  beforeEach(async () => {
    paper = await new FakeKisServer().start();
    live = await new FakeKisServer().start();
    const clock = new InstantClock(TEN_O_CLOCK);
    const { accountId: _none, ...key } = testSettings(live.url, {
      profile: LIVE_PROFILE,
      appKey: 'live-key',
    });
    adapter = makeKisAdapter(testSettings(paper.url, { appKey: 'paper-key' }), {
      tokenStore: new MemoryTokenStore(),
      budget: budgets.trading,
      quotes: { settings: key, tokenStore: new MemoryTokenStore(), budget: budgets.quotes },
      clock,
      brokerClock: clock,
    });
  });

  afterEach(async () => {
    await adapter.close();
    await Promise.all([paper.stop(), live.stop()]);
  });

  it('reads the market live and trades on paper, each with its key, token and budget', async () => {
    live.routes.set(PRICE, () => PRICE_REPLY);
    paper.routes.set(ORDER, () => ({
      body: { rt_cd: '0', output: { ODNO: '1', KRX_FWDG_ORD_ORGNO: '00950', ORD_TMD: '100000' } },
    }));
    await adapter.marketData.getQuote('005930');
    expect(await adapter.broker.placeOrder(makeTicket())).toMatchObject({ kind: 'accepted' });
    expect(live.callsTo('inquire-price')[0]?.headers['appkey']).toBe('live-key');
    expect(paper.callsTo('order-cash')[0]?.headers).toMatchObject({
      appkey: 'paper-key',
      tr_id: 'VTTC0012U',
    });
    expect([live.callsTo('tokenP').length, paper.callsTo('tokenP').length]).toEqual([1, 1]);
    expect([live.callsTo('order-cash'), paper.callsTo('inquire-price')]).toEqual([[], []]);
    expect(budgets.quotes.lanes).toContain('scan');
    expect(budgets.trading.lanes).toContain('entry');
    expect(budgets.trading.lanes).not.toContain('scan');
    expect(adapter.quoteFeed).not.toBe(adapter.feed);
  });

  it('cannot order: without an account there is no order client', () => {
    const { accountId: _none, ...settings } = testSettings(live.url);
    const key: KisKeySettings = settings;
    // @ts-expect-error -- settings of a key name no account
    const make = (): KisOrderClient => new KisOrderClient({ settings: key });
    expect(make).toBeInstanceOf(Function);
  });
});

const CORPORATION = {
  personalSecretKey: 'seckey',
  ipAddress: '10.0.0.1',
  phoneNumber: undefined,
  macAddress: undefined,
};

describe('a corporation', () => {
  it('names its key in what it registers with the feed, and a person names none', () => {
    const headerOf = (corporate: typeof CORPORATION | undefined): object => {
      const registration = {
        approvalKey: 'key',
        register: true,
        trId: 'H0STCNT0',
        trKey: '005930',
      };
      const text = registerMessage(testSettings('', { corporate }), registration);
      return JSON.parse(text).header;
    };
    expect(headerOf(CORPORATION)).toMatchObject({ custtype: 'B', personalseckey: 'seckey' });
    expect(headerOf(undefined)).toMatchObject({ custtype: 'P' });
    expect(headerOf(undefined)).not.toHaveProperty('personalseckey');
  });

  it('names itself in every call, each under a name of its own', async () => {
    const server = await new FakeKisServer().start();
    const clock = new InstantClock(TEN_O_CLOCK);
    const settings = testSettings(server.url, { corporate: CORPORATION });
    const tokenStore = new MemoryTokenStore();
    const dependencies = { tokenStore, budget: new CountingBudget(), clock, brokerClock: clock };
    const adapter = makeKisAdapter(settings, dependencies);
    server.routes.set(PRICE, () => PRICE_REPLY);
    await adapter.marketData.getQuote('005930');
    await adapter.marketData.getQuote('005930');
    const headers = server.callsTo('inquire-price').map((call) => call.headers);
    expect(headers[0]).toMatchObject({
      custtype: 'B',
      personalseckey: 'seckey',
      seq_no: '001',
      ip_addr: '10.0.0.1',
    });
    const names = headers.map((header) => header['gt_uid']);
    expect(names[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(names).size).toBe(2);
    await adapter.close();
    await server.stop();
  });
});

describe('a venue', () => {
  it('that the server does not have is refused when the profile is chosen', () => {
    expect(() => profileAt(PAPER_PROFILE, 'SOR')).toThrow(RangeError);
    expect(profileAt(PAPER_PROFILE, 'KRX')).toBe(PAPER_PROFILE);
  });

  it('tells halts and phases of that venue', () => {
    const told = (['KRX', 'NXT', 'SOR'] as const).map((venue) => profileAt(LIVE_PROFILE, venue));
    expect(told.map(({ marketStateTrId }) => marketStateTrId)).toEqual([
      'H0STMKO0',
      'H0NXMKO0',
      'H0UNMKO0',
    ]);
    expect(PAPER_PROFILE.marketStateTrId).toBeUndefined();
  });
});
