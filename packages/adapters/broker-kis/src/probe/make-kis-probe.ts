import { kstDate, kstInstant, parseTradeDate } from '@fleet/krx';
import {
  type BrokerBalance,
  BrokerError,
  type BrokerOrderList,
  type BuyingPower,
  type Clock,
  type Instrument,
  type MarketClock,
  type OrderBook,
} from '@fleet/service-layer';
import type { Quote } from '@fleet/domain';
import type { StoredToken } from '../credentials/token-store.ts';
import { makeKisAdapter } from '../make-kis-adapter.ts';
import { KisCredentials } from '../credentials/kis-credentials.ts';
import { LIVE_PROFILE } from '../profile.ts';
import { HttpTransport } from '../rest/http-transport.ts';
import type { KisSettings } from '../settings.ts';
import { SpacedBudget } from './spaced-budget.ts';
import { type FeedSight, watchFeed } from './watch-feed.ts';

export interface ProbeDependencies {
  readonly clock: Clock;
  readonly brokerClock: MarketClock;
  readonly callsPerSecond: number;
}

/**
 * Reads of everything that a fleet needs from KIS, and no way to send an order: no method of it
 * takes one. It keeps nothing: each run issues a token, of which KIS tells the customer. Every
 * method @throws BrokerError.
 */
export interface KisProbe {
  /** Server minus local clock, real milliseconds, to the second; undefined without a Date header. */
  clockSkewMs(signal: AbortSignal): Promise<number | undefined>;
  token(signal: AbortSignal): Promise<void>;
  approvalKey(signal: AbortSignal): Promise<void>;
  balance(signal: AbortSignal): Promise<BrokerBalance>;
  buyingPower(symbol: string, signal: AbortSignal): Promise<BuyingPower>;
  quote(symbol: string, signal: AbortSignal): Promise<Quote>;
  orderBook(symbol: string, signal: AbortSignal): Promise<OrderBook>;
  ordersOfToday(signal: AbortSignal): Promise<BrokerOrderList>;
  /** Undefined: the server does not tell. */
  isOpenToday(signal: AbortSignal): Promise<boolean | undefined>;
  instruments(signal: AbortSignal): Promise<readonly Instrument[]>;
  /** Asks for the rank of turnover under the live server's TR id, whatever the profile says. */
  rankByLiveTr(signal: AbortSignal): Promise<number>;
  /** One short session of the feed; nothing of the fleet's may hold the key's slot meanwhile. */
  watchFeed(symbol: string, watchMs: number, signal: AbortSignal): Promise<FeedSight>;
  close(): Promise<void>;
}

const PATIENCE_MS = 10_000;

export function makeKisProbe(settings: KisSettings, dependencies: ProbeDependencies): KisProbe {
  const { clock, brokerClock, callsPerSecond } = dependencies;
  const budget = new SpacedBudget(clock, callsPerSecond);
  const tokenStore = new TokenOfThisRun();
  const shared = { tokenStore, budget, clock, brokerClock };
  const adapter = makeKisAdapter(settings, shared);
  const { broker, marketData } = adapter;
  const trIds = { ...settings.profile.trIds, volumeRank: LIVE_PROFILE.trIds.volumeRank };
  const asLive = makeKisAdapter({ ...settings, profile: { ...settings.profile, trIds } }, shared);
  const transport = new HttpTransport();
  const credentials = new KisCredentials({
    settings,
    transport,
    store: tokenStore,
    budget,
    brokerClock,
  });
  return {
    clockSkewMs: async (signal) => await readSkew(settings.restUrl, { transport, clock, signal }),
    token: async (signal) => await broker.issueAccessToken(signal),
    approvalKey: async (signal) => await broker.issueApprovalKey(signal),
    balance: async (signal) => await broker.getCash(settings.accountId, { signal }),
    buyingPower: async (symbol, signal) =>
      await broker.getBuyingPower({ symbol, type: 'MARKET', price: undefined }, { signal }),
    quote: async (symbol, signal) => await marketData.getQuote(symbol, { signal }),
    orderBook: async (symbol, signal) => await marketData.getOrderBook(symbol, { signal }),
    ordersOfToday: async (signal) =>
      await broker.getOrders(settings.accountId, kstDate(brokerClock.now()), { signal }),
    isOpenToday: async (signal) =>
      await marketData.isMarketOpenOn(kstDate(brokerClock.now()), { signal }),
    instruments: async (signal) => await marketData.getInstruments({ signal }),
    rankByLiveTr: async (signal) => (await asLive.marketData.getTurnoverRank({ signal })).length,
    watchFeed: async (symbol, watchMs, signal) => {
      const approvalKey = await credentials.approvalKey(signal);
      return await watchFeed({
        settings,
        approvalKey,
        clock,
        brokerClock,
        symbol,
        watchMs,
        signal,
      });
    },
    close: async () => {
      await adapter.close();
      await asLive.close();
      transport.close();
    },
  };
}

async function readSkew(
  url: string,
  { transport, clock, signal }: { transport: HttpTransport; clock: Clock; signal: AbortSignal },
): Promise<number | undefined> {
  const before = clock.now();
  const result = await transport.exchange({
    url,
    method: 'GET',
    headers: {},
    timeoutMs: PATIENCE_MS,
    signal,
  });
  if (result.kind !== 'reply') throw new BrokerError('UNAVAILABLE', result.reason);
  const date = httpInstant(result.headers['date'] ?? '');
  if (date === undefined) return undefined;
  // Written somewhere between asking and reading; a header has whole seconds, cut off.
  const [earliest, latest] = [date - clock.now(), date + 999 - before];
  if (earliest <= 0 && latest >= 0) return 0;
  return earliest > 0 ? earliest : latest;
}

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const KST_AHEAD_MS = 9 * 3_600_000;

/** 'Thu, 12 Mar 2026 01:00:00 GMT' → epoch ms; undefined when it is not one. */
function httpInstant(text: string): number | undefined {
  const [, day = '', name = '', year, time] =
    /^\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT$/.exec(text) ?? [];
  const month = MONTHS.indexOf(name) / 3 + 1;
  if (year === undefined || time === undefined || !Number.isInteger(month) || month < 1) {
    return undefined;
  }
  const date = parseTradeDate(`${year}-${String(month).padStart(2, '0')}-${day}`);
  return kstInstant(date, time) + KST_AHEAD_MS;
}

class TokenOfThisRun {
  #token: StoredToken | undefined;
  async load(): Promise<StoredToken | undefined> {
    return this.#token;
  }
  async save(token: StoredToken): Promise<void> {
    this.#token = token;
  }
}
