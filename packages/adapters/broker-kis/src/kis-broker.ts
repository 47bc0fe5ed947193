import type { OrderType, TradeDate } from '@fleet/krx';
import {
  type BrokerAccount,
  type BrokerBalance,
  BrokerError,
  type BrokerOrderList,
  type BrokerPort,
  type BuyingPower,
  type CallOptions,
  type Clock,
  type ExecutionNotice,
  type MarketClock,
  type OrderTicket,
  type SubmitOutcome,
} from '@fleet/service-layer';
import { NO_SHARES, type Price, type Quantity } from '@fleet/domain';
import type { KisCredentials } from './credentials/kis-credentials.ts';
import { endpointOf, findEndpoint } from './endpoints.ts';
import type { KisFeed } from './feed/kis-feed.ts';
import { balanceQuery, parseBalance } from './orders/balance.ts';
import { buyingPowerQuery, parseBuyingPower } from './orders/buying-power.ts';
import { isArchived, orderListQuery, parseOrderList } from './orders/order-list.ts';
import { parseSellable, sellableQuery } from './orders/sellable.ts';
import { type SubmitDependencies, type SubmitHooks, submitOrder } from './orders/submit-order.ts';
import type { KisOperation } from './profile.ts';
import type { KisReader } from './rest/kis-reader.ts';
import type { KisRequest } from './rest/kis-rest-client.ts';
import { readPages } from './rest/read-pages.ts';
import { type AccountParts, accountParts, type KisSettings } from './settings.ts';
import type { SymbolSpelling } from './symbol-spelling.ts';

export interface KisBrokerDependencies extends SubmitDependencies {
  readonly settings: KisSettings;
  readonly credentials: KisCredentials;
  readonly reader: KisReader;
  /** Brings the notices. */
  readonly feed: KisFeed;
  /** Brings the quotes: the same feed, unless they have a key of their own. */
  readonly quoteFeed: KisFeed;
  readonly spelling: SymbolSpelling;
  readonly clock: Clock;
  readonly brokerClock: MarketClock;
}

const GO: SubmitHooks = { beforeBytesLeave: async () => ({ go: true }) };

/** The broker port over KIS's REST server and its feed. One per account and process. */
export class KisBroker implements BrokerPort {
  readonly #with: KisBrokerDependencies;
  readonly #account: AccountParts;

  constructor(dependencies: KisBrokerDependencies) {
    this.#with = dependencies;
    this.#account = accountParts(dependencies.settings.accountId);
  }

  async login(signal?: AbortSignal): Promise<void> {
    await this.issueAccessToken(signal);
    const { feed, quoteFeed } = this.#with;
    await feed.connect(signal);
    if (quoteFeed !== feed) await quoteFeed.connect(signal);
  }

  /** Uses the stored one as long as it is good. */
  async issueAccessToken(signal?: AbortSignal): Promise<void> {
    await this.#with.credentials.accessToken(signal);
  }

  async issueApprovalKey(signal?: AbortSignal): Promise<void> {
    await this.#with.credentials.approvalKey(signal);
  }

  async getAccounts(options?: CallOptions): Promise<readonly BrokerAccount[]> {
    const { accountId } = this.#with.settings;
    await this.getCash(accountId, options);
    return [{ accountId }];
  }

  async getCash(accountId: string, options?: CallOptions): Promise<BrokerBalance> {
    this.#checkAccount(accountId);
    const request = this.#request('balance', balanceQuery(this.#account), options);
    const { reader, settings } = this.#with;
    return parseBalance(await readPages(reader, request, settings.profile.pageSizes.balance));
  }

  async getBuyingPower(
    query: { symbol: string; type: OrderType; price: Price | undefined },
    options?: CallOptions,
  ): Promise<BuyingPower> {
    const pdno = this.#with.spelling.toKis(query.symbol);
    const fields = buyingPowerQuery(this.#account, { ...query, pdno });
    const page = await this.#with.reader.read(
      this.#request('buyingPower', fields, options, 'entry'),
    );
    return parseBuyingPower(page.body);
  }

  async getSellableQuantity(symbol: string, options?: CallOptions): Promise<Quantity> {
    const { settings, spelling, reader } = this.#with;
    if (findEndpoint(settings.profile, 'sellable') === undefined) {
      // The balance says the same in ord_psbl_qty; where both exist this call is the newer word.
      const { holdings } = await this.getCash(settings.accountId, options);
      const holding = holdings.find((held) => held.symbol === symbol);
      return holding?.sellableQuantity ?? NO_SHARES;
    }
    const query = sellableQuery(this.#account, spelling.toKis(symbol));
    const page = await reader.read(this.#request('sellable', query, options));
    // "Nothing to show": a stock that is not held.
    return page.noData ? NO_SHARES : parseSellable(page.body);
  }

  async getOrders(
    accountId: string,
    date: TradeDate,
    options?: CallOptions,
  ): Promise<BrokerOrderList> {
    this.#checkAccount(accountId);
    const { clock, brokerClock, reader, settings } = this.#with;
    const operation = isArchived(date, brokerClock.now()) ? 'orderListArchive' : 'orderList';
    const query = orderListQuery(this.#account, date, settings.profile);
    const request = this.#request(operation, query, options);
    const readStartedAt = clock.now();
    const pages = await readPages(reader, request, settings.profile.pageSizes.orders);
    return { date, readStartedAt, orders: parseOrderList(pages) };
  }

  async placeOrder(ticket: OrderTicket, options?: CallOptions): Promise<SubmitOutcome> {
    return await this.submit(ticket, GO, options);
  }

  async modifyOrder(ticket: OrderTicket, options?: CallOptions): Promise<SubmitOutcome> {
    return await this.submit(ticket, GO, options);
  }

  async cancelOrder(ticket: OrderTicket, options?: CallOptions): Promise<SubmitOutcome> {
    return await this.submit(ticket, GO, options);
  }

  /**
   * Sends the ticket once: the call is granted first, then the hook is asked, then the bytes leave
   * at once. What the ticket requests (place, cancel, modify) says the ticket. Never throws.
   */
  async submit(
    ticket: OrderTicket,
    hooks: SubmitHooks,
    options?: CallOptions,
  ): Promise<SubmitOutcome> {
    return await submitOrder(this.#with, ticket, hooks, options);
  }

  async subscribeExecutions(listener: (notice: ExecutionNotice) => void): Promise<() => void> {
    return await this.subscribeOrderEvents((notice) => {
      if (notice.kind === 'FILL') listener(notice);
    });
  }

  async subscribeOrderEvents(listener: (notice: ExecutionNotice) => void): Promise<() => void> {
    const { feed, settings } = this.#with;
    const stop = feed.listen({ onNotice: listener });
    const result = await feed.register(settings.profile.feedTrIds.notice, settings.htsId);
    if (result.kind !== 'refused') return stop;
    stop();
    throw new BrokerError('REFUSED', `notices: ${result.code} ${result.message}`, {
      vendorCode: result.code,
    });
  }

  async disconnect(): Promise<void> {
    const { feed, quoteFeed } = this.#with;
    await feed.disconnect();
    if (quoteFeed !== feed) await quoteFeed.disconnect();
  }

  #request(
    operation: KisOperation,
    query: Readonly<Record<string, string>>,
    options: CallOptions | undefined,
    lane: KisRequest['lane'] = 'reconcile',
  ): KisRequest {
    return {
      ...endpointOf(this.#with.settings.profile, operation),
      method: 'GET',
      query,
      lane: options?.lane ?? lane,
      ...(options?.signal === undefined ? {} : { signal: options.signal }),
    };
  }

  #checkAccount(accountId: string): void {
    if (accountId !== this.#with.settings.accountId) {
      throw new BrokerError('WRONG_ACCOUNT', 'not the account of this adapter');
    }
  }
}
