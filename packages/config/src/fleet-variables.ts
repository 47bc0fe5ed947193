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
import { kisVariables } from './kis-access.ts';

/** What may stand in the environment, and what holds when it does not. */
export const FleetVariables = z.object({
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
export const SETTING_NAMES: readonly string[] = Object.keys(FleetVariables.shape);

export type FleetVariables = z.infer<typeof FleetVariables>;
