import type { FaultRule } from './fleet/simulated-market.ts';

/** What goes wrong, and how often. */
export interface Mix {
  /** kill -9 of workers a second. */
  readonly kills: number;
  /** SIGSTOP of workers a second, for longer than their TTL. */
  readonly stops: number;
  /** kill -9 of the gateway a second. */
  readonly gateway: number;
  /** 1: the broker's usual faults; 2: twice as many; 0: none. */
  readonly faults: number;
}

export const DEFAULT_MIX: Mix = { kills: 1, stops: 3.8, gateway: 0.1, faults: 1 };

/** Reads `kills=2,stops=2.5,gateway=0.2,faults=1`; what is not said is as usual. @throws Error */
export function parseMix(text: string): Mix {
  const given = text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', value = ''] = part.split('=');
      if (!(name in DEFAULT_MIX) || !/^\d+(\.\d+)?$/.test(value)) {
        throw new Error(`--mix ${part}: kills, stops, gateway or faults, then = and a number`);
      }
      return [name, Number(value)] as const;
    });
  return { ...DEFAULT_MIX, ...Object.fromEntries(given) };
}

/** Share of calls that each fault strikes, at faults=1; delays are market ms at speed 20. */
const RULES: readonly (FaultRule & { readonly rate: number })[] = [
  { kind: 'REPLY_LOST_AFTER_ACCEPT', endpoint: 'order-cash', rate: 0.04 },
  { kind: 'REPLY_LOST_BEFORE_ACCEPT', endpoint: 'order-cash', rate: 0.03 },
  { kind: 'SLOW_REPLY', endpoint: 'order-cash', rate: 0.05, delayMs: 8_000 },
  { kind: 'ERROR_500_WITHOUT_BODY', endpoint: 'order-cash', rate: 0.02 },
  { kind: 'ERROR_500_WITH_BODY', endpoint: 'order-cash', rate: 0.02, accepts: false },
  { kind: 'THROTTLED', endpoint: 'order-cash', rate: 0.03 },
  { kind: 'REPLY_LOST_AFTER_ACCEPT', endpoint: 'order-rvsecncl', rate: 0.1 },
  { kind: 'REPLY_LOST_BEFORE_ACCEPT', endpoint: 'order-rvsecncl', rate: 0.05 },
  { kind: 'LIST_LAG', endpoint: 'inquire-daily-ccld', rate: 0.1, delayMs: 4_000 },
  { kind: 'ERROR_500_WITHOUT_BODY', endpoint: 'inquire-daily-ccld', rate: 0.03 },
  { kind: 'THROTTLED', endpoint: 'inquire-daily-ccld', rate: 0.02 },
  { kind: 'NOTICE_LOST', rate: 0.1 },
  { kind: 'NOTICE_LATE', rate: 0.1, delayMs: 10_000 },
  { kind: 'NOTICE_TWICE', rate: 0.1 },
  { kind: 'NOTICE_OUT_OF_ORDER', rate: 0.05 },
];

/** Each order fault once at an early order, so that a short run has seen it. */
function earlyRules(): readonly FaultRule[] {
  return RULES.filter(({ endpoint }) => endpoint === 'order-cash').map((rule, index) => ({
    ...rule,
    at: [3 + 3 * index],
  }));
}

export function faultRules({ faults }: Mix): readonly FaultRule[] {
  if (faults === 0) return [];
  const byRate = RULES.map((rule) => ({ ...rule, rate: Math.min(0.5, rule.rate * faults) }));
  return [...earlyRules(), ...byRate];
}

/** Kinds that a run with faults must have seen. */
export const FAULT_KINDS: readonly string[] = [
  'REPLY_LOST_AFTER_ACCEPT',
  'REPLY_LOST_BEFORE_ACCEPT',
  'SLOW_REPLY',
  'ERROR_500_WITHOUT_BODY',
  'THROTTLED',
  'NOTICE_LOST',
  'NOTICE_LATE',
  'NOTICE_TWICE',
];
