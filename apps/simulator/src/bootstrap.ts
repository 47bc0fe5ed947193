import { join } from 'node:path';
import {
  ensureDatabase,
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '@fleet/embedded-postgres';
import { compactDate, kstCompactTime, kstDate, kstInstant, type TradeDate } from '@fleet/krx';
import { Pool } from 'pg';
import { ApprovalDesk } from './auth/approval-desk.ts';
import { TokenDesk } from './auth/token-desk.ts';
import { SimulatorClock } from './clock/simulator-clock.ts';
import type { RunningFacts } from './control/banner.ts';
import { ControlServer } from './control/control-server.ts';
import { keyValueStoreOf, realTimeOf } from './control/exchange-adapters.ts';
import type { MarketTime } from './control/real-time.ts';
import type { SimulatorSettings } from './control/simulator-settings.ts';
import { openDay } from './control/open-day.ts';
import { createExchange } from './exchange/create-exchange.ts';
import type { RunningExchange } from './exchange/running-exchange.ts';
import { unsellableReason } from './exchange/unsellable.ts';
import { FaultPlan } from './faults/fault-plan.ts';
import { FeedFaultInjector } from './faults/feed-fault-injector.ts';
import { RestFaultInjector } from './faults/rest-fault-injector.ts';
import { MasterFiles } from './masters/master-files.ts';
import { ENDPOINTS, EXTRA_ENDPOINTS } from './rest/endpoint-table.ts';
import { RateLimit } from './rest/rate-limit.ts';
import { RestGateway } from './rest/rest-gateway.ts';
import { RestServer } from './rest/rest-server.ts';
import { makeTokenEndpoints } from './rest/token-endpoints.ts';
import { FeedHub } from './websocket/feed-hub.ts';
import { KisWebSocketServer } from './websocket/websocket-server.ts';

export interface SimulatorHost {
  /** The process must end: `undefined` in order, an error when the books cannot be written. */
  onStop(error: Error | undefined): void;
  /** A defect met while serving; the client got HTTP 500. */
  onDefect(error: unknown, where: string): void;
}

export interface RunningSimulator {
  readonly facts: RunningFacts;
  close(): Promise<void>;
}

const DATABASE = 'simulator';
const KST_OFFSET_MS = 9 * 3_600_000;

/** Builds the whole simulator from its settings; nothing else in this app names implementations. */
export async function startSimulator(
  settings: SimulatorSettings,
  host: SimulatorHost,
): Promise<RunningSimulator> {
  const clock = new SimulatorClock({ speed: settings.speed });
  const day = openDay(settings, clock.realNow());
  const database = await openDatabase(settings);
  const schema = settings.schema ?? newSchema(clock.realNow());
  const running = await createExchange({
    pool: database.pool,
    schema,
    day,
    clock,
    accounts: [{ account: settings.account, cash: settings.cash }],
    seed: settings.seed,
    participation: settings.participation,
    branch: settings.profile.branch,
    ...startAt(settings),
    ...(settings.marketEvents === undefined ? {} : { calendar: settings.marketEvents.calendar }),
    onFatal: (error) => host.onStop(error),
  });
  const servers = await openServers(settings, running, host);
  if (!settings.hold) clock.go();
  return {
    facts: {
      ...servers.urls,
      tradeDate: running.exchange.tradeDate(),
      schema,
      isResumed: running.isResumed,
      notes: running.notes(),
      exampleSymbol: exampleSymbol(running),
    },
    async close() {
      await servers.close();
      await running.close();
      await database.close();
    },
  };
}

/** The stock that everybody's first example asks for, or any that is listed. */
function exampleSymbol({ exchange }: RunningExchange): string {
  const usual = exchange.instrument('005930') ?? exchange.instruments()[0];
  return usual?.symbol ?? '005930';
}

interface OpenDatabase {
  readonly pool: Pool;
  close(): Promise<void>;
}

async function openDatabase(settings: SimulatorSettings): Promise<OpenDatabase> {
  let embedded: EmbeddedPostgres | undefined;
  if (settings.dbUrl === undefined) {
    embedded = await startEmbeddedPostgres({ dataDir: join(settings.dataDir, 'postgres') });
    await ensureDatabase(embedded.url('postgres'), DATABASE);
  }
  const connectionString = settings.dbUrl ?? embedded?.url(DATABASE);
  const pool = new Pool({ connectionString, max: 4, application_name: 'simulator' });
  // An idle connection's loss shows at the next query; without a listener it would end the process.
  pool.on('error', () => undefined);
  return {
    pool,
    async close() {
      await pool.end();
      if (embedded?.ownedByUs === true) await embedded.stop();
    },
  };
}

/** A run of its own, named after the moment it began. */
function newSchema(realMs: number): string {
  return `sim_${compactDate(kstDate(realMs))}_${kstCompactTime(realMs)}_${process.pid}`;
}

function startAt({ at }: SimulatorSettings): {
  startAt?: (session: { date: TradeDate }) => number;
} {
  return at === undefined ? {} : { startAt: (session) => kstInstant(session.date, at) };
}

interface OpenServers {
  readonly urls: Pick<RunningFacts, 'restUrl' | 'wsUrl' | 'controlUrl'>;
  close(): Promise<void>;
}

async function openServers(
  settings: SimulatorSettings,
  running: RunningExchange,
  host: SimulatorHost,
): Promise<OpenServers> {
  const { clock, exchange } = running;
  const market: MarketTime = { now: () => clock.now(), speed: () => clock.anchor().speed };
  const real = realTimeOf(clock);
  const store = keyValueStoreOf(running);
  const seed = String(settings.seed);
  const tokens = await TokenDesk.load(store, seed);
  const approvals = await ApprovalDesk.load(store, seed);
  const script = settings.faults ?? { seed: settings.seed, rules: [] };
  const plan = new FaultPlan(script, { market, real });
  const time = { plan, market, real };
  const noticeTrId = settings.profile.name === 'live' ? 'H0STCNI0' : 'H0STCNI9';
  const feedFaults = new FeedFaultInjector({ ...time, noticeTrId });
  const rest = new RestServer({
    gateway: makeGateway(settings, running, { tokens, market }),
    tokenEndpoints: makeTokenEndpoints({
      credentials: settings.credentials,
      tokens,
      approvals,
      time: market,
      expiryShiftMs: () => expiryShiftMs(settings, clock),
    }),
    masters: new MasterFiles(exchange),
    faults: new RestFaultInjector({ ...time, tokens, tradeDate: () => exchange.tradeDate() }),
    tls: settings.tls,
    onError: (error, request) => host.onDefect(error, `${request.method} ${request.path}`),
  });
  const hub = new FeedHub({
    exchange,
    htsId: settings.htsId,
    bookWidth: settings.bookWidth,
    noticeWidth: settings.noticeWidth,
    noticeFaults: feedFaults,
    real,
  });
  exchange.subscribe(hub);
  const ws = new KisWebSocketServer({
    approvals,
    credentials: settings.credentials,
    hub,
    market,
    real,
    profile: settings.profile.name,
    noticeKeys: noticeKeys(settings),
    seed: `${seed}/${clock.realNow()}`,
    slotLingerMs: settings.slotLingerMs,
    frameFaults: feedFaults,
  });
  const control = makeControl(settings, running, host, plan);
  return await listen(settings, { rest, ws, control });
}

function makeGateway(
  settings: SimulatorSettings,
  { clock, exchange }: RunningExchange,
  parts: { readonly tokens: TokenDesk; readonly market: MarketTime },
): RestGateway {
  const { profile, account, htsId, credentials, otherAppKey } = settings;
  return new RestGateway({
    endpoints: [...ENDPOINTS, ...EXTRA_ENDPOINTS],
    context: { exchange, profile, account, htsId, clientDays: () => clientDays(settings, clock) },
    credentials,
    otherAppKey,
    tokens: parts.tokens,
    rateLimit: new RateLimit(parts.market, profile.callsPerSecond),
  });
}

function makeControl(
  settings: SimulatorSettings,
  running: RunningExchange,
  host: SimulatorHost,
  plan: FaultPlan,
): ControlServer {
  const { clock, exchange } = running;
  let dayCount = 1;
  return new ControlServer({
    clock: () => ({
      realMs: clock.realNow(),
      marketMs: clock.now(),
      speed: clock.anchor().speed,
      tradeDate: exchange.tradeDate(),
    }),
    go: () => clock.go(),
    async nextDay() {
      if (running.nextDate() === undefined || dayCount === settings.days) return undefined;
      dayCount += 1;
      await running.startNextDay();
      return exchange.tradeDate();
    },
    isReady: () => true,
    arrivals: () => running.arrivals(),
    unsellable(symbol) {
      const quote = exchange.quote(symbol);
      const instrument = exchange.instrument(symbol);
      if (quote === undefined || instrument === undefined) return 'UNKNOWN_SYMBOL';
      const now = exchange.now();
      return unsellableReason({ quote, instrument, session: exchange.session(), now });
    },
    stop: () => host.onStop(undefined),
    faults: settings.faults === undefined ? undefined : plan,
  });
}

async function listen(
  { host, ports, tls }: SimulatorSettings,
  servers: {
    readonly rest: RestServer;
    readonly ws: KisWebSocketServer;
    readonly control: ControlServer;
  },
): Promise<OpenServers> {
  const { rest, ws, control } = servers;
  const restPort = await rest.listen(ports.rest, host);
  const wsPort = await ws.listen(ports.ws, host);
  // The control port is for this machine alone, wherever KIS's ports listen.
  const controlPort = await control.listen(ports.control, '127.0.0.1');
  return {
    urls: {
      restUrl: `${tls === undefined ? 'http' : 'https'}://${host}:${restPort}`,
      wsUrl: `ws://${host}:${wsPort}`,
      controlUrl: `http://127.0.0.1:${controlPort}`,
    },
    async close() {
      await Promise.all([rest.close(), ws.close(), control.close()]);
    },
  };
}

/** On paper one client asks for notices by account number; both are taken there. */
function noticeKeys({ profile, htsId, account }: SimulatorSettings): ReadonlySet<string> {
  return profile.name === 'paper'
    ? new Set([htsId, account, account.slice(0, 8)])
    : new Set([htsId]);
}

/** At speed 1 clients of others live on their wall clocks, in Korean time or in UTC. */
function clientDays({ speed }: SimulatorSettings, clock: SimulatorClock): readonly TradeDate[] {
  const now = clock.realNow();
  return speed === 1 ? [kstDate(now), kstDate(now - KST_OFFSET_MS)] : [];
}

/**
 * At speed 1 clients of others compare a token's end with their wall clock: it is shown on the later
 * of the two calendars. At speed everybody lives on market time.
 */
function expiryShiftMs({ speed }: SimulatorSettings, clock: SimulatorClock): number {
  return speed === 1 ? Math.max(0, clock.realNow() - clock.now()) : 0;
}
