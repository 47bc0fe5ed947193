import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@fleet/clock';
import { price, quantity } from '@fleet/domain';
import { kstDate, stepTicks } from '@fleet/krx';
import type { ExecutionNotice, Instrument, Tick } from '@fleet/service-layer';
import { eventually } from '@fleet/testkit';
import { type KisAdapter, LIVE_PROFILE, makeKisAdapter, UNLIMITED_BUDGET } from '../src/index.ts';
import { makeTicket, MemoryTokenStore } from './support/adapter-kit.ts';
import { FeedProxy } from './support/feed-proxy.ts';
import { type SimulatorKit, startSimulatorKit } from './support/running-simulator.ts';

const PATIENT = { timeoutMs: 20_000, everyMs: 20 };
const { trade: TRADE, book: BOOK, notice: NOTICE } = LIVE_PROFILE.feedTrIds;
const HTS_ID = 'HTSID01';

/** TR ids that were registered, in order. */
const registered = (texts: readonly string[]): readonly string[] =>
  texts.flatMap((text) => {
    const { header, body } = Object(JSON.parse(text));
    return header.tr_type === '1' ? [String(body.input.tr_id)] : [];
  });

describe('the feed at a simulator that misbehaves', () => {
  let kit: SimulatorKit;
  let proxy: FeedProxy;
  let adapter: KisAdapter;
  let instrument: Instrument;
  let seen: string[];
  let ticks: Tick[];
  let notices: ExecutionNotice[];

  beforeEach(async () => {
    // 20 market seconds a second, so the adapter's 15 s pass in less than one.
    kit = await startSimulatorKit(LIVE_PROFILE, undefined, { 'slot-linger': '20' });
    proxy = new FeedProxy(kit.settings.wsUrl, () => kit.market.now());
    const settings = { ...kit.settings, wsUrl: await proxy.url() };
    adapter = makeKisAdapter(settings, {
      tokenStore: new MemoryTokenStore(),
      budget: UNLIMITED_BUDGET,
      clock: systemClock,
      brokerClock: kit.market,
    });
    [seen, ticks, notices] = [[], [], []];
    adapter.feed.listen({
      onTicks: (more) => void ticks.push(...more),
      onNotice: (one) => void notices.push(one),
      onNoticeLost: () => void seen.push('noticeLost'),
      onGap: () => void seen.push('gap'),
      onReconnected: () => void seen.push('reconnected'),
    });
    const instruments = await adapter.marketData.getInstruments();
    const [busiest] = instruments
      .filter(({ kind, warnings }) => kind === 'COMMON' && warnings.length === 0)
      .toSorted((a, b) => b.previousVolume - a.previousVolume);
    if (busiest === undefined) throw new Error('no common stock');
    instrument = busiest;
  }, 60_000);

  afterEach(async () => {
    await adapter.close();
    await proxy.stop();
    await kit.stop();
  }, 30_000);

  async function registerAll(): Promise<void> {
    await adapter.broker.login();
    for (const trId of [TRADE, BOOK]) {
      expect(await adapter.feed.register(trId, instrument.symbol)).toEqual({ kind: 'registered' });
    }
    await adapter.broker.subscribeOrderEvents(() => undefined);
  }

  /** Market seconds between one opened session and the next. */
  const pauses = (): readonly number[] =>
    proxy.openedAt.slice(1).map((at, index) => (at - (proxy.openedAt[index] ?? at)) / 1000);

  async function buyNow(): Promise<string> {
    const quote = await adapter.marketData.getQuote(instrument.symbol);
    const above = stepTicks(quote.lastPrice.toNumber(), 20, instrument, kstDate(kit.market.now()));
    const outcome = await adapter.broker.placeOrder(
      makeTicket({ symbol: instrument.symbol, quantity: quantity(3), limitPrice: price(above) }),
    );
    if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
    return outcome.broker.number;
  }

  it('comes back after a drop while its slot is still taken, registers all, notices first, and asks for a reconcile', async () => {
    await registerAll();
    await eventually(() => ticks.length > 0, PATIENT);
    const before = proxy.fromClient.length;
    proxy.drop();
    await eventually(() => seen.includes('gap'), PATIENT);
    // What happens in the gap is in the list and nowhere else.
    const number = await buyNow();
    await eventually(() => seen.includes('reconnected'), PATIENT);
    const again = registered(proxy.fromClient.slice(before));
    expect(again.slice(-3)).toEqual([NOTICE, TRADE, BOOK]);
    expect(pauses().every((seconds) => seconds >= 15)).toBe(true);
    expect(seen.at(-1)).toBe('reconnected');
    expect(adapter.feed.isRegistered(NOTICE, HTS_ID)).toBe(true);
    const { orders } = await adapter.broker.getOrders(
      kit.settings.accountId,
      kstDate(kit.market.now()),
    );
    expect(orders.map(({ key }) => key.number)).toContain(number);
    const count = ticks.length;
    await eventually(() => ticks.length > count, PATIENT);
  }, 60_000);

  it('waits out a slot that another session holds, ever longer, and takes it once it is free', async () => {
    await kit.adapter.broker.login();
    expect(await kit.adapter.feed.register(TRADE, instrument.symbol)).toEqual({
      kind: 'registered',
    });
    await adapter.broker.login();
    expect(await adapter.feed.register(TRADE, instrument.symbol)).toEqual({
      kind: 'pending',
      reason: 'notConnected',
    });
    await eventually(() => proxy.openedAt.length >= 3, PATIENT);
    expect(adapter.feed.isRegistered(TRADE, instrument.symbol)).toBe(false);
    await kit.adapter.broker.disconnect();
    await eventually(() => adapter.feed.isRegistered(TRADE, instrument.symbol), PATIENT);
    const [first = 0, second = 0] = pauses();
    expect(first).toBeGreaterThanOrEqual(15);
    expect(second).toBeGreaterThanOrEqual(30);
    // Every session came with a key of its own.
    const keys = new Set(
      proxy.fromClient.map((text) => Object(JSON.parse(text)).header.approval_key),
    );
    expect(keys.size).toBe(proxy.openedAt.length);
  }, 60_000);

  it('does not storm with a key that is refused, and recovers by itself', async () => {
    proxy.toServer = (text) =>
      text.replace(/"approval_key":"[^"]+"/, '"approval_key":"no-such-key"');
    await adapter.broker.login();
    expect(await adapter.feed.register(TRADE, instrument.symbol)).toEqual({
      kind: 'pending',
      reason: 'notConnected',
    });
    await eventually(() => proxy.openedAt.length >= 3, PATIENT);
    const [first = 0, second = 0] = pauses();
    expect([first >= 15, second >= 30]).toEqual([true, true]);
    proxy.toServer = (text) => text;
    await eventually(() => adapter.feed.isRegistered(TRADE, instrument.symbol), PATIENT);
  }, 60_000);

  it('keeps notices that come before their key, and brings them in order', async () => {
    await adapter.broker.login();
    const held: string[] = [];
    proxy.toClient = (text) => {
      const isAnswer = text.startsWith('{') && text.includes(NOTICE);
      if (!isAnswer) return [text];
      held.push(text);
      return [];
    };
    const subscribing = adapter.broker.subscribeOrderEvents(() => undefined);
    await eventually(() => held.length === 1, PATIENT);
    const number = await buyNow();
    const list = async () =>
      (await adapter.broker.getOrders(kit.settings.accountId, kstDate(kit.market.now()))).orders;
    await eventually(async () => (await list()).some((one) => one.filledQuantity === 3), PATIENT);
    expect(notices).toEqual([]);
    proxy.toClient = (text) => [text];
    held.forEach((text) => proxy.say(text));
    await subscribing;
    await eventually(() => notices.some(({ kind }) => kind === 'FILL'), PATIENT);
    expect(notices[0]).toMatchObject({ kind: 'ACCEPTED', orderNumber: number, quantity: 3 });
    expect([...adapter.feed.rejects()]).toEqual([]);
  }, 60_000);

  it('reads several records of a frame, longer records and broken UTF-8', async () => {
    let waiting: string | undefined;
    let merged = 0;
    proxy.toClient = (text) => {
      if (!text.startsWith(`0|${TRADE}|001|`)) return [text];
      if (waiting === undefined) {
        waiting = text;
        return [];
      }
      const both = `0|${TRADE}|002|${[waiting, text].map((one) => one.slice(15)).join('^')}`;
      waiting = undefined;
      merged += 1;
      return [both];
    };
    await registerAll();
    await eventually(() => merged >= 2 && ticks.length >= 4, PATIENT);
    proxy.toClient = (text) => [text];
    await kit.faults([
      { kind: 'EXTRA_COLUMN', rate: 0.5 },
      { kind: 'BROKEN_UTF8', rate: 0.5 },
    ]);
    const count = ticks.length;
    await eventually(() => ticks.length > count + 5, PATIENT);
    const quote = await adapter.marketData.getQuote(instrument.symbol);
    const isSane = ticks.every(
      ({ price: paid, symbol }) =>
        symbol === instrument.symbol && paid.gte(quote.lowerLimit) && paid.lte(quote.upperLimit),
    );
    expect([isSane, adapter.feed.isConnected, seen]).toEqual([true, true, []]);
  }, 60_000);

  it('answers every heartbeat with its own text', async () => {
    await adapter.broker.login();
    await eventually(() => proxy.pings.length >= 2, PATIENT);
    await eventually(() => proxy.pongs.length >= proxy.pings.length, PATIENT);
    expect(proxy.pongs).toEqual(proxy.pings.slice(0, proxy.pongs.length));
  }, 60_000);

  it('drops of the simulator’s own, one after the other, are no storm either', async () => {
    await kit.faults([{ kind: 'SOCKET_DROPPED', trId: TRADE, at: [3, 6], times: 2 }]);
    await registerAll();
    await eventually(() => seen.filter((what) => what === 'gap').length >= 2, PATIENT);
    await eventually(() => seen.at(-1) === 'reconnected', PATIENT);
    expect(pauses().every((seconds) => seconds >= 15)).toBe(true);
    expect(adapter.feed.isRegistered(NOTICE, HTS_ID)).toBe(true);
  }, 60_000);
});
