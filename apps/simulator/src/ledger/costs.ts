import type { InstrumentClass, TradeDate } from '@fleet/krx';

import { type TaxClass, taxClassOf, taxRates } from './tax-rates.ts';

/** Day totals that costs are computed from; won. */
export interface DayTotals {
  readonly buys: Readonly<Record<FeeClass, number>>;
  readonly sells: Readonly<Record<FeeClass, number>>;
  readonly taxedSells: Readonly<Record<TaxClass, number>>;
}

type FeeClass = 'STOCK' | 'FUND';

export interface DayCosts {
  readonly commissionBuy: number;
  readonly commissionSell: number;
  readonly tax: number;
  readonly total: number;
}

/** Online rates of the default account, in 10⁻⁹ (0.0140527 % and 0.0146527 %). */
const FEE_NANO: Readonly<Record<FeeClass, bigint>> = { STOCK: 140_527n, FUND: 146_527n };
const NANO = 1_000_000_000n;
const TAX_UNIT = 100_000n;

export const NO_TOTALS: DayTotals = {
  buys: { STOCK: 0, FUND: 0 },
  sells: { STOCK: 0, FUND: 0 },
  taxedSells: { KOSPI: 0, KOSDAQ: 0, KONEX: 0, EXEMPT: 0 },
};

/** ETF, ETN and ELW have a commission rate of their own. */
function feeClassOf({ kind }: InstrumentClass): FeeClass {
  return kind === 'ETF' || kind === 'ETN' || kind === 'ELW' ? 'FUND' : 'STOCK';
}

export function addBuy(totals: DayTotals, kind: InstrumentClass, amount: number): DayTotals {
  return { ...totals, buys: added(totals.buys, feeClassOf(kind), amount) };
}

export function addSell(totals: DayTotals, kind: InstrumentClass, amount: number): DayTotals {
  return {
    ...totals,
    sells: added(totals.sells, feeClassOf(kind), amount),
    taxedSells: added(totals.taxedSells, taxClassOf(kind), amount),
  };
}

/**
 * The day's costs as the broker computes them: commission on the day's total per side, cut down to
 * 10 won; securities tax and rural tax on the day's sells per market, each cut down to 1 won.
 * Exact integers throughout.
 */
export function dayCosts(totals: DayTotals, settlementDate: TradeDate): DayCosts {
  const commissionBuy = commission(totals.buys);
  const commissionSell = commission(totals.sells);
  const tax = (['KOSPI', 'KOSDAQ', 'KONEX', 'EXEMPT'] as const).reduce(
    (sum, taxClass) => sum + sellTax(totals.taxedSells[taxClass], taxClass, settlementDate),
    0,
  );
  return { commissionBuy, commissionSell, tax, total: commissionBuy + commissionSell + tax };
}

export function sumOf(amounts: Readonly<Record<string, number>>): number {
  return Object.values(amounts).reduce((sum, amount) => sum + amount, 0);
}

function commission(amounts: Readonly<Record<FeeClass, number>>): number {
  return feeOf(amounts.STOCK, 'STOCK') + feeOf(amounts.FUND, 'FUND');
}

function feeOf(amount: number, feeClass: FeeClass): number {
  const won = (BigInt(amount) * FEE_NANO[feeClass]) / NANO;
  return Number(won - (won % 10n));
}

function sellTax(amount: number, taxClass: TaxClass, settlementDate: TradeDate): number {
  const { securities, rural } = taxRates(taxClass, settlementDate);
  const part = (rate: number): number => Number((BigInt(amount) * BigInt(rate)) / TAX_UNIT);
  return part(securities) + part(rural);
}

function added<K extends string>(
  amounts: Readonly<Record<K, number>>,
  key: K,
  amount: number,
): Readonly<Record<K, number>> {
  return { ...amounts, [key]: amounts[key] + amount };
}
