import { type InstrumentClass, priceLimits, type TradeDate } from '@fleet/krx';

import type { Texts } from '../control/input-error.ts';
import type { DailyBar } from '../exchange/types.ts';

export type ReferenceSource = 'DAILY' | 'FIRST_OPEN' | 'IMPLAUSIBLE_DAILY';

/**
 * The reference price of a symbol: the last daily close, else the day's first open. A close from
 * which the first open could not be reached inside the price limit (an adjusted or old price) is not
 * a reference either.
 */
export function referencePrice(options: {
  readonly history: readonly DailyBar[];
  readonly firstOpen: number;
  readonly kind: InstrumentClass;
  readonly date: TradeDate;
}): { readonly price: number; readonly source: ReferenceSource } {
  const { history, firstOpen, kind, date } = options;
  const close = history.at(-1)?.close;
  if (close === undefined) return { price: firstOpen, source: 'FIRST_OPEN' };
  const { upper, lower } = priceLimits(close, kind, date);
  if (firstOpen > upper || firstOpen < lower)
    return { price: firstOpen, source: 'IMPLAUSIBLE_DAILY' };
  return { price: close, source: 'DAILY' };
}

/** One sentence that tells how many reference prices came from where. */
export function referenceNote(counts: ReadonlyMap<ReferenceSource, number>): Texts {
  const daily = counts.get('DAILY') ?? 0;
  const implausible = counts.get('IMPLAUSIBLE_DAILY') ?? 0;
  const firstOpen = (counts.get('FIRST_OPEN') ?? 0) + implausible;
  const [because, becauseKorean] =
    implausible === 0
      ? ['', '']
      : [
          ` (${implausible} of them because the daily close is out of reach)`,
          ` (그 가운데 ${implausible}개는 일봉 종가가 가격제한폭 밖)`,
        ];
  return {
    en: `reference prices: ${daily} from daily closes, ${firstOpen} from the day's first open${because}`,
    ko: `기준가: 일봉 종가 ${daily}개, 그날 첫 시가 ${firstOpen}개${becauseKorean}`,
  };
}
