import { type InstrumentClass, sellTaxRates, type TradeDate } from '@fleet/krx';
import { type Won, won } from '../money.ts';
import { type CostRates, DEFAULT_COST_RATES } from './cost-rates.ts';

/**
 * Commission of one fill, cut to the won. An estimate: the broker cuts the day's total, so the sum
 * differs by some won, which settlement shares out.
 */
export function estimateCommission(amount: Won, rates: CostRates = DEFAULT_COST_RATES): Won {
  return won(amount.times(rates.commissionRate).floor());
}

/** Tax of one sell by its settlement date: each tax cut to the won. An estimate, as above. */
export function estimateSellTax(
  amount: Won,
  instrument: InstrumentClass,
  settlementDate: TradeDate,
): Won {
  const { transactionTax, ruralTax } = sellTaxRates(instrument, settlementDate);
  return won(amount.times(transactionTax).floor().plus(amount.times(ruralTax).floor()));
}
