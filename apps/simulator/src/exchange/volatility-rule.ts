import { type Session, VOLATILITY_INTERRUPTION } from '@fleet/krx';

import type { ListedInstrument } from '../day/day-data.ts';
import { unitNoise } from '../day/seeded-random.ts';
import type { VolatilityInterruption } from './types.ts';

const { staticRate, dynamicRate, auctionMs, randomEndMsMax } = VOLATILITY_INTERRUPTION;
const STATIC_PERCENT = percentOf(staticRate);
const DYNAMIC_PERCENT = {
  kospi200: {
    continuous: percentOf(dynamicRate.continuous.kospi200),
    closingAuction: percentOf(dynamicRate.closingAuction.kospi200),
  },
  other: {
    continuous: percentOf(dynamicRate.continuous.other),
    closingAuction: percentOf(dynamicRate.closingAuction.other),
  },
};
const NOISE_SALT = 11;

export type Interruption = Omit<VolatilityInterruption, 'releasedAt'> & {
  /** Set when it is triggered; nobody is shown it before. */
  readonly releasesAt: number;
};

type Cause = Pick<Interruption, 'kind' | 'referencePrice' | 'dynamicReferencePrice'>;

/**
 * Decides when one symbol's trading is interrupted. KONEX and ELW have no such rule (market
 * knowledge; krx-rules names neither).
 */
export class VolatilityRule {
  /** Of the static rule: the last call auction's price, before the first the day's reference. */
  referencePrice: number;
  readonly interruptions: Interruption[] = [];
  readonly #symbol: string;
  readonly #session: Session;
  readonly #hash: number;
  readonly #applies: boolean;
  readonly #dynamicPercent: (typeof DYNAMIC_PERCENT)['other'];

  constructor(instrument: ListedInstrument, session: Session, hash: number) {
    this.referencePrice = instrument.referencePrice;
    this.#symbol = instrument.symbol;
    this.#session = session;
    this.#hash = hash;
    this.#dynamicPercent = DYNAMIC_PERCENT[instrument.isKospi200 === true ? 'kospi200' : 'other'];
    this.#applies = instrument.market !== 'KONEX' && instrument.kind !== 'ELW';
  }

  /** The new interruption when a trade at this price may not happen now. */
  judge(trade: {
    readonly at: number;
    readonly price: number;
    readonly last: number | undefined;
    /** An interruption that reaches into the closing auction is matched with it. */
    readonly closingAt: number;
  }): Interruption | undefined {
    if (!this.#applies) return undefined;
    const { at, price, last } = trade;
    const isClosing = at >= this.#session.closingAuction.from;
    const dynamic = this.#dynamicPercent[isClosing ? 'closingAuction' : 'continuous'];
    const isStatic = deviates(price, this.referencePrice, STATIC_PERCENT);
    const moved = last !== undefined && deviates(price, last, dynamic) ? last : undefined;
    if (isStatic) return this.#begin(staticCause(this.referencePrice, moved), trade);
    if (moved === undefined) return undefined;
    return this.#begin({ kind: 'DYNAMIC', referencePrice: moved }, trade);
  }

  /** The running interruption at the instant. */
  runningAt(instant: number): Interruption | undefined {
    const newest = this.interruptions.at(-1);
    return newest !== undefined && instant < newest.releasesAt ? newest : undefined;
  }

  #begin(
    cause: Cause,
    { at, price, closingAt }: { at: number; price: number; closingAt: number },
  ): Interruption {
    const count = this.interruptions.length + 1;
    const noise = unitNoise(this.#hash, NOISE_SALT + count);
    const end = at + auctionMs + Math.floor(noise * randomEndMsMax);
    const { from } = this.#session.closingAuction;
    const interruption: Interruption = {
      symbol: this.#symbol,
      ...cause,
      triggeredAt: at,
      releasesAt: at < from && end >= from ? closingAt : end,
      triggerPrice: price,
      count,
    };
    this.interruptions.push(interruption);
    return interruption;
  }
}

function staticCause(referencePrice: number, moved: number | undefined): Cause {
  return moved === undefined
    ? { kind: 'STATIC', referencePrice }
    : { kind: 'BOTH', referencePrice, dynamicReferencePrice: moved };
}

function deviates(price: number, reference: number, percent: number): boolean {
  return Math.abs(price - reference) * 100 >= reference * percent;
}

function percentOf(rate: string): number {
  return Math.round(Number(rate) * 100);
}
