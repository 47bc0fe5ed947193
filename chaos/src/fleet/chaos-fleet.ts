import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@fleet/clock';
import type { LockTiming } from '@fleet/domain';
import { connectGateway, type GatewayClient } from '@fleet/gateway-client';
import { identifySelf, judgeProcess } from '@fleet/host';
import type { TradeDate } from '@fleet/krx';
import { silentLogger } from '@fleet/observability';
import type { Instrument, Lease, ProcessIdentity } from '@fleet/service-layer';
import { makePostgresStores, type PostgresStores } from '@fleet/storage-postgres';
import { aBaseline, makeTestDatabase, type TestDatabase } from '@fleet/testkit';
import { awaitLease, keepLease } from '../../../apps/supervisor/src/lease-keeper.ts';
import { FleetProcesses } from '../../../apps/supervisor/src/processes/fleet-processes.ts';
import { tendFleet } from '../../../apps/supervisor/src/processes/tend-fleet.ts';
import { FixedMarketClock } from '../worker/fixed-market-clock.ts';
import { StepBoard } from '../worker/step-board.ts';
import type { WorkerOrder } from '../worker/worker-order.ts';
import { Child } from './child.ts';
import { keepScanning } from './keep-scanning.ts';
import { openDay } from './open-day.ts';
import type { SimulatedMarket } from './simulated-market.ts';

export interface ChaosFleetOptions {
  readonly market: SimulatedMarket;
  /** Logs, sockets and the board. */
  readonly folder: string;
  readonly cacheFolder: string;
  readonly timing: LockTiming;
  readonly slots: number;
  /** Of the scans' order. */
  readonly seed: number;
  /** Which of the most traded stocks: from, and how many. */
  readonly stocks: { readonly from: number; readonly count: number };
  readonly answerDeadlineMs: number;
  /** The gateway's program; the product's own unless a negative control replaces its check. */
  readonly gatewayFile?: string;
  /** Where the gateway reaches the broker; the simulator itself unless a wire is between. */
  readonly restUrl?: string;
  /** Grace of the sweep; the timing's unless a negative control takes it away. */
  readonly graceMs?: number;
  /** A token that an earlier gateway of this market was issued: the broker gives one a minute. */
  readonly sealedToken?: string | undefined;
  /** Done to the fresh database before anything runs on it. */
  readonly sabotage?: string;
}

const GATEWAY = 'apps/gateway/src/main.ts';
const WORKER = 'chaos/src/worker/chaos-worker.ts';
const TOKEN = 'kis-access-token';

export function makeRunFolder(): { readonly folder: string; readonly cacheFolder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-chaos-'));
  const cacheFolder = join(tmpdir(), 'fleet-chaos-compiled');
  mkdirSync(cacheFolder, { recursive: true });
  return { folder, cacheFolder };
}

export function removeRunFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/**
 * A fleet of one run: a database of its own, the real gateway, the supervisor's own reaping, and chaos
 * workers in numbered slots. The market is shared by the runs of a file.
 */
export class ChaosFleet {
  readonly database: TestDatabase;
  readonly stores: PostgresStores;
  readonly board: StepBoard;
  readonly marketClock: FixedMarketClock;
  readonly timing: LockTiming;
  /** When a worker of ours was killed or seen to be gone, by pid; real ms. */
  readonly deaths = new Map<number, number>();
  gatewayStarts = 0;
  readonly #options: ChaosFleetOptions;
  readonly #anchor: WorkerOrder['market'];
  readonly #boardFile: string;
  readonly #address: string;
  readonly #closing = new AbortController();
  readonly #workers = new Set<Child>();
  #gateway: Child | undefined;
  #client: GatewayClient | undefined;
  #stocks: readonly Instrument[] = [];
  #lease: Lease | undefined;

  private constructor(
    options: ChaosFleetOptions,
    database: TestDatabase,
    anchor: WorkerOrder['market'],
  ) {
    const { url, schema, pool } = database;
    this.#options = options;
    this.#anchor = anchor;
    this.database = database;
    this.timing = options.timing;
    this.stores = makePostgresStores(pool, { url, schema });
    this.marketClock = new FixedMarketClock(systemClock, anchor);
    const own = mkdtempSync(join(options.folder, 'run-'));
    this.#boardFile = join(own, 'board');
    this.#address = join(own, 'gateway.sock');
    this.board = StepBoard.create(this.#boardFile, options.slots);
  }

  static async open(options: ChaosFleetOptions): Promise<ChaosFleet> {
    const database = await makeTestDatabase();
    if (options.sabotage !== undefined) await database.pool.query(options.sabotage);
    const fleet = new ChaosFleet(options, database, await options.market.anchor());
    try {
      await fleet.#open();
      return fleet;
    } catch (error) {
      await fleet.close();
      throw error;
    }
  }

  get symbols(): readonly string[] {
    return this.#stocks.map(({ symbol }) => symbol);
  }

  get tradeDate(): TradeDate {
    return this.#options.market.tradeDate;
  }

  get client(): GatewayClient {
    if (this.#client === undefined) throw new Error('the fleet is not open');
    return this.#client;
  }

  get gatewayPid(): number | undefined {
    return this.#gateway?.pid;
  }

  /** For the next fleet on this market. */
  async sealedToken(): Promise<string | undefined> {
    return await this.stores.secrets.load(TOKEN);
  }

  startWorker(slot: number, seed: number, changes: Partial<WorkerOrder> = {}): Child {
    const { url, schema } = this.database;
    const order: WorkerOrder = {
      slot,
      seed,
      board: this.#boardFile,
      dbUrl: url,
      schema,
      gatewayAddress: this.#address,
      market: this.#anchor,
      tradeDate: this.#options.market.tradeDate,
      capital: '3000000',
      timing: this.timing,
      holdMs: [50 * this.#anchor.speed, 400 * this.#anchor.speed],
      ...changes,
    };
    this.board.tell(slot, 'starting');
    const child = Child.start({
      file: WORKER,
      args: [JSON.stringify(order)],
      env: {},
      logFile: join(this.#options.folder, `worker-${slot}.log`),
      cacheFolder: this.#options.cacheFolder,
    });
    this.#workers.add(child);
    void this.#noteDeath(child);
    return child;
  }

  /** Of an end that is not ours only the end itself is known, not since when. */
  async #noteDeath(child: Child): Promise<void> {
    await child.ended();
    this.#workers.delete(child);
    if (!this.deaths.has(child.pid)) this.deaths.set(child.pid, Number.NEGATIVE_INFINITY);
  }

  /** kill -9; the instant is remembered. */
  killWorker(child: Child): boolean {
    const at = systemClock.now();
    if (!child.signal('SIGKILL')) return false;
    this.deaths.set(child.pid, at);
    return true;
  }

  async killGateway(): Promise<void> {
    await this.#gateway?.kill();
  }

  /** Nobody buys any more, and everybody sells what he has. */
  async flatten(): Promise<void> {
    const marketAt = this.marketClock.now();
    const change = { gate: 'EXIT_ONLY', reason: 'FLATTEN', by: 'person', marketAt } as const;
    await this.stores.system.setGate(change);
  }

  /** Nothing held, nothing open, nothing locked. */
  async isFlat(): Promise<boolean> {
    const { rows } = await this.database.pool.query<{ busy: boolean }>(
      `SELECT EXISTS (SELECT FROM symbol_fences WHERE open_orders > 0 OR position_qty > 0)
           OR EXISTS (SELECT FROM stock_locks) AS busy`,
    );
    return rows[0]?.busy === false;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#workers].map((child) => child.kill()));
    await this.#client?.close();
    await this.#gateway?.kill();
    await this.stores.close();
    this.board.close();
    await this.database.drop();
  }

  async #open(): Promise<void> {
    const { sealedToken, stocks, market } = this.#options;
    if (sealedToken !== undefined) await this.stores.secrets.save(TOKEN, sealedToken);
    void this.#keepGateway();
    this.#client = await connectGateway({
      address: this.#address,
      processName: 'chaos',
      role: 'supervisor',
      clock: systemClock,
      log: silentLogger,
    });
    await this.#client.whenConnected(30_000);
    await this.#client.login();
    this.#lease = await this.#takeLease();
    const { from, count } = stocks;
    this.#stocks = await openDay({
      stores: this.stores,
      instruments: await this.#client.getInstruments(),
      range: [from, from + count],
      tradeDate: market.tradeDate,
      baseline: aBaseline({ tradeDate: market.tradeDate }),
      term: this.#lease.term,
      marketAt: this.marketClock.now(),
    });
    void this.#tend(this.#lease.term);
    void keepScanning(
      { trading: this.stores.trading, stocks: this.#stocks, tradeDate: market.tradeDate },
      { clock: systemClock, marketClock: this.marketClock, seed: this.#options.seed },
      this.#closing.signal,
    );
  }

  /** As a supervisor does: a gateway that ended is started again at once. */
  async #keepGateway(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      this.gatewayStarts += 1;
      this.#gateway = this.#startGateway();
      await this.#gateway.ended();
    }
  }

  #startGateway(): Child {
    const { market, timing, restUrl, answerDeadlineMs, gatewayFile } = this.#options;
    const { url, schema } = this.database;
    const { keys } = market;
    const rest = restUrl ?? market.restUrl;
    return Child.start({
      file: gatewayFile ?? GATEWAY,
      args: ['--address', this.#address],
      env: {
        MODE: 'SIM',
        LOG_LEVEL: 'WARN',
        DB_URL: url,
        DB_SCHEMA: schema,
        MARKET_CLOCK_URL: market.clockUrl,
        KIS_APP_KEY: keys.appKey,
        KIS_APP_SECRET: keys.appSecret,
        KIS_ACCOUNT: keys.account,
        KIS_HTS_ID: keys.htsId,
        KIS_REST_BASE_URL: rest,
        KIS_WS_URL: market.wsUrl,
        KIS_MASTER_URL: `${market.restUrl}/common/master`,
        KIS_CALLS_PER_SECOND: '40',
        ANSWER_DEADLINE_MS: String(answerDeadlineMs),
        // The rest of the lock timing is the usual one: it is about the gateway's own lease here.
        SEND_DEADLINE_MS: String(timing.sendDeadlineMs),
      },
      logFile: join(this.#options.folder, 'gateway.log'),
      cacheFolder: this.#options.cacheFolder,
    });
  }

  async #takeLease(): Promise<Lease> {
    const { signal } = this.#closing;
    const deps = {
      leases: this.stores.leases,
      clock: systemClock,
      log: silentLogger,
      self: identifySelf(),
      isProvedDead,
    };
    const lease = await awaitLease(deps, () => undefined, signal);
    void keepLease(deps, lease, signal, () => undefined);
    return lease;
  }

  /** The supervisor's own loop: reaps by proved death, sweeps by TTL and grace. */
  async #tend(term: number): Promise<void> {
    await tendFleet(
      {
        processes: new FleetProcesses({
          clock: systemClock,
          log: silentLogger,
          onChange: () => undefined,
        }),
        workers: this.stores.workers,
        locks: this.stores.locks,
        clock: systemClock,
        marketClock: this.marketClock,
        log: silentLogger,
        term,
        graceMs: this.#options.graceMs ?? this.timing.graceMs,
        isProvedDead,
        startMissing: () => Promise.resolve(),
        onDeath: () => undefined,
      },
      this.#closing.signal,
    );
  }
}

function isProvedDead(process: ProcessIdentity): boolean {
  return judgeProcess(process) === 'dead';
}
