import { z } from 'zod';
import {
  clockTime,
  fractionText,
  givenWholeNumber,
  givenWon,
  positiveFraction,
  url,
  wholeNumber,
  wonText,
} from './fields.ts';
import { exposureProblem, readGatewayTls, type GatewayTls } from './gateway-access.ts';
import { kisAccess, kisVariables, type KisAccess } from './kis-access.ts';
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

const Variables = z.object({
  MODE: z.enum(['SIM', 'PAPER', 'LIVE'], 'must be SIM, PAPER or LIVE').default('SIM'),
  LOG_LEVEL: z
    .string()
    .transform((text) => text.toUpperCase())
    .pipe(z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR'], 'must be DEBUG, INFO, WARN or ERROR'))
    .default('INFO'),
  DB_URL: z
    .string()
    .regex(/^postgres(ql)?(\+\w+)?:\/\//, 'must start with postgresql://')
    .transform((text) => text.replace(/^postgres(ql)?(\+\w+)?:/, 'postgresql:'))
    .optional(),
  DB_SCHEMA: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,62}$/, 'must be a lower-case schema name')
    .optional(),
  GATEWAY_ADDRESS: z.string().min(1).optional(),
  GATEWAY_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
  GATEWAY_NETWORK: z.enum(['public', 'private'], 'must be public or private').default('public'),
  GATEWAY_TLS_CERTIFICATE: z.string().optional(),
  GATEWAY_TLS_KEY: z.string().optional(),
  GATEWAY_TLS_CA: z.string().optional(),
  MARKET_CLOCK_URL: url(['http:']).optional(),
  MARKET_OPEN_AT: clockTime('08:30'),
  MARKET_CLOSE_AT: clockTime('15:30'),
  ...kisVariables,
  SIM_PROFILE: z.enum(['live', 'paper'], 'must be live or paper').default('live'),
  LOCK_TTL_MS: wholeNumber(100, 600_000, 15_000),
  LOCK_RENEW_MS: wholeNumber(10, 600_000, 3_000),
  LOCK_MARGIN_MS: wholeNumber(10, 600_000, 4_000),
  SEND_DEADLINE_MS: wholeNumber(10, 600_000, 3_000),
  LOCK_GRACE_MS: wholeNumber(10, 600_000, 5_000),
  DAILY_LOSS_LIMIT: givenWon().optional(),
  LOSS_BASIS: z
    .string()
    .transform((text) => text.toUpperCase())
    .pipe(z.enum(['REALIZED', 'TOTAL'], 'must be realized or total'))
    .default('REALIZED'),
  MAX_POSITIONS: wholeNumber(1, 1_000, 100),
  MAX_EXPOSURE_PER_SYMBOL: wonText('1000000000'),
  MAX_CONSECUTIVE_LOSSES: wholeNumber(1, 10_000, 30),
  MAX_SHARES_PER_SYMBOL: givenWholeNumber(1, 1_000_000_000).optional(),
  COOL_DOWN_MINUTES: wholeNumber(0, 600, 20),
  VOLATILITY_GUARD: z.enum(['on', 'off'], 'must be on or off').default('on'),
  MAX_STOCK_RANGE_RATE: positiveFraction('0.1'),
  MAX_MARKET_MOVE_RATE: positiveFraction('0.025'),
  MARK_AGE_SECONDS: wholeNumber(10, 3_600, 180),
  KILL_ORDERS_PER_MINUTE_OF_STOCK: wholeNumber(1, 1_000, 25),
  KILL_ORDERS_PER_MINUTE: wholeNumber(1, 10_000, 300),
  KILL_REJECTED_BUYS: wholeNumber(1, 20, 5),
  KILL_PRICE_GAP_RATE: positiveFraction('0.1'),
  KILL_FEED_SILENT_MS: wholeNumber(1_000, 600_000, 30_000),
  KILL_CLOCK_SKEW_MS: wholeNumber(100, 60_000, 3_000),
  KILL_DATABASE_LATENCY_MS: wholeNumber(50, 60_000, 2_000),
  SIZING: z
    .enum(
      ['ALL_IN', 'FIXED_FRACTION', 'VOLATILITY_SCALED'],
      'must be ALL_IN, FIXED_FRACTION or VOLATILITY_SCALED',
    )
    .default('ALL_IN'),
  SIZING_FRACTION: positiveFraction('0.5'),
  SIZING_RISK_FRACTION: positiveFraction('0.01'),
  SIZING_RANGES: wholeNumber(1, 100, 5),
  ENTRY_ORDER: z
    .enum(['LIMIT', 'MARKET', 'BY_URGENCY'], 'must be LIMIT, MARKET or BY_URGENCY')
    .default('BY_URGENCY'),
  STRATEGY: z.string().min(1).default('momentum-breakout'),
  UNIVERSE: z
    .string()
    .regex(/^[0-9A-Z]{6}(,[0-9A-Z]{6})*$/, 'must be codes such as 005930,000660')
    .transform((text): readonly string[] => text.split(','))
    .optional(),
  UNIVERSE_SIZE: givenWholeNumber(1, 4_000).optional(),
  VENUE: z
    .enum(
      ['KRX', 'SOR'],
      'must be KRX or SOR (NXT takes no market orders, and a liquidation ends with one)',
    )
    .default('KRX'),
  SCAN_SECONDS: wholeNumber(1, 60, 30),
  SCAN_ROTATION: wholeNumber(0, 5_000, 90),
  POLL_SECONDS: wholeNumber(1, 60, 10),
  LIQUIDATION_MINUTES: wholeNumber(10, 15, 15),
  NO_PARAMS_POLICY: z
    .enum(['stop', 'previous', 'wait'], 'must be stop, previous or wait')
    .default('stop'),
  COMMISSION_RATE: fractionText('0.000140527'),
  COST_TOLERANCE: givenWon().optional(),
  ANSWER_DEADLINE_MS: givenWholeNumber(100, 120_000).optional(),
});

/** Every variable that a fleet process reads, FLEET_LOCALE aside. */
export const SETTING_NAMES: readonly string[] = Object.keys(Variables.shape);

type Variables = z.infer<typeof Variables>;

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
    Object.entries(env).filter(([name, value]) => name in Variables.shape && value !== ''),
  );
  const parsed = Variables.safeParse(given);
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

function universeOf(v: Variables, kis: KisAccess | undefined): TradingSettings['universe'] {
  const readsOneByOne = playsPaper(v, kis) && kis?.quotes === undefined;
  const size = readsOneByOne && v.UNIVERSE === undefined ? PAPER_UNIVERSE_SIZE : undefined;
  return { symbols: v.UNIVERSE, size: v.UNIVERSE_SIZE ?? size };
}

function playsPaper({ MODE, SIM_PROFILE }: Variables, kis: KisAccess | undefined): boolean {
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
  v: Variables,
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

function freeze(settings: FleetSettings): FleetSettings {
  for (const part of [
    settings.kis,
    settings.lock,
    settings.risk,
    settings.trading,
    settings.entry,
    settings.kill,
    settings.gatewayTls,
  ]) {
    if (part) Object.freeze(part);
  }
  return Object.freeze(settings);
}
