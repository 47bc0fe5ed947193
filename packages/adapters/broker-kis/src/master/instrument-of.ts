import { NO_SHARES } from '@fleet/domain';
import type { InstrumentKind, Market, TradeDate } from '@fleet/krx';
import type { Instrument } from '@fleet/service-layer';
import { priceOf, quantityOf } from '../rest/fields.ts';
import { wireDate } from '../rest/wire-time.ts';
import { symbolOf } from '../symbol-spelling.ts';
import type { MasterRecord } from './parse-master.ts';

/** scrt_grp_cls_code; what is not here (funds, rights, DR, foreign stocks) is OTHER. */
const KIND_OF_GROUP: ReadonlyMap<string, InstrumentKind> = new Map([
  ['EF', 'ETF'],
  ['FE', 'ETF'],
  ['EN', 'ETN'],
  ['EW', 'ELW'],
  ['RT', 'REIT'],
]);

interface WarningRule {
  readonly column: string;
  readonly values: readonly string[];
  readonly code: string;
}

/** Milder marks (투자주의, 단기과열 예고, 불성실공시) are not warnings: they do not bar a stock. */
const WARNINGS: readonly WarningRule[] = [
  { column: 'trht_yn', values: ['Y'], code: 'HALTED' },
  { column: 'sltr_yn', values: ['Y'], code: 'LIQUIDATION' },
  { column: 'mang_issu_yn', values: ['Y'], code: 'ADMINISTRATIVE' },
  { column: 'mrkt_alrm_cls_code', values: ['02', '2'], code: 'WARNING' },
  { column: 'mrkt_alrm_cls_code', values: ['03', '3'], code: 'RISK' },
  { column: 'invt_alrm_yn', values: ['Y'], code: 'ATTENTION' },
  { column: 'short_over_cls_code', values: ['2', '3'], code: 'SHORT_OVERHEATED' },
  { column: 'low_current_yn', values: ['Y'], code: 'LOW_LIQUIDITY' },
];

/**
 * Undefined for what has no six-character code (funds, rights, ELW).
 * @param today the market's day: a stock listed on it has no history
 */
export function instrumentOf(
  record: MasterRecord,
  market: Market,
  today: TradeDate,
): Instrument | undefined {
  const value = (column: string): string => record.get(column) ?? '';
  const symbol = symbolOf(value('mksc_shrn_iscd'));
  if (symbol === undefined) return undefined;
  const listedOn = wireDate(value('stck_lstn_date'));
  const warnings = WARNINGS.filter(({ column, values }) => values.includes(value(column))).map(
    ({ code }) => code,
  );
  return {
    symbol,
    name: value('hts_kor_isnm'),
    market,
    kind: kindOf(value),
    referencePrice: priceOf(value('stck_sdpr')),
    previousVolume: quantityOf(value('prdy_vol')) ?? NO_SHARES,
    listedOn,
    halted: value('trht_yn') === 'Y',
    warnings: listedOn === today ? [...warnings, 'NEW_LISTING'] : warnings,
  };
}

function kindOf(value: (column: string) => string): InstrumentKind {
  const group = value('scrt_grp_cls_code');
  if (group !== 'ST') return KIND_OF_GROUP.get(group) ?? 'OTHER';
  if (value('etpr_undt_objt_co_yn') === 'Y') return 'SPAC';
  return ['1', '2'].includes(value('prst_cls_code')) ? 'PREFERRED' : 'COMMON';
}
