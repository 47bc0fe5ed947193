import type { InstrumentKind, TradeDate } from '@fleet/krx';
import type { Instrument } from '../ports/market-data.ts';

export interface UniverseRules {
  /** Kinds besides common stock that the owner opted into. */
  readonly extraKinds: readonly InstrumentKind[];
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
  const chosen = instruments.filter((instrument) => {
    const reason = reasonAgainst(instrument, tradeDate, rules);
    if (reason) leftOut[reason] = (leftOut[reason] ?? 0) + 1;
    return reason === undefined;
  });
  return { chosen, leftOut };
}

function reasonAgainst(
  instrument: Instrument,
  tradeDate: TradeDate,
  rules: UniverseRules,
): string | undefined {
  if (instrument.market === 'KONEX') return 'KONEX';
  if (instrument.kind !== 'COMMON' && !rules.extraKinds.includes(instrument.kind)) {
    return instrument.kind;
  }
  if (instrument.halted) return 'HALTED';
  if (instrument.listedOn === tradeDate) return 'FIRST_DAY';
  return instrument.warnings[0];
}
