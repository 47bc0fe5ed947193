import { won, type BuyDecision, type SellSignal, type Strategy, type Urgency } from '@fleet/domain';
import type { Random } from '../random.ts';

type Holding = Parameters<Strategy['evaluateSell']>[0];

/** Buys whatever it is shown, holds it for a while, sells it: most often at the market. */
export class ChaosStrategy implements Strategy {
  readonly name = 'chaos';
  readonly version = '1.0.0';
  readonly parameters = {};
  readonly #random: Random;
  readonly #holdMs: readonly [number, number];
  #sellAt: { readonly tradeId: string | undefined; readonly at: number; readonly how: Urgency } = {
    tradeId: undefined,
    at: 0,
    how: 'URGENT',
  };

  constructor(random: Random, holdMs: readonly [number, number]) {
    this.#random = random;
    this.#holdMs = holdMs;
  }

  indicatorWindows(): ReturnType<Strategy['indicatorWindows']> {
    return { fastAverage: 3, slowAverage: 6, lookBack: 6, averageRange: 6 };
  }

  expectedLossRate(): ReturnType<Strategy['expectedLossRate']> {
    return won('0.02');
  }

  checkParameters(): readonly string[] {
    return [];
  }

  evaluateBuy(): BuyDecision {
    return { signal: true, score: won(1), reasons: [] };
  }

  evaluateSell({ position, now }: Holding): SellSignal | undefined {
    if (this.#sellAt.tradeId !== position.tradeId) {
      const at = now + this.#random.between(...this.#holdMs);
      // One in eight rests at the bid, so that cancels have their share.
      const how = this.#random.next() < 0.125 ? 'PATIENT' : 'URGENT';
      this.#sellAt = { tradeId: position.tradeId, at, how };
    }
    if (now < this.#sellAt.at) return undefined;
    const detail = {
      code: 'HELD_LONG_ENOUGH',
      actual: String(now),
      limit: String(this.#sellAt.at),
    };
    return { reason: 'TAKE_PROFIT', urgency: this.#sellAt.how, detail };
  }
}
