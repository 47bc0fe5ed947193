import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, FakeClock } from '@fleet/testkit';
import type { ExecutionNotice, Tick } from '@fleet/service-layer';
import * as fc from 'fast-check';
import { LIVE_PROFILE, makeKisAdapter, type KisAdapter } from '../index.ts';
import type { MarketState } from './market-state-frame.ts';
import {
  CountingBudget,
  MemoryTokenStore,
  storedTokenFor,
  TEN_O_CLOCK,
  testSettings,
} from '../../test/support/adapter-kit.ts';
import { encryptedNotice, FakeKisFeed } from '../../test/support/fake-kis-feed.ts';
import { FakeKisServer } from '../../test/support/fake-kis-server.ts';

const NOTICE =
  'HTSID01^5001234501^0000002891^^02^0^00^0^005930^0000000003^000070000^100001^0^2^2^00950^000000003^TESTER^^1^Y^^10^^NAME^000070000';

function tradeFrame(symbol: string, price: string): string {
  const columns = Array.from({ length: 46 }, () => '0');
  columns.splice(0, 3, symbol, '100001', price);
  columns[3] = '2';
  columns[13] = '10';
  columns[33] = '20260312';
  columns[35] = 'N';
  return `0|H0STCNT0|001|${columns.join('^')}`;
}

describe('the feed', () => {
  let server: FakeKisServer;
  let kis: FakeKisFeed;
  let broker: FakeClock;
  let real: FakeClock;
  let adapter: KisAdapter;
  let seen: string[];
  let ticks: Tick[];
  let notices: ExecutionNotice[];

  beforeEach(async () => {
    server = await new FakeKisServer().start();
    kis = await new FakeKisFeed().start();
    broker = new FakeClock(TEN_O_CLOCK);
    real = new FakeClock(TEN_O_CLOCK);
    const tokenStore = new MemoryTokenStore();
    tokenStore.token = storedTokenFor(server.url);
    adapter = makeKisAdapter(testSettings(server.url, { wsUrl: kis.url }), {
      tokenStore,
      budget: new CountingBudget(),
      clock: real,
      brokerClock: broker,
    });
    seen = [];
    ticks = [];
    notices = [];
    adapter.feed.listen({
      onTicks: (more) => void ticks.push(...more),
      onNotice: (notice) => void notices.push(notice),
      onNoticeLost: () => void seen.push('noticeLost'),
      onReject: ({ reason }) => void seen.push(reason),
      onGap: () => void seen.push('gap'),
      onReconnected: () => void seen.push('reconnected'),
    });
  });

  afterEach(async () => {
    await adapter.close();
    await kis.stop();
    await server.stop();
  });

  /** Lets the pauses between registrations pass until the work is done. */
  async function passing<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const result = work.finally(() => {
      done = true;
    });
    await eventually(async () => {
      await broker.advance(200);
      return done;
    });
    return await result;
  }

  const register = async (trId: string, key: string) =>
    await passing(adapter.feed.register(trId, key));

  /** Advances broker time until the feed is connected again. */
  async function reconnect(count: number): Promise<void> {
    await eventually(async () => {
      await broker.advance(1_000);
      return kis.connections === count && adapter.feed.isConnected;
    });
  }

  it('registers with the approval key and hands out ticks', async () => {
    await adapter.broker.login();
    expect(await register('H0STCNT0', '005930')).toEqual({ kind: 'registered' });
    expect(JSON.parse(kis.texts[0] ?? '')).toEqual({
      header: { approval_key: 'approval-1', custtype: 'P', tr_type: '1', 'content-type': 'utf-8' },
      body: { input: { tr_id: 'H0STCNT0', tr_key: '005930' } },
    });
    kis.send(tradeFrame('005930', '70000'));
    await eventually(() => ticks.length === 1);
    expect(String(ticks[0]?.price)).toBe('70000');
  });

  it('logs in twice without a second session', async () => {
    await adapter.broker.login();
    await adapter.broker.login();
    expect([kis.connections, server.callsTo('Approval').length]).toEqual([1, 1]);
  });

  it('answers PINGPONG at once, with a pong frame of the same text and nothing else', async () => {
    await adapter.broker.login();
    const ping = '{"header":{"tr_id":"PINGPONG","datetime":"20260312100000"}}';
    kis.send(ping);
    await eventually(() => kis.pongs.length === 1);
    expect([kis.pongs, kis.texts]).toEqual([[ping], []]);
  });

  it.each([
    ['OPSP0002', { kind: 'registered' }],
    ['OPSP0008', { kind: 'refused', reason: 'full', code: 'OPSP0008', message: 'NO' }],
    ['OPSP8991', { kind: 'refused', reason: 'refused', code: 'OPSP8991', message: 'NO' }],
    ['OPSP8992', { kind: 'refused', reason: 'refused', code: 'OPSP8992', message: 'NO' }],
    ['OPSP0007', { kind: 'refused', reason: 'failed', code: 'OPSP0007', message: 'NO' }],
    ['OPSP0009', { kind: 'refused', reason: 'failed', code: 'OPSP0009', message: 'NO' }],
  ])('answered %s says %j', async (code, result) => {
    await adapter.broker.login();
    kis.answer = () => code;
    expect(await register('H0STCNT0', '005930')).toEqual(result);
  });

  it('sends one registration after the other, each after its answer and a pause', async () => {
    await adapter.broker.login();
    kis.answer = () => undefined;
    const first = adapter.feed.register('H0STCNT0', '005930');
    const second = adapter.feed.register('H0STCNT0', '000660');
    await eventually(() => kis.registrations.length === 1);
    kis.acknowledge('H0STCNT0', '005930', 'OPSP0000');
    await eventually(() => broker.sleeping > 0);
    expect(kis.registrations).toHaveLength(1);
    await broker.advance(100);
    await eventually(() => kis.registrations.length === 2);
    kis.acknowledge('H0STCNT0', '000660', 'OPSP0000');
    await passing(Promise.all([first, second]));
  });

  it('gives up on an answer after real seconds, and keeps the wish', async () => {
    await adapter.broker.login();
    kis.answer = () => undefined;
    const asked = adapter.feed.register('H0STCNT0', '005930');
    await eventually(() => kis.registrations.length === 1);
    await real.advance(5_000);
    expect(await passing(asked)).toEqual({ kind: 'pending', reason: 'noAnswer' });
    kis.answer = () => 'OPSP0000';
    kis.drop();
    await reconnect(2);
    await eventually(() => kis.registrations.length === 2);
  });

  it('unregisters, and does not come back to it after a reconnect', async () => {
    await adapter.broker.login();
    await register('H0STCNT0', '005930');
    await register('H0STCNT0', '000660');
    await passing(adapter.feed.unregister('H0STCNT0', '005930'));
    expect(kis.registrations.at(-1)).toMatchObject({ register: false, trKey: '005930' });
    kis.drop();
    await reconnect(2);
    await eventually(() => seen.includes('reconnected') || broker.advance(200).then(() => false));
    expect(kis.registrations.slice(3).map(({ trKey }) => trKey)).toEqual(['000660']);
  });

  it('opens notices, also those that came before their key', async () => {
    await adapter.broker.login();
    await register('H0STCNT0', '005930');
    kis.answer = () => undefined;
    const asked = adapter.broker.subscribeOrderEvents(() => void seen.push('notice'));
    await eventually(() => kis.registrations.length === 2);
    kis.send(encryptedNotice('H0STCNI9', NOTICE));
    kis.send(tradeFrame('005930', '70000'));
    await eventually(() => ticks.length === 1);
    expect(notices).toEqual([]);
    kis.acknowledge('H0STCNI9', 'HTSID01', 'OPSP0000');
    const stop = await passing(asked);
    expect(notices).toEqual([
      {
        kind: 'FILL',
        orderNumber: '2891',
        originalNumber: undefined,
        symbol: '005930',
        side: 'BUY',
        quantity: 3,
      },
    ]);
    expect(seen).toEqual(['notice']);
    stop();
    kis.send(encryptedNotice('H0STCNI9', NOTICE));
    await eventually(() => notices.length === 2);
    expect(seen).toEqual(['notice']);
  });

  it('keeps other accounts’ notices to itself', async () => {
    await adapter.broker.login();
    await passing(adapter.broker.subscribeOrderEvents(() => undefined));
    kis.send(encryptedNotice('H0STCNI9', NOTICE.replace('5001234501', '5001234503')));
    kis.send(encryptedNotice('H0STCNI9', NOTICE));
    await eventually(() => notices.length === 1);
    expect(seen).toEqual([]);
  });

  it('says so when a notice cannot be read', async () => {
    await adapter.broker.login();
    await passing(adapter.broker.subscribeOrderEvents(() => undefined));
    kis.send('1|H0STCNI9|001|AAAA');
    kis.send(encryptedNotice('H0STCNI9', NOTICE.slice(0, 40)));
    await eventually(() => seen.length === 4);
    expect(seen).toEqual(['NOT_DECRYPTED', 'noticeLost', 'BAD_WIDTH', 'noticeLost']);
  });

  it('reads on after broken UTF-8 and after frames that are none', async () => {
    await adapter.broker.login();
    await register('H0STCNT0', '005930');
    const broken = Buffer.concat([
      Buffer.from('0|H0STMKO0|001|005930^'),
      Buffer.from([0xed, 0x95]),
    ]);
    kis.send(broken);
    kis.send('{"half": ');
    kis.send('hello');
    kis.send(tradeFrame('005930', '70000'));
    await eventually(() => ticks.length === 1);
    expect(seen).toEqual(['UNKNOWN_TR', 'NOT_A_FRAME', 'NOT_A_FRAME']);
    expect(adapter.feed.rejects()).toEqual(
      new Map([
        ['UNKNOWN_TR', 1],
        ['NOT_A_FRAME', 2],
      ]),
    );
    expect(kis.connections).toBe(1);
  });

  it('counts what still comes of a stock that it has given up, and tells of strangers only', async () => {
    await adapter.broker.login();
    await register('H0STCNT0', '005930');
    await passing(adapter.feed.unregister('H0STCNT0', '005930'));
    kis.send(tradeFrame('005930', '70000'));
    kis.send(tradeFrame('000660', '70000'));
    await eventually(() => seen.length > 0);
    expect([seen, ticks]).toEqual([['NOT_REGISTERED'], []]);
    expect(adapter.feed.rejects().get('GIVEN_UP')).toBe(1);
  });

  it('marks the gap, waits 15 s of broker time, and registers everything again, notices first', async () => {
    await adapter.broker.login();
    await register('H0STCNT0', '005930');
    await passing(adapter.broker.subscribeOrderEvents(() => undefined));
    kis.drop();
    await eventually(() => seen.includes('gap'));
    await broker.advance(14_000);
    expect([kis.connections, adapter.feed.isConnected]).toEqual([1, false]);
    await reconnect(2);
    await eventually(() => seen.includes('reconnected') || broker.advance(200).then(() => false));
    expect(seen).toEqual(['gap', 'reconnected']);
    expect(kis.registrations.slice(2)).toEqual([
      { approvalKey: 'approval-2', register: true, trId: 'H0STCNI9', trKey: 'HTSID01' },
      { approvalKey: 'approval-2', register: true, trId: 'H0STCNT0', trKey: '005930' },
    ]);
  });

  it('waits out a slot that is still taken, longer each time, with a fresh key', async () => {
    await adapter.broker.login();
    kis.answer = () => 'OPSP8996';
    const asked = adapter.feed.register('H0STCNT0', '005930');
    expect(await passing(asked)).toEqual({ kind: 'pending', reason: 'notConnected' });
    const openedAt: number[] = [];
    for (const count of [2, 3, 4]) {
      if (count === 4) kis.answer = () => 'OPSP0000';
      await eventually(async () => {
        await broker.advance(1_000);
        return kis.registrations.length === count;
      });
      openedAt.push(broker.now());
    }
    const [first = 0, second = 0, third = 0] = openedAt;
    expect(first - TEN_O_CLOCK).toBeGreaterThanOrEqual(15_000);
    expect(second - first).toBeGreaterThanOrEqual(29_000);
    expect(third - second).toBeGreaterThanOrEqual(59_000);
    expect(kis.registrations.map(({ approvalKey }) => approvalKey)).toEqual([
      'approval-1',
      'approval-2',
      'approval-3',
      'approval-4',
    ]);
  });

  it('is no way around the wait to leave and to log in again', async () => {
    await adapter.broker.login();
    kis.answer = () => 'OPSP8996';
    await passing(adapter.feed.register('H0STCNT0', '005930'));
    await eventually(() => seen.includes('gap'));
    const refusedAt = broker.now();
    await adapter.broker.disconnect();
    const back = adapter.broker.login();
    await eventually(() => broker.sleeping > 0);
    expect(kis.connections).toBe(1);
    await eventually(async () => {
      await broker.advance(500);
      return kis.connections === 2;
    });
    expect(broker.now() - refusedAt).toBeGreaterThanOrEqual(14_000);
    await back;
  });

  it('tells of halts, interruptions and phases of the stocks that are registered for them', async () => {
    await adapter.close();
    adapter = makeKisAdapter(testSettings(server.url, { wsUrl: kis.url, profile: LIVE_PROFILE }), {
      tokenStore: new MemoryTokenStore(),
      budget: new CountingBudget(),
      clock: real,
      brokerClock: broker,
    });
    const states: MarketState[] = [];
    adapter.feed.listen({ onMarketState: (state) => void states.push(state) });
    await passing(adapter.broker.login());
    await register('H0STMKO0', '005930');
    kis.send('0|H0STMKO0|001|005930^N^(null)^112^^^^55^N^N^1');
    kis.send('0|H0STMKO0|002|005930^Y^거래정지^^^^^58^Y^N^000660^N^^^^^^55^N^N');
    kis.send('0|H0STMKO0|001|005930^N^(null)^174^^^^55^N^N^1');
    await eventually(() => states.length === 3);
    expect(states).toEqual([
      {
        symbol: '005930',
        halted: false,
        haltReason: '',
        volatilityInterrupted: false,
        afterHoursInterrupted: false,
        code: '112',
        change: 'OPENED',
      },
      {
        symbol: '005930',
        halted: true,
        haltReason: '거래정지',
        volatilityInterrupted: true,
        afterHoursInterrupted: false,
        code: '',
        change: undefined,
      },
      expect.objectContaining({ code: '174', change: 'CIRCUIT_BREAKER_ON' }),
    ]);
    expect(adapter.feed.rejects()).toEqual(new Map([['NOT_REGISTERED', 1]]));
  });

  it('survives whatever bytes come, and reads on', async () => {
    await adapter.broker.login();
    await register('H0STCNT0', '005930');
    const random = fc.sample(fc.uint8Array({ maxLength: 200 }), { numRuns: 300, seed: 1 });
    const controls = fc.sample(fc.json(), { numRuns: 100, seed: 2 });
    for (const bytes of random) kis.send(Buffer.from(bytes));
    for (const text of controls) kis.send(text);
    kis.send(`{"header":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)},"HEADER":1}`);
    kis.send(tradeFrame('005930', '70000'));
    await eventually(() => ticks.length === 1);
    expect([kis.connections, adapter.feed.isConnected]).toEqual([1, true]);
    expect(seen.length).toBeGreaterThanOrEqual(300);
  });

  it('hands out nothing that was not asked for', async () => {
    await adapter.broker.login();
    await register('H0STCNT0', '005930');
    kis.send(tradeFrame('000660', '70000'));
    kis.send(tradeFrame('005930', '70000'));
    await eventually(() => ticks.length === 1);
    expect([ticks[0]?.symbol, seen]).toEqual(['005930', ['NOT_REGISTERED']]);
  });

  it('leaves a line on which nothing has come for a minute of real time', async () => {
    await adapter.broker.login();
    await register('H0STCNT0', '005930');
    await real.advance(45_000);
    kis.send(tradeFrame('005930', '70000'));
    await eventually(() => ticks.length === 1);
    await real.advance(45_000);
    expect(seen).toEqual([]);
    await real.advance(45_000);
    await eventually(() => seen.includes('gap'));
  });

  it('tells who logs in that the server is away, and connects once it is back', async () => {
    await kis.stop();
    await expect(adapter.broker.login()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(adapter.feed.isConnected).toBe(false);
    await expect(adapter.broker.login(AbortSignal.abort(new Error('enough')))).rejects.toThrow(
      'enough',
    );
    kis = await new FakeKisFeed().start();
  });

  it('leaves in order and can come back', async () => {
    await adapter.broker.login();
    await adapter.broker.disconnect();
    expect(seen).toEqual(['gap']);
    await adapter.broker.login();
    expect([kis.connections, adapter.feed.isConnected]).toEqual([2, true]);
  });

  it('does not leave a waiting login hanging when it leaves itself', async () => {
    await adapter.broker.login();
    kis.drop();
    await eventually(() => seen.includes('gap'));
    const waiting = adapter.broker.login().catch((error: unknown) => error);
    await adapter.broker.disconnect();
    expect(await waiting).toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('brings quotes to their listeners and says how current they are', async () => {
    const status: string[] = [];
    const listener = {
      onTick: (tick: Tick) => void status.push(`tick ${tick.symbol}`),
      onFeedStatus: (symbol: string, is: string) => void status.push(`${symbol} ${is}`),
    };
    await adapter.broker.login();
    kis.answer = ({ trKey }) => (trKey === '000660' ? 'OPSP0008' : 'OPSP0000');
    await passing(adapter.marketData.subscribeQuotes(['005930', '000660'], listener));
    kis.send(tradeFrame('005930', '70000'));
    await eventually(() => ticks.length === 1);
    kis.drop();
    await eventually(() => seen.includes('gap'));
    await reconnect(2);
    await eventually(() => seen.includes('reconnected') || broker.advance(200).then(() => false));
    await passing(adapter.marketData.unsubscribe(['005930']));
    kis.send(tradeFrame('005930', '70000'));
    await eventually(() => adapter.feed.rejects().get('GIVEN_UP') === 1);
    expect(status).toEqual([
      '005930 live',
      '000660 rotatedOut',
      'tick 005930',
      '005930 stale',
      '005930 live',
    ]);
  });
});
