import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { quantity } from '@fleet/domain';
import { kstDate } from '@fleet/krx';
import type { ExecutionNotice, Tick } from '@fleet/service-layer';
import { eventually } from '@fleet/testkit';
import { LIVE_PROFILE, PAPER_PROFILE, UNLIMITED_BUDGET } from '../src/index.ts';
import { makeTicket, MemoryTokenStore } from './support/adapter-kit.ts';
import { type SimulatorKit, startSimulatorKit } from './support/running-simulator.ts';

const PATIENCE = { timeoutMs: 20_000, everyMs: 25 };
const ACCOUNT = '50012345-01';

describe('live quotes for an account that trades on paper', () => {
  const quoteTokens = new MemoryTokenStore();
  let live: SimulatorKit;
  let paper: SimulatorKit;

  beforeAll(async () => {
    live = await startSimulatorKit(LIVE_PROFILE);
    const { accountId: _none, ...settings } = live.settings;
    const quotes = { settings, tokenStore: quoteTokens, budget: UNLIMITED_BUDGET };
    paper = await startSimulatorKit(PAPER_PROFILE, quotes);
    await paper.adapter.broker.login();
  }, 120_000);

  afterAll(async () => {
    await paper?.stop();
    await live?.stop();
  }, 60_000);

  it('has what only live offers, and a token of each server', async () => {
    const { marketData, lookup, broker } = paper.adapter;
    const symbols = (await marketData.getTurnoverRank()).map(({ symbol }) => symbol);
    expect(symbols.length).toBeGreaterThan(0);
    expect(await lookup.getVolumeRank()).not.toEqual([]);
    expect((await marketData.getQuotes(symbols)).map(({ symbol }) => symbol)).toEqual(symbols);
    expect(await broker.getAccounts()).toEqual([{ accountId: ACCOUNT }]);
    expect(quoteTokens.token?.accessToken).toMatch(/\S/);
    expect(paper.store.token?.accessToken).toMatch(/\S/);
    expect(paper.store.token?.issuedFor).not.toBe(quoteTokens.token?.issuedFor);
  });

  it('hears ticks from live and notices from paper, where alone the orders are', async () => {
    const { marketData, broker, feed, quoteFeed } = paper.adapter;
    const [first] = await marketData.getTurnoverRank();
    const { symbol } = first ?? { symbol: '' };
    const ticks: Tick[] = [];
    const notices: ExecutionNotice[] = [];
    await marketData.subscribeQuotes([symbol], {
      onTick: (tick) => void ticks.push(tick),
      onFeedStatus: () => undefined,
    });
    await broker.subscribeOrderEvents((notice) => void notices.push(notice));
    expect(quoteFeed.isRegistered(LIVE_PROFILE.feedTrIds.trade, symbol)).toBe(true);
    expect(feed.isRegistered(PAPER_PROFILE.feedTrIds.notice, 'HTSID01')).toBe(true);
    const { upperLimit } = await marketData.getQuote(symbol);
    const ticket = makeTicket({ symbol, quantity: quantity(1), limitPrice: upperLimit });
    expect(await broker.placeOrder(ticket)).toMatchObject({ kind: 'accepted' });
    await eventually(() => notices.some(({ kind }) => kind === 'FILL'), PATIENCE);
    await eventually(() => ticks.length > 0, PATIENCE);
    const today = kstDate(paper.market.now());
    expect((await broker.getOrders(ACCOUNT, today)).orders).toHaveLength(1);
    expect((await live.adapter.broker.getOrders(ACCOUNT, today)).orders).toEqual([]);
  });

  it('leaves both feeds', async () => {
    const { broker, feed, quoteFeed } = paper.adapter;
    expect([feed.isConnected, quoteFeed.isConnected]).toEqual([true, true]);
    await broker.disconnect();
    expect([feed.isConnected, quoteFeed.isConnected]).toEqual([false, false]);
  });
});
