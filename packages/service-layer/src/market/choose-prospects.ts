import { BAR_REFUSALS } from '@fleet/domain';
import type { Judgement } from './judge-stocks.ts';
import type { WatchedStock } from './watched-stock.ts';

/** Calls for candles in one scan, on the least urgent lane. */
const BACKFILLS_PER_SCAN = 10;

/**
 * A rotated stock's own bars hold the trades of many minutes each, or there are too few of them; the
 * broker's minutes tell what they hide. Asked for where nothing else speaks against a buy, would-be
 * signals first, then the most traded.
 */
export function chooseProspects(judgements: readonly Judgement[], now: number): WatchedStock[] {
  const prospects = judgements
    .filter((judgement) => judgement.stock.nextBackfillAt <= now && isProspect(judgement))
    .toSorted(byPromise)
    .map(({ stock }) => stock);
  return [...new Set(prospects)].slice(0, BACKFILLS_PER_SCAN);
}

/** Only bars stand between this stock and a signal, and these bars are coarse or too few. */
function isProspect(judgement: Judgement): boolean {
  const { decision } = judgement;
  if (decision.signal) return false;
  const codes = decision.whyNot.map(({ code }) => code);
  const tooFew = codes.includes('BARS') && codes.every((code) => BAR_REFUSALS.has(code));
  return tooFew || isCoarseSignal(judgement);
}

function byPromise(a: Judgement, b: Judgement): number {
  const certain = Number(isCoarseSignal(b)) - Number(isCoarseSignal(a));
  return certain === 0 ? b.stock.turnover - a.stock.turnover : certain;
}

function isCoarseSignal({ decision }: Judgement): boolean {
  return !decision.signal && decision.whyNot.some(({ code }) => code === 'BARS_COARSE');
}
