import { won } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import type { DayBaseline, FleetEvent, Instrument } from '@fleet/service-layer';
import type { PostgresStores } from '@fleet/storage-postgres';

export interface OpenDayRequest {
  readonly stores: PostgresStores;
  readonly instruments: readonly Instrument[];
  readonly range: readonly [number, number];
  readonly tradeDate: TradeDate;
  readonly baseline: DayBaseline;
  readonly term: number;
  readonly marketAt: number;
}

const WALK = ['INITIALIZING', 'READY', 'TRADING'] as const;

/** What the opening leaves behind, without its questions: universe, baseline without limits, TRADING. */
export async function openDay(request: OpenDayRequest): Promise<readonly Instrument[]> {
  const { stores, tradeDate, term, marketAt, baseline } = request;
  const stocks = request.instruments
    .filter(({ kind, warnings, halted }) => kind === 'COMMON' && warnings.length === 0 && !halted)
    .toSorted((a, b) => b.previousVolume - a.previousVolume)
    .slice(...request.range);
  await stores.trading.saveUniverse(tradeDate, stocks, marketAt);
  await stores.settlement.saveBaseline(withoutLimits(baseline), marketAt);
  await stores.system.startTerm(term, tradeDate, marketAt);
  const event: FleetEvent = { type: 'ChaosRunEvent', level: 'INFO', marketAt };
  for (const to of WALK) {
    await stores.system.changeState({ term, to, tradeDate, marketAt, reason: 'chaos', event });
  }
  return stocks;
}

function withoutLimits(baseline: DayBaseline): DayBaseline {
  const limits = {
    ...baseline.limits,
    dailyLossLimit: won('1000000000000'),
    maxPositions: 1_000,
    maxExposurePerSymbol: won('1000000000000'),
    maxConsecutiveLosses: 1_000_000,
    coolDownMs: 0,
  };
  return { ...baseline, openingCashD2: won(10_000_000_000), limits };
}
