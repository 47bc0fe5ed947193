import { exposureProblem, readGatewayTls, type GatewayTls } from './gateway-access.ts';
import { FleetVariables } from './fleet-variables.ts';
import { kisAccess, type KisAccess } from './kis-access.ts';
import { localeOf, type Environment, type Locale } from './locale.ts';
import { SettingsError } from './settings-error.ts';

export type Mode = 'SIM' | 'PAPER' | 'LIVE';

/** Timing of stock locks in real milliseconds; @fleet/domain's checkLockTiming judges it. */
export interface LockSettings {
  readonly ttlMs: number;
  readonly renewMs: number;
  readonly marginMs: number;
  readonly sendDeadlineMs: number;
  readonly graceMs: number;
}

export interface RiskSettings {
  /** Won; undefined: a tenth of what the fleet's workers may invest. LIVE must say it. */
  readonly dailyLossLimit: string | undefined;
  /** TOTAL counts what is held at its last known price. */
  readonly lossBasis: 'REALIZED' | 'TOTAL';
  readonly maxPositions: number;
  readonly maxExposurePerSymbol: string;
  /** Shares; undefined: by value alone. */
  readonly maxSharesPerSymbol: number | undefined;
  readonly maxConsecutiveLosses: number;
  readonly coolDownMinutes: number;
  /** Decimal text fractions; undefined when VOLATILITY_GUARD is off. */
  readonly maxStockRangeRate: string | undefined;
  readonly maxMarketMoveRate: string | undefined;
  readonly markAgeSeconds: number;
}

/** What only a fault brings about; @fleet/domain's KillLimits and WatchLimits. */
export interface KillSettings {
  readonly ordersPerMinuteOfStock: number;
  readonly ordersPerMinute: number;
  readonly rejectedBuysInRow: number;
  /** Decimal text fraction. */
  readonly priceGapRate: string;
  readonly feedSilentMs: number;
  readonly clockSkewMs: number;
  readonly databaseLatencyMs: number;
}

/** How much and how an entry is ordered; @fleet/domain's SizingPolicy and EntryOrderPolicy. */
export interface EntrySettings {
  readonly sizing: 'ALL_IN' | 'FIXED_FRACTION' | 'VOLATILITY_SCALED';
  /** FIXED_FRACTION: of the capital, decimal text. */
  readonly sizingFraction: string;
  /** VOLATILITY_SCALED: so much of the capital is lost when the price falls by `sizingRanges` bar ranges. */
  readonly sizingRiskFraction: string;
  readonly sizingRanges: number;
  readonly entryOrder: 'LIMIT' | 'MARKET' | 'BY_URGENCY';
}

export interface TradingSettings {
  readonly strategyName: string;
  /** Where orders go, and with them quotes, hours and expiry. SOR: the broker's router. */
  readonly venue: 'KRX' | 'SOR';
  /** What may be bought at all: the owner's list, the most traded of yesterday, or (undefined) all. */
  readonly universe: {
    readonly symbols: readonly string[] | undefined;
    readonly size: number | undefined;
  };
  /** Seconds of market time. */
  readonly scanSeconds: number;
  /** Stocks that a scan looks at in turn, besides the most traded, the held and the followed ones. */
  readonly scanRotation: number;
  readonly pollSeconds: number;
  /** T-delta of the spec: 10 to 15 minutes before the close at the latest. */
  readonly liquidationMinutes: number;
  readonly noParamsPolicy: 'stop' | 'previous' | 'wait';
  readonly commissionRate: string;
  /** Difference allowed between expected and real day costs, won. */
  readonly costTolerance: string;
  /** After so long without an answer an order's fate is unknown, real ms. */
  readonly answerDeadlineMs: number;
}

/** All of a fleet process's settings; frozen. What a process does not need is undefined. */
export interface FleetSettings {
  readonly mode: Mode;
  readonly locale: Locale;
  readonly logLevel: string;
  readonly dbUrl: string | undefined;
  readonly dbSchema: string | undefined;
  readonly gatewayAddress: string | undefined;
  readonly gatewayToken: string | undefined;
  readonly gatewayTls: GatewayTls;
  /** `private`: nobody but the fleet is on the way to the gateway, so ws:// may leave the host. */
  readonly gatewayNetwork: 'public' | 'private';
  /** SIM: where the simulator publishes market time. */
  readonly marketClockUrl: string | undefined;
  readonly marketOpenAt: string;
  readonly marketCloseAt: string;
  readonly kis: KisAccess | undefined;
  /** SIM: which of KIS's servers the run's simulator plays. */
  readonly simProfile: 'live' | 'paper';
  readonly lock: LockSettings;
  readonly risk: RiskSettings;
  readonly trading: TradingSettings;
  readonly entry: EntrySettings;
  readonly kill: KillSettings;
}

/**
 * Environment -> settings. With nothing set the mode is SIM.
 * @param options.needsBroker a worker gets no keys; who talks to KIS, or starts who does, demands them
 * @throws SettingsError naming every wrong or missing variable
 */
export function loadFleetSettings(
  env: Environment,
  options: { readonly needsBroker: boolean } = { needsBroker: false },
): FleetSettings {
  const problems = guardMode(env);
  const given = Object.fromEntries(
    Object.entries(env).filter(([name, value]) => name in FleetVariables.shape && value !== ''),
  );
  const parsed = FleetVariables.safeParse(given);
  if (!parsed.success) {
    for (const issue of parsed.error.issues)
      problems.push(`${issue.path.join('.')} ${issue.message}`);
    throw new SettingsError(problems);
  }
  const kis = kisAccess(parsed.data, options.needsBroker, problems);
  if (parsed.data.MODE === 'LIVE' && parsed.data.DB_URL === undefined) {
    problems.push('MODE=LIVE needs DB_URL: real money is not kept in a throw-away database');
  }
  const isOwner = parsed.data.MODE === 'LIVE' && options.needsBroker;
  if (isOwner && parsed.data.DAILY_LOSS_LIMIT === undefined) {
    problems.push('MODE=LIVE needs DAILY_LOSS_LIMIT: how much may be lost in a day, in won');
  }
  if (parsed.data.VENUE === 'SOR' && playsPaper(parsed.data, kis)) {
    problems.push('VENUE=SOR: the paper server trades at KRX only');
  }
  const exposed = exposureProblem(parsed.data.GATEWAY_ADDRESS, parsed.data.GATEWAY_NETWORK);
  if (exposed !== undefined) problems.push(exposed);
  const gatewayTls = readGatewayTls(parsed.data, problems);
  if (problems.length > 0) throw new SettingsError(problems);
  return freeze({ ...settingsOf(parsed.data, env, kis), gatewayTls });
}

/**
 * The paper server takes two calls for a stock's quote and book, and one call a second: each stock of
 * twenty is seen every forty seconds or so, each of all the market's never.
 */
const PAPER_UNIVERSE_SIZE = 20;

function universeOf(v: FleetVariables, kis: KisAccess | undefined): TradingSettings['universe'] {
  const readsOneByOne = playsPaper(v, kis) && kis?.quotes === undefined;
  const size = readsOneByOne && v.UNIVERSE === undefined ? PAPER_UNIVERSE_SIZE : undefined;
  return { symbols: v.UNIVERSE, size: v.UNIVERSE_SIZE ?? size };
}

function playsPaper({ MODE, SIM_PROFILE }: FleetVariables, kis: KisAccess | undefined): boolean {
  if (MODE === 'SIM') return (kis?.profile ?? SIM_PROFILE) === 'paper';
  return MODE === 'PAPER';
}

/** Nobody shall trade a simulation believing it real. */
function guardMode(env: Environment): string[] {
  if (env['MODE']) return [];
  const orphans = Object.keys(env).filter(
    (name) => (name.startsWith('KIS_') || name === 'DB_URL') && env[name],
  );
  if (orphans.length === 0) return [];
  return [`${orphans.join(', ')} set without MODE: say MODE=SIM, MODE=PAPER or MODE=LIVE`];
}

/** KIS truncates costs on day totals; the paper server was seen 20 won off that formula. */
const COST_TOLERANCE: Readonly<Record<Mode, string>> = { SIM: '0', PAPER: '100', LIVE: '100' };
/** The paper server answers orders in up to 3.7 s; the live one gets ten. */
const ANSWER_DEADLINE_MS: Readonly<Record<Mode, number>> = {
  SIM: 5_000,
  PAPER: 15_000,
  LIVE: 10_000,
};

function settingsOf(
  v: FleetVariables,
  env: Environment,
  kis: KisAccess | undefined,
): Omit<FleetSettings, 'gatewayTls'> {
  return {
    mode: v.MODE,
    locale: localeOf(env),
    logLevel: v.LOG_LEVEL,
    dbUrl: v.DB_URL,
    dbSchema: v.DB_SCHEMA,
    gatewayAddress: v.GATEWAY_ADDRESS,
    gatewayToken: v.GATEWAY_TOKEN,
    gatewayNetwork: v.GATEWAY_NETWORK,
    marketClockUrl: v.MARKET_CLOCK_URL,
    marketOpenAt: v.MARKET_OPEN_AT,
    marketCloseAt: v.MARKET_CLOSE_AT,
    kis,
    simProfile: v.SIM_PROFILE,
    lock: {
      ttlMs: v.LOCK_TTL_MS,
      renewMs: v.LOCK_RENEW_MS,
      marginMs: v.LOCK_MARGIN_MS,
      sendDeadlineMs: v.SEND_DEADLINE_MS,
      graceMs: v.LOCK_GRACE_MS,
    },
    risk: {
      dailyLossLimit: v.DAILY_LOSS_LIMIT,
      lossBasis: v.LOSS_BASIS,
      maxPositions: v.MAX_POSITIONS,
      maxExposurePerSymbol: v.MAX_EXPOSURE_PER_SYMBOL,
      maxSharesPerSymbol: v.MAX_SHARES_PER_SYMBOL,
      maxConsecutiveLosses: v.MAX_CONSECUTIVE_LOSSES,
      coolDownMinutes: v.COOL_DOWN_MINUTES,
      maxStockRangeRate: v.VOLATILITY_GUARD === 'on' ? v.MAX_STOCK_RANGE_RATE : undefined,
      maxMarketMoveRate: v.VOLATILITY_GUARD === 'on' ? v.MAX_MARKET_MOVE_RATE : undefined,
      markAgeSeconds: v.MARK_AGE_SECONDS,
    },
    entry: {
      sizing: v.SIZING,
      sizingFraction: v.SIZING_FRACTION,
      sizingRiskFraction: v.SIZING_RISK_FRACTION,
      sizingRanges: v.SIZING_RANGES,
      entryOrder: v.ENTRY_ORDER,
    },
    kill: {
      ordersPerMinuteOfStock: v.KILL_ORDERS_PER_MINUTE_OF_STOCK,
      ordersPerMinute: v.KILL_ORDERS_PER_MINUTE,
      rejectedBuysInRow: v.KILL_REJECTED_BUYS,
      priceGapRate: v.KILL_PRICE_GAP_RATE,
      feedSilentMs: v.KILL_FEED_SILENT_MS,
      clockSkewMs: v.KILL_CLOCK_SKEW_MS,
      databaseLatencyMs: v.KILL_DATABASE_LATENCY_MS,
    },
    trading: {
      strategyName: v.STRATEGY,
      venue: v.VENUE,
      universe: universeOf(v, kis),
      scanSeconds: v.SCAN_SECONDS,
      scanRotation: v.SCAN_ROTATION,
      pollSeconds: v.POLL_SECONDS,
      liquidationMinutes: v.LIQUIDATION_MINUTES,
      noParamsPolicy: v.NO_PARAMS_POLICY,
      commissionRate: v.COMMISSION_RATE,
      costTolerance: v.COST_TOLERANCE ?? COST_TOLERANCE[v.MODE],
      answerDeadlineMs: v.ANSWER_DEADLINE_MS ?? ANSWER_DEADLINE_MS[v.MODE],
    },
  };
}

function freeze<T extends object>(settings: T): T {
  for (const part of Object.values(settings)) {
    if (typeof part === 'object' && part !== null) freeze(part);
  }
  return Object.freeze(settings);
}
