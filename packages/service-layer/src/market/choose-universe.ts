import type { InstrumentKind, TradeDate } from '@fleet/krx';
import { Decimal } from 'decimal.js';
import type { Instrument } from '../ports/market-data.ts';

export interface UniverseRules {
  /** Kinds besides common stock that the owner opted into. */
  readonly extraKinds: readonly InstrumentKind[];
  /** These and no others; undefined: all. */
  readonly symbols?: readonly string[] | undefined;
  /** So many at most, by yesterday's shares at today's reference price; undefined: all. */
  readonly mostTraded?: number | undefined;
}

export interface UniverseChoice {
  readonly chosen: readonly Instrument[];
  /** How many were left out, by reason code. */
  readonly leftOut: Readonly<Record<string, number>>;
}

/** The day's universe (DESIGN section 11): common stock of KOSPI and KOSDAQ without a warning. */
export function chooseUniverse(
  instruments: readonly Instrument[],
  tradeDate: TradeDate,
  rules: UniverseRules,
): UniverseChoice {
  const leftOut: Record<string, number> = {};
  const fit = instruments.filter((instrument) => {
    const reason = reasonAgainst(instrument, tradeDate, rules);
    if (reason) leftOut[reason] = (leftOut[reason] ?? 0) + 1;
    return reason === undefined;
  });
  const { mostTraded = fit.length } = rules;
  if (fit.length <= mostTraded) return { chosen: fit, leftOut };
  const chosen = fit
    .toSorted((a, b) => turnoverBefore(b).comparedTo(turnoverBefore(a)))
    .slice(0, mostTraded);
  return { chosen, leftOut: { ...leftOut, LESS_TRADED: fit.length - mostTraded } };
}

function turnoverBefore({ previousVolume, referencePrice }: Instrument): Decimal {
  return new Decimal(previousVolume).times(referencePrice ?? 0);
}

function reasonAgainst(
  instrument: Instrument,
  tradeDate: TradeDate,
  rules: UniverseRules,
): string | undefined {
  if (rules.symbols?.includes(instrument.symbol) === false) return 'NOT_LISTED_BY_OWNER';
  if (instrument.market === 'KONEX') return 'KONEX';
  if (instrument.kind !== 'COMMON' && !rules.extraKinds.includes(instrument.kind)) {
    return instrument.kind;
  }
  if (instrument.halted) return 'HALTED';
  if (instrument.listedOn === tradeDate) return 'FIRST_DAY';
  return instrument.warnings[0];
}
