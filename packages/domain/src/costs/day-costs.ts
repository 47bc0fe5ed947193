import { type InstrumentClass, sellTaxRates, type TradeDate } from '@fleet/krx';
import { sumWon, type Won, won } from '../money.ts';
import { type CostRates, DEFAULT_COST_RATES } from './cost-rates.ts';

export interface DayAmounts {
  readonly boughtAmount: Won;
  readonly soldAmount: Won;
  /** The sells again, by what decides their tax; several rows of one class are added up. */
  readonly soldByMarket: readonly (InstrumentClass & { readonly amount: Won })[];
}

export interface DayCosts {
  readonly boughtCommission: Won;
  readonly soldCommission: Won;
  /** Both sides. */
  readonly commission: Won;
  /** 증권거래세 */
  readonly securitiesTax: Won;
  /** 농어촌특별세 */
  readonly ruralTax: Won;
  /** Both taxes. */
  readonly tax: Won;
  /** What the broker shows as the day's costs (`thdt_tlex_amt`). */
  readonly total: Won;
}

/**
 * The day's costs as the broker reckons them: commission of each side's day total cut to 10 won, each
 * tax cut to the won on the day's sells of a market (fits real paper days of 2022 and 2026 exactly).
 */
export function expectedDayCosts(
  amounts: DayAmounts,
  settlementDate: TradeDate,
  rates: CostRates = DEFAULT_COST_RATES,
): DayCosts {
  const boughtCommission = dayCommission(amounts.boughtAmount, rates);
  const soldCommission = dayCommission(amounts.soldAmount, rates);
  const taxed = [...totalsByTax(amounts, settlementDate).values()];
  const securitiesTax = sumWon(taxed.map((row) => row.amount.times(row.transactionTax).floor()));
  const ruralTax = sumWon(taxed.map((row) => row.amount.times(row.ruralTax).floor()));
  const commission = won(boughtCommission.plus(soldCommission));
  const tax = won(securitiesTax.plus(ruralTax));
  return {
    boughtCommission,
    soldCommission,
    commission,
    securitiesTax,
    ruralTax,
    tax,
    total: won(commission.plus(tax)),
  };
}

function dayCommission(dayTotal: Won, { commissionRate, commissionUnit }: CostRates): Won {
  return won(dayTotal.times(commissionRate).div(commissionUnit).floor().times(commissionUnit));
}

interface TaxedTotal {
  readonly amount: Won;
  readonly transactionTax: string;
  readonly ruralTax: string;
}

function totalsByTax(
  { soldByMarket }: DayAmounts,
  settlementDate: TradeDate,
): Map<string, TaxedTotal> {
  const totals = new Map<string, TaxedTotal>();
  for (const row of soldByMarket) {
    const rates = sellTaxRates(row, settlementDate);
    const key = `${row.market} ${rates.transactionTax} ${rates.ruralTax}`;
    const before = totals.get(key)?.amount;
    const amount = before === undefined ? row.amount : won(before.plus(row.amount));
    totals.set(key, { ...rates, amount });
  }
  return totals;
}
