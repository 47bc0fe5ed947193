import { join } from 'node:path';
import { type FleetSettings, type KisAccess, kisEnvironment } from '@fleet/config';
import { gatewayStopMs } from '@fleet/gateway-contract';
import { v7 as newId } from 'uuid';
import type { Clock, Log, Run } from '@fleet/service-layer';
import type { SupervisorFlags } from './flags.ts';
import type { FleetProcesses, FleetProcess } from './processes/fleet-processes.ts';
import { missingWorkers } from './processes/missing-workers.ts';
import type { SpawnRequest } from './processes/spawn-process.ts';
import { simulatedDayOf } from './run/choose-run.ts';
import type { FleetDatabase } from './bootstrap/open-database.ts';
import { simulatedAccess, simulatedKeys, type SimulatorAddresses } from './run/simulated-broker.ts';
import { SimulatorControl } from './run/simulator-control.ts';

export interface FleetDependencies {
  readonly settings: FleetSettings;
  readonly flags: SupervisorFlags;
  readonly run: Run;
  readonly database: FleetDatabase;
  readonly gatewayAddress: string;
  /** SIM: where the simulator that is ours listens; kept over restarts. Undefined: it runs elsewhere. */
  readonly simulator: SimulatorAddresses | undefined;
  readonly processes: FleetProcesses;
  readonly clock: Clock;
  readonly log: Log;
  /** The environment of this process, for what children need of it (PATH and the like). */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const GATEWAY = 'gateway';
const SIMULATOR = 'simulator';
const IDLE_PROBE = 'idle-probe';
/** Children get these of our environment and nothing else: no secret travels by accident. */
const INHERITED = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'FLEET_LOCALE',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SystemRoot',
  'NODE_OPTIONS',
  // How to reach a gateway elsewhere; neither is a secret.
  'GATEWAY_NETWORK',
  'GATEWAY_TLS_CA',
];
/** Characters of an id that end a worker's name. */
const NAME_SUFFIX = 8;
const WORKER_PATIENCE_MS = 6_000;
const SERVICE_PATIENCE_MS = 10_000;
/** A busy machine may keep a process waiting beyond the time that it allows itself. */
const SCHEDULING_MS = 2_000;

/** Starts and ends the processes of one run; what each may know is decided here. */
export class Fleet {
  readonly #deps: FleetDependencies;
  readonly control: SimulatorControl | undefined;

  constructor(deps: FleetDependencies) {
    this.#deps = deps;
    const controlUrl =
      deps.simulator?.controlUrl ?? deps.settings.marketClockUrl?.replace(/\/clock$/, '');
    this.control = controlUrl === undefined ? undefined : new SimulatorControl(controlUrl);
  }

  /** A gateway at a given address (another container) is started and stopped by others. */
  get hasOwnGateway(): boolean {
    return this.#deps.settings.gatewayAddress === undefined;
  }

  get probeFile(): string {
    return join(this.#deps.flags.dataDir, `idle-probe-${this.#deps.run.runId}.json`);
  }

  get marketClockUrl(): string | undefined {
    return this.control?.clockUrl;
  }

  /** The broker of this run: the owner's, or the run's own simulator. */
  get access(): KisAccess {
    const { settings, simulator, run } = this.#deps;
    const access = simulator
      ? simulatedAccess(run.runId, simulator, simulatedDayOf(run).profile)
      : settings.kis;
    if (!access) throw new Error('no access to a broker: settings were not checked');
    return access;
  }

  /** True when it had to be started. */
  startSimulator(): boolean {
    const { simulator, run, database, processes, flags } = this.#deps;
    if (!simulator || processes.isAlive(SIMULATOR)) return false;
    const day = simulatedDayOf(run);
    const { appKey, appSecret } = simulatedKeys(run.runId);
    const access = this.access;
    const options: Readonly<Record<string, string | undefined>> = {
      schema: run.schema,
      'rest-port': portOf(simulator.restUrl),
      'ws-port': portOf(simulator.wsUrl),
      'control-port': portOf(simulator.controlUrl),
      day: day.day,
      days: day.days,
      daily: day.daily,
      from: day.from,
      at: day.at,
      speed: String(flags.speed),
      cash: day.cash,
      seed: day.seed,
      account: access.accountId,
      'hts-id': access.htsId,
      // The broker allows a little more than we ask for.
      'rate-limit': String(access.callsPerSecond + 2),
      profile: access.profile,
      faults: flags.simFaults,
    };
    const args = Object.entries(options).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name}`, value],
    );
    args.push('--hold', '--json');
    const env = {
      SIM_DB_URL: database.simulatorUrl ?? '',
      SIM_APP_KEY: appKey,
      SIM_APP_SECRET: appSecret,
    };
    return this.#start(SIMULATOR, SIMULATOR, { role: 'simulator', args, env });
  }

  startGateway(): boolean {
    if (!this.hasOwnGateway || this.#deps.processes.isAlive(GATEWAY)) return false;
    const { access } = this;
    const env = {
      ...this.#fleetEnvironment(),
      ...kisEnvironment(access),
    };
    return this.#start(GATEWAY, GATEWAY, { role: 'gateway', args: [], env });
  }

  /** Workers of ours up to the wished number; a dead one is replaced after its backoff. */
  startWorkers(wanted: number): void {
    const { flags, settings } = this.#deps;
    const { capital, dataDir, strategies } = flags;
    const { strategyName } = settings.trading;
    const wish = { wanted, strategies, strategyName };
    for (const { prefix, slot, strategy } of missingWorkers(
      this.workerNames(),
      wish,
      NAME_SUFFIX,
    )) {
      const args = ['--capital', capital, '--data-dir', dataDir];
      if (strategy !== undefined) args.push('--strategy', strategy);
      const env = this.#fleetEnvironment();
      this.#start(`${prefix}${newId().slice(-NAME_SUFFIX)}`, slot, { role: 'worker', args, env });
    }
  }

  startIdleProbe(): void {
    if (this.#deps.processes.isAlive(IDLE_PROBE)) return;
    this.#start(IDLE_PROBE, IDLE_PROBE, { role: 'idle-probe', args: [this.probeFile], env: {} });
  }

  workerNames(): readonly string[] {
    return this.#deps.processes.ofRole('worker').map((process: FleetProcess) => process.name);
  }

  /** After their rows were asked to stop: waits, then kills. */
  async stopWorkers(): Promise<void> {
    const { processes } = this.#deps;
    const names = this.workerNames();
    for (const name of names) processes.signal(name, 'SIGTERM');
    await Promise.all(names.map((name) => processes.awaitExit(name, WORKER_PATIENCE_MS)));
  }

  /** It may wait for the answer to the order sent last: killing it would make that an open question. */
  async awaitGatewayExit(): Promise<void> {
    const { processes, settings } = this.#deps;
    processes.signal(GATEWAY, 'SIGTERM');
    const { sendDeadlineMs } = settings.lock;
    const { answerDeadlineMs } = settings.trading;
    const patienceMs = gatewayStopMs({ sendDeadlineMs, answerDeadlineMs }) + SCHEDULING_MS;
    await processes.awaitExit(GATEWAY, patienceMs);
  }

  async stopSimulator(): Promise<void> {
    if (!this.#deps.simulator) return;
    await this.control?.stop();
    // One that is still starting hears no call yet; to one that is stopping it says nothing new.
    this.#deps.processes.signal(SIMULATOR, 'SIGTERM');
    await this.#deps.processes.awaitExit(SIMULATOR, SERVICE_PATIENCE_MS);
  }

  /** Everything that lives, after a start that failed. */
  async stopAll(): Promise<void> {
    await this.stopWorkers();
    await this.awaitGatewayExit();
    await this.stopSimulator();
    await this.stopIdleProbe();
  }

  async stopIdleProbe(): Promise<void> {
    this.#deps.processes.signal(IDLE_PROBE, 'SIGTERM');
    await this.#deps.processes.awaitExit(IDLE_PROBE, WORKER_PATIENCE_MS);
  }

  #fleetEnvironment(): Record<string, string> {
    const { settings, run, database, gatewayAddress } = this.#deps;
    const { lock, trading, entry, kill } = settings;
    return {
      MODE: settings.mode,
      LOG_LEVEL: settings.logLevel,
      DB_URL: database.fleetUrl,
      DB_SCHEMA: run.schema,
      GATEWAY_ADDRESS: gatewayAddress,
      ...(settings.gatewayToken ? { GATEWAY_TOKEN: settings.gatewayToken } : {}),
      ...(this.marketClockUrl ? { MARKET_CLOCK_URL: this.marketClockUrl } : {}),
      LOCK_TTL_MS: String(lock.ttlMs),
      LOCK_RENEW_MS: String(lock.renewMs),
      LOCK_MARGIN_MS: String(lock.marginMs),
      SEND_DEADLINE_MS: String(lock.sendDeadlineMs),
      LOCK_GRACE_MS: String(lock.graceMs),
      VENUE: trading.venue,
      STRATEGY: trading.strategyName,
      POLL_SECONDS: String(trading.pollSeconds),
      LIQUIDATION_MINUTES: String(trading.liquidationMinutes),
      SIZING: entry.sizing,
      SIZING_FRACTION: entry.sizingFraction,
      SIZING_RISK_FRACTION: entry.sizingRiskFraction,
      SIZING_RANGES: String(entry.sizingRanges),
      ENTRY_ORDER: entry.entryOrder,
      KILL_ORDERS_PER_MINUTE_OF_STOCK: String(kill.ordersPerMinuteOfStock),
      KILL_ORDERS_PER_MINUTE: String(kill.ordersPerMinute),
      KILL_REJECTED_BUYS: String(kill.rejectedBuysInRow),
      KILL_PRICE_GAP_RATE: kill.priceGapRate,
      KILL_FEED_SILENT_MS: String(kill.feedSilentMs),
      KILL_CLOCK_SKEW_MS: String(kill.clockSkewMs),
      KILL_DATABASE_LATENCY_MS: String(kill.databaseLatencyMs),
      ANSWER_DEADLINE_MS: String(trading.answerDeadlineMs),
    };
  }

  #start(
    name: string,
    slot: string,
    what: { role: SpawnRequest['role']; args: readonly string[]; env: Record<string, string> },
  ): boolean {
    const { processes, environment, flags } = this.#deps;
    const inherited = INHERITED.flatMap((key) => {
      const value = environment[key];
      return value === undefined ? [] : [[key, value] as const];
    });
    const started = processes.start(name, slot, {
      role: what.role,
      args: what.args,
      env: { ...Object.fromEntries(inherited), ...what.env },
      logFolder: join(flags.dataDir, 'logs'),
      logName: what.role === 'worker' ? name : what.role,
    });
    return started !== undefined;
  }
}

function portOf(url: string): string {
  return new URL(url).port;
}
