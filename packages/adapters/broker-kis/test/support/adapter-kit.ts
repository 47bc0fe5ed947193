import { createHash } from 'node:crypto';
import { kstInstant, parseTradeDate } from '@fleet/krx';
import type { CallLane } from '@fleet/service-layer';
import { price, quantity } from '@fleet/domain';
import type { OrderTicket } from '@fleet/service-layer';
import {
  type CallBudget,
  type KisSettings,
  type KisTokenStore,
  makeKisAdapter,
  PAPER_PROFILE,
  type StoredToken,
} from '../../src/index.ts';
import { InstantClock } from './instant-clock.ts';

export const TEN_O_CLOCK = kstInstant(parseTradeDate('2026-03-12'), '10:00:00');

export class MemoryTokenStore implements KisTokenStore {
  token: StoredToken | undefined;
  loads = 0;

  async load(): Promise<StoredToken | undefined> {
    this.loads += 1;
    return this.token;
  }

  async save(token: StoredToken): Promise<void> {
    this.token = token;
  }
}

export class CountingBudget implements CallBudget {
  readonly lanes: CallLane[] = [];
  throttles = 0;

  async acquire(lane: CallLane, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.lanes.push(lane);
  }

  throttled(): void {
    this.throttles += 1;
  }
}

export function testSettings(restUrl: string, changes: Partial<KisSettings> = {}): KisSettings {
  return {
    profile: PAPER_PROFILE,
    restUrl,
    wsUrl: 'ws://127.0.0.1:9',
    masterUrl: `${restUrl}/common/master`,
    appKey: 'app-key',
    appSecret: 'app-secret',
    accountId: '50012345-01',
    htsId: 'HTSID01',
    corporate: undefined,
    ...changes,
  };
}

/** An adapter against a test server, on a clock where nothing takes time. */
export function makeTestAdapter(restUrl: string, changes: Partial<KisSettings> = {}) {
  const clock = new InstantClock(TEN_O_CLOCK);
  const store = new MemoryTokenStore();
  const budget = new CountingBudget();
  const settings = testSettings(restUrl, changes);
  const adapter = makeKisAdapter(settings, {
    tokenStore: store,
    budget,
    clock,
    brokerClock: clock,
  });
  return { adapter, clock, store, budget, settings };
}

export function makeTicket(changes: Partial<OrderTicket> = {}): OrderTicket {
  return {
    orderId: 'order-1',
    request: 'PLACE',
    symbol: '005930',
    side: 'BUY',
    type: 'LIMIT',
    venue: 'KRX',
    quantity: quantity(3),
    limitPrice: price('70000'),
    original: undefined,
    ...changes,
  };
}

/** As the adapter would have stored it. */
export function storedTokenFor(restUrl: string): StoredToken {
  return {
    accessToken: 'stored-token',
    issuedAt: TEN_O_CLOCK - 3_600_000,
    expiresAt: TEN_O_CLOCK + 23 * 3_600_000,
    issuedFor: createHash('sha256').update(`${restUrl}\napp-key`).digest('hex'),
  };
}
