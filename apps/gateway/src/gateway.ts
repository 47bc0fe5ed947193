import { GATEWAY_LEAVE_MS } from '@fleet/gateway-contract';
import { KRX_CALENDAR, kstDate } from '@fleet/krx';
import {
  type ExecutionNotice,
  OrderEgress,
  orderIsOverAt,
  OrderTracker,
  type ReconcileResult,
  type SubmitOutcome,
} from '@fleet/service-layer';
import { FeedGaps } from './broker/feed-gaps.ts';
import { BrokerSession } from './broker/broker-session.ts';
import { RejectLog } from './broker/reject-log.ts';
import { atMost } from './at-most.ts';
import type { GatewayOptions, GatewayPorts } from './gateway-ports.ts';
import { LeaseKeeper } from './lease/lease-keeper.ts';
import { LastLook } from './orders/last-look.ts';
import { SlotScheduler } from './quotes/slot-scheduler.ts';
import { GatewayServer } from './server/gateway-server.ts';
import type { GatewayServices } from './services.ts';

/** The process's exit codes; the supervisor restarts after any but 0. */
const EXIT_CODES = { stopped: 0, leaseLost: 4 } as const;

/** One registration is pinned for execution notices. */
const PINNED_SLOTS = 1;
/** Of GATEWAY_LEAVE_MS; the rest is for the clients and the lease. */
const LEAVE_BROKER_MS = GATEWAY_LEAVE_MS - 2_000;

/**
 * The one process that talks to the broker for an app key. Holds nothing that its death would lose:
 * orders are rows before they are packets, the token is stored, clients subscribe again.
 */
export class Gateway {
  readonly #ports: GatewayPorts;
  readonly #options: GatewayOptions;
  readonly #lease: LeaseKeeper;
  readonly #egress: OrderEgress;
  readonly #tracker: OrderTracker;
  readonly #gaps: FeedGaps;
  readonly #scheduler: SlotScheduler;
  readonly #session: BrokerSession;
  readonly #server: GatewayServer;
  readonly #stopRequested = Promise.withResolvers<void>();
  #unansweredOrders = 0;

  constructor(ports: GatewayPorts, options: GatewayOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#lease = this.#makeLease();
    this.#tracker = this.#makeTracker();
    this.#egress = this.#makeEgress();
    const reconcile = (): Promise<ReconcileResult> => this.#tracker.reconcileNow();
    this.#gaps = new FeedGaps({ ...ports, reconcile });
    this.#scheduler = this.#makeScheduler();
    this.#session = new BrokerSession({
      broker: ports.broker,
      brokerClock: ports.marketClock,
      onNotice: (notice) => this.#onNotice(notice),
      onReady: () => this.#tracker.wake('logged in'),
      log: ports.log,
    });
    this.#server = new GatewayServer({
      ...options,
      services: this.#services(),
      callers: ports.callers,
      clock: ports.clock,
      log: ports.log,
    });
  }

  /**
   * Runs until asked to stop or the lease is lost, and returns the exit code. The lease comes before
   * any word with the broker: two sessions of one app key disturb each other.
   */
  async run(stop: AbortSignal, onReady: (address: string) => void): Promise<number> {
    const { log } = this.#ports;
    stop.addEventListener('abort', () => this.#stopRequested.resolve(), { once: true });
    try {
      await this.#lease.take(stop);
    } catch (error) {
      if (stop.aborted) return EXIT_CODES.stopped;
      throw error;
    }
    const working = new AbortController();
    const keeping = new AbortController();
    const lease = this.#lease.keep(keeping.signal);
    onReady(await this.#server.listen());
    const work = this.#work(working.signal);
    const why = await Promise.race([lease, this.#stopRequested.promise.then(() => 'asked')]);
    log.info('GatewayStopping', { why });
    this.#server.refuseRequests();
    // Without the lease another gateway may already be talking: nothing more is waited for.
    if (why !== 'lost') await this.#answersUnderWay();
    this.#session.leave();
    working.abort();
    await this.#leaveBroker(work);
    await this.#server.close();
    keeping.abort();
    if (why === 'lost') return EXIT_CODES.leaseLost;
    await this.#lease.release();
    return EXIT_CODES.stopped;
  }

  async #work(signal: AbortSignal): Promise<void> {
    const { feed, log } = this.#ports;
    const rejects = new RejectLog(log);
    feed.listen({
      onGap: (reason) => {
        this.#tracker.loseTouch('feed lost');
        this.#gaps.lost(reason);
      },
      onReconnected: () => {
        this.#tracker.loseTouch('feed regained');
        void this.#gaps.regained();
      },
      onNoticeLost: () => this.#tracker.wake('unreadable notice'),
      onReject: (reject) => rejects.add(reject),
    });
    await Promise.all([
      this.#session.run(signal),
      this.#tracker.run(signal),
      this.#scheduler.run(signal),
    ]);
  }

  /** Every order that has left gets its answer stored, or its deadline passes. */
  async #answersUnderWay(): Promise<void> {
    const { sendDeadlineMs, answerDeadlineMs } = this.#options;
    await atMost(this.#ports.clock, sendDeadlineMs + answerDeadlineMs, this.#egress.close());
  }

  /** A list read or a token call under way may end, but not hold us up. */
  async #leaveBroker(work: Promise<void>): Promise<void> {
    const { clock, log, closeBroker } = this.#ports;
    const left = closeBroker().catch((error: unknown) => log.warn('BrokerNotLeft', { error }));
    await atMost(clock, LEAVE_BROKER_MS, Promise.all([left, work]));
  }

  async #submit(request: { orderId: string; requestedAt: number }): Promise<SubmitOutcome> {
    this.#unansweredOrders += 1;
    try {
      const outcome = await this.#egress.submit(request);
      // A market order may be filled before its notice comes, and a notice may never come.
      if (outcome.kind === 'accepted') this.#tracker.wake('order accepted');
      return outcome;
    } finally {
      this.#unansweredOrders -= 1;
    }
  }

  /** A notice is an alarm clock: it makes us read the list, and only the list is booked. */
  #onNotice(notice: ExecutionNotice): void {
    this.#tracker.wake('execution notice');
    this.#server.broadcast({ type: 'notice', notice });
  }

  #services(): GatewayServices {
    const { broker, marketData, lookup, budget, feed } = this.#ports;
    return {
      broker: {
        login: (signal) => this.#session.login(signal),
        issueAccessToken: (signal) => broker.issueAccessToken(signal),
        issueApprovalKey: (signal) => broker.issueApprovalKey(signal),
        getAccounts: (options) => broker.getAccounts(options),
        getCash: (accountId, options) => broker.getCash(accountId, options),
        getBuyingPower: (query, options) => broker.getBuyingPower(query, options),
        getSellableQuantity: (symbol, options) => broker.getSellableQuantity(symbol, options),
        getOrders: (accountId, date, options) => broker.getOrders(accountId, date, options),
      },
      marketData,
      lookup,
      submit: (request) => this.#submit(request),
      subscribeQuotes: (...args) => this.#scheduler.subscribe(...args),
      unsubscribe: (...args) => this.#scheduler.unsubscribe(...args),
      removeListener: (listener) => this.#scheduler.removeListener(listener),
      getStatus: () => ({
        pid: process.pid,
        accountId: this.#options.accountId,
        loggedIn: this.#session.loggedIn,
        feedConnected: feed.isConnected,
        slots: this.#slots(),
        callsLastMinute: budget.callsLastMinute,
        waitingCalls: budget.waitingCalls,
        unansweredOrders: this.#unansweredOrders,
        listeners: this.#server.listeners,
      }),
      reconcile: (): Promise<ReconcileResult> => this.#tracker.reconcileNow(),
      requestShutdown: (reason) => {
        this.#ports.log.info('ShutdownRequested', { reason });
        this.#stopRequested.resolve();
      },
    };
  }

  #slots(): { used: number; total: number } {
    const { used, total } = this.#scheduler.slots;
    return { used: used + PINNED_SLOTS, total: total + PINNED_SLOTS };
  }

  #makeLease(): LeaseKeeper {
    const { leases, clock, log, identity, judgeProcess } = this.#ports;
    const { leaseTtlMs: ttlMs, leaseRenewMs: renewMs, leaseMarginMs: marginMs } = this.#options;
    const holder = `gateway-${identity.hostId}-${identity.pid}-${identity.startedAt}`;
    return new LeaseKeeper({
      name: 'gateway',
      leases,
      clock,
      log,
      holder,
      process: identity,
      judgeProcess,
      ttlMs,
      renewMs,
      marginMs,
    });
  }

  #makeTracker(): OrderTracker {
    const { orders, account, broker, clock, marketClock, log } = this.#ports;
    const { accountId, answerDeadlineMs } = this.#options;
    return new OrderTracker({
      orders,
      account,
      broker,
      accountId,
      clock,
      marketClock,
      tradeDateOf: kstDate,
      isOverAt: (date, order) => orderIsOverAt(KRX_CALENDAR, date, order),
      answerDeadlineMs,
      onChange: (change) => this.#server.broadcast({ type: 'orderChanged', change }),
      log,
    });
  }

  #makeEgress(): OrderEgress {
    const { orders, broker, clock, marketClock, log } = this.#ports;
    const { sendDeadlineMs, looks } = this.#options;
    return new OrderEgress({
      orders,
      submitter: broker,
      guard: new LastLook({
        isTrusted: () => this.#lease.isTrusted(),
        isBehind: () => this.#tracker.isBehind,
        clock,
        sendDeadlineMs,
        looks,
      }),
      clock,
      marketClock,
      sendDeadlineMs,
      log,
      lookFor: (order) => this.#tracker.lookFor(order),
      onUnknown: (orderId) => this.#tracker.wake(`no answer to ${orderId}`),
    });
  }

  #makeScheduler(): SlotScheduler {
    const { marketData, marketClock, log } = this.#ports;
    const { registrations, pollMs } = this.#options;
    return new SlotScheduler({
      feed: marketData,
      audience: {
        onTick: (tick, listeners) =>
          this.#server.publish(`tick ${tick.symbol}`, { type: 'tick', tick }, listeners),
        onStatus: (symbol, status, listeners) =>
          this.#server.publish(
            `status ${symbol}`,
            { type: 'feedStatus', symbol, status },
            listeners,
          ),
      },
      brokerClock: marketClock,
      log,
      capacity: registrations - PINNED_SLOTS,
      pollMs,
    });
  }
}
