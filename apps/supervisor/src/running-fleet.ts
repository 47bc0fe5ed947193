import {
  removeRuntimeFile,
  SettingsError,
  writeRuntimeFile,
  type RuntimeFile,
} from '@fleet/config';
import type { GatewayClient } from './bootstrap/adapters.ts';
import { localGatewayAddress } from '@fleet/gateway-contract';
import { LagMonitor } from '@fleet/observability';
import { watchFleet, type MarketClock, type Run } from '@fleet/service-layer';
import type { PostgresStores } from './bootstrap/adapters.ts';
import { clock, isProvedDead, openGateway, openMarketClock } from './bootstrap/adapters.ts';
import { finishFlatten } from './day/finish-flatten.ts';
import { Fleet } from './fleet.ts';
import { FleetProcesses, type FleetProcess } from './processes/fleet-processes.ts';
import { OrphanMinder } from './processes/mind-orphans.ts';
import { reapDeadWorkers, tendFleet } from './processes/tend-fleet.ts';
import { freePorts } from './run/free-ports.ts';
import type { FleetDatabase } from './bootstrap/open-database.ts';
import { SimulatorLog } from './run/simulator-log.ts';
import type { SimulatorAddresses } from './run/simulated-broker.ts';
import type { SupervisorContext } from './supervisor-context.ts';

const SIMULATOR_READY_MS = 60_000;
const GATEWAY_READY_MS = 30_000;
const GATEWAY_LOOK_MS = 50;
const LAG_SAVE_MS = 2_000;

/** Everything of one run that lives while this supervisor is the active one. */
export class RunningFleet {
  readonly run: Run;
  readonly term: number;
  readonly stores: PostgresStores;
  readonly fleet: Fleet;
  readonly gateway: GatewayClient;
  readonly marketClock: MarketClock;
  readonly lag = new LagMonitor();
  readonly #context: SupervisorContext;
  readonly #processes: FleetProcesses;
  readonly #orphans: OrphanMinder;
  readonly #tending = new AbortController();
  readonly #following: AbortController;
  #tended: Promise<void> = Promise.resolve();
  #watched: Promise<void> = Promise.resolve();
  /** What should live now; tending starts what is missing of it. */
  wanted = { gateway: true, workers: 0, dayRuns: false };

  private constructor(parts: Parts) {
    this.#context = parts.context;
    this.run = parts.run;
    this.term = parts.term;
    this.stores = parts.stores;
    this.fleet = parts.fleet;
    this.gateway = parts.gateway;
    this.marketClock = parts.marketClock;
    this.#processes = parts.processes;
    this.#following = parts.following;
    const { locks, workers } = parts.stores;
    const { settings, log } = parts.context;
    const { graceMs } = settings.lock;
    this.#orphans = new OrphanMinder({ locks, graceMs, workers, clock, log });
  }

  /** Adopts what lives of a predecessor, starts the rest: exchange (SIM), gateway, idle probe. */
  static async start(
    context: SupervisorContext,
    database: FleetDatabase,
    stores: PostgresStores,
    run: Run,
    term: number,
    known: RuntimeFile | undefined,
  ): Promise<RunningFleet> {
    const { settings, flags, log, environment } = context;
    const gatewayAddress = settings.gatewayAddress ?? localGatewayAddress(flags.dataDir);
    const simulator =
      run.mode === 'SIM' && settings.marketClockUrl === undefined
        ? (known?.simulator ?? (await simulatorAddresses()))
        : undefined;
    const describe = (processes: readonly FleetProcess[]): void =>
      writeRuntimeFile(flags.dataDir, {
        version: 1,
        runId: run.runId,
        mode: run.mode,
        fleetDbUrl: database.fleetUrl,
        schema: run.schema,
        gatewayAddress,
        ...(database.simulatorUrl === undefined ? {} : { simulatorDbUrl: database.simulatorUrl }),
        ...(simulator === undefined
          ? {}
          : { simulator, marketClockUrl: `${simulator.controlUrl}/clock` }),
        processes: processes.map(({ role, name, identity }) => ({ role, name, ...identity })),
      });
    const processes = new FleetProcesses({ clock, log, onChange: describe });
    processes.adopt((known?.processes ?? []).flatMap((entry) => processOfFile(entry) ?? []));
    const fleet = new Fleet({
      settings,
      flags,
      run,
      database,
      gatewayAddress,
      simulator,
      processes,
      clock,
      log,
      environment,
    });
    const following = new AbortController();
    let gateway: GatewayClient | undefined;
    try {
      fleet.startIdleProbe();
      await startExchange(context, fleet, processes);
      const marketClock = await openMarketClock(fleet.marketClockUrl, following.signal);
      fleet.startGateway();
      const { gatewayToken: token, gatewayTls } = settings;
      gateway = await openGateway(gatewayAddress, { token, ca: gatewayTls.ca }, log);
      const parts = {
        context,
        run,
        term,
        stores,
        fleet,
        gateway,
        marketClock,
        processes,
        following,
      };
      const running = new RunningFleet(parts);
      await running.#awaitGateway();
      await reapDeadWorkers(running.#tendDeps());
      running.#tended = tendFleet(running.#tendDeps(), running.#tending.signal);
      running.#watched = running.#watch();
      void running.#keepSavingLag();
      return running;
    } catch (error) {
      // Nothing of a fleet that did not come up is left running.
      following.abort();
      // A client that is left connecting would keep this process alive.
      await gateway?.disconnect();
      await fleet.stopAll();
      removeRuntimeFile(flags.dataDir);
      throw error;
    }
  }

  gatewayAlive(): boolean {
    return this.fleet.hasOwnGateway ? this.#processes.isAlive('gateway') : this.gateway.isConnected;
  }

  /** The gateway leaves the broker in order and stays down until the next day. */
  async stopGateway(): Promise<void> {
    this.wanted = { ...this.wanted, gateway: false };
    if (!this.fleet.hasOwnGateway) return;
    await this.gateway.shutdown().catch(() => undefined);
    await this.fleet.awaitGatewayExit();
  }

  async startGatewayAgain(): Promise<void> {
    this.wanted = { ...this.wanted, gateway: true };
    this.fleet.startGateway();
    await this.#awaitGateway();
  }

  /** Workers end in order: flat ones leave, holders hand over; what does not go is killed and reaped. */
  async stopWorkers(): Promise<void> {
    this.wanted = { ...this.wanted, workers: 0 };
    const living = await this.stores.workers.getLiving();
    await this.stores.workers.requestStop(living.map((worker) => worker.workerId));
    await this.fleet.stopWorkers();
    await reapDeadWorkers(this.#tendDeps());
  }

  /** Everything down, in order, within seconds. */
  async stop(): Promise<void> {
    await this.stopWorkers();
    this.#tending.abort();
    await this.#tended;
    await this.#watched;
    await this.stopGateway();
    await this.gateway.disconnect();
    await this.#saveLag();
    this.#following.abort();
    await this.fleet.stopSimulator();
    await this.fleet.stopIdleProbe();
    removeRuntimeFile(this.#context.flags.dataDir);
  }

  /** Kill conditions of the whole fleet, until tending ends. */
  async #watch(): Promise<void> {
    const { marketClock, gateway, stores } = this;
    const { settings, log } = this.#context;
    const { system, orders } = stores;
    const deps = { system, orders, gateway, clock, marketClock, log, limits: settings.kill };
    await watchFleet(deps, this.#tending.signal);
  }

  #tendDeps() {
    const { workers, locks } = this.stores;
    const { log, settings } = this.#context;
    return {
      processes: this.#processes,
      workers,
      locks,
      clock,
      marketClock: this.marketClock,
      log,
      term: this.term,
      graceMs: settings.lock.graceMs,
      isProvedDead,
      startMissing: () => this.#startMissing(),
      onDeath: (process: FleetProcess) => this.#tellDeath(process),
    };
  }

  /** Workers and gateway that end with the day have not died. */
  #tellDeath({ role, name }: FleetProcess): void {
    const { gateway, workers } = this.wanted;
    const isExpected = (role === 'worker' && workers === 0) || (role === 'gateway' && !gateway);
    if (!isExpected) this.#context.screen.line('died', name);
  }

  async #startMissing(): Promise<void> {
    const { gateway, workers, dayRuns } = this.wanted;
    if (this.fleet.startSimulator() && dayRuns) {
      const isAlive = (): boolean => this.#processes.isAlive('simulator');
      const signal = this.#tending.signal;
      const isReady = await this.fleet.control?.awaitReady(
        clock,
        SIMULATOR_READY_MS,
        signal,
        isAlive,
      );
      if (isReady) await this.fleet.control?.go();
    }
    if (gateway) this.fleet.startGateway();
    if (workers > 0) {
      await this.#dropExitedWorkers();
      this.fleet.startWorkers(workers + (await this.#orphans.extraWorkers()));
    }
    await finishFlatten(this.stores, this.marketClock, this.#context.log);
  }

  /** A stopped (SIGSTOP, swapped) worker whose row was reaped is no worker any more. */
  async #dropExitedWorkers(): Promise<void> {
    const exited = (await this.stores.workers.getAll()).filter(
      (worker) => worker.status === 'EXIT',
    );
    const gone = new Set(exited.map((worker) => worker.process.pid));
    for (const { name, identity } of this.#processes.ofRole('worker')) {
      const row = exited.find((worker) => worker.process.startedAt === identity.startedAt);
      if (gone.has(identity.pid) && row) this.#processes.signal(name, 'SIGKILL');
    }
  }

  async #awaitGateway(): Promise<void> {
    const giveUpAt = clock.monotonicMs() + GATEWAY_READY_MS;
    for (;;) {
      this.#context.stop.signal.throwIfAborted();
      try {
        await this.gateway.getStatus();
        return;
      } catch (error) {
        if (clock.monotonicMs() > giveUpAt) throw error;
        this.fleet.startGateway();
        await clock.sleep(GATEWAY_LOOK_MS, this.#context.stop.signal);
      }
    }
  }

  async #keepSavingLag(): Promise<void> {
    while (!this.#tending.signal.aborted) {
      await clock.sleep(LAG_SAVE_MS, this.#tending.signal).catch(() => undefined);
      await this.#saveLag();
    }
  }

  async #saveLag(): Promise<void> {
    const { encoded, skipped } = this.lag.encode();
    const { tradeDate } = await this.stores.system.read();
    const name = `supervisor-${this.term}@${tradeDate ?? this.run.firstDate}`;
    await this.stores.lags.save(name, encoded, skipped).catch((error: unknown) => {
      this.#context.log.warn('LagNotSaved', { error });
    });
  }
}

/** SIM: the exchange of the run. @throws SettingsError with what it says of a day that it cannot use */
async function startExchange(
  context: SupervisorContext,
  fleet: Fleet,
  processes: FleetProcesses,
): Promise<void> {
  if (!fleet.control) return;
  const words = new SimulatorLog(context.flags.dataDir);
  fleet.startSimulator();
  const isOurs = context.settings.marketClockUrl === undefined;
  const isAlive = (): boolean => !isOurs || processes.isAlive('simulator');
  const { signal } = context.stop;
  if (!(await fleet.control.awaitReady(clock, SIMULATOR_READY_MS, signal, isAlive))) {
    const problems = words.problems();
    throw new SettingsError(
      problems.length > 0 ? problems : ['the simulator did not start: see logs/simulator.log'],
    );
  }
  for (const note of words.notes()) context.screen.line('note', note);
}

interface Parts {
  readonly context: SupervisorContext;
  readonly run: Run;
  readonly term: number;
  readonly stores: PostgresStores;
  readonly fleet: Fleet;
  readonly gateway: GatewayClient;
  readonly marketClock: MarketClock;
  readonly processes: FleetProcesses;
  readonly following: AbortController;
}

async function simulatorAddresses(): Promise<SimulatorAddresses> {
  const [rest = 0, ws = 0, control = 0] = await freePorts(3);
  return {
    restUrl: `http://127.0.0.1:${rest}`,
    wsUrl: `ws://127.0.0.1:${ws}`,
    controlUrl: `http://127.0.0.1:${control}`,
  };
}

/** Only what a supervisor spawns; its own line and the database's are for people. */
function processOfFile(entry: RuntimeFile['processes'][number]): FleetProcess | undefined {
  const { role, name, pid, hostId, bootId, startedAt } = entry;
  if (role === 'postgres' || role === 'supervisor' || hostId === undefined) return undefined;
  return { role, name, identity: { pid, hostId, bootId, startedAt } };
}
