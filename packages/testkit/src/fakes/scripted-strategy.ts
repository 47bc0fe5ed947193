import {
  won,
  type BuyDecision,
  type CandidateView,
  type HoldingView,
  type SellSignal,
  type Strategy,
  type Urgency,
  type WhyNot,
} from '@fleet/domain';

/** A strategy that says what the test says. */
export class ScriptedStrategy implements Strategy {
  readonly name: string = 'test-strategy';
  readonly version = '1.0.0';
  readonly parameters = {};
  buy: (candidate: CandidateView) => boolean = () => true;
  /** Why not, when it does not buy; the script's own line when undefined. */
  refusals: ((candidate: CandidateView) => readonly WhyNot[]) | undefined;
  urgency: Urgency = 'NORMAL';
  sell: (holding: HoldingView) => SellSignal | undefined = () => undefined;

  indicatorWindows(): ReturnType<Strategy['indicatorWindows']> {
    return { fastAverage: 3, slowAverage: 6, lookBack: 6, averageRange: 6 };
  }

  expectedLossRate(): ReturnType<Strategy['expectedLossRate']> {
    return won('0.02');
  }

  checkParameters(): readonly string[] {
    return [];
  }

  evaluateBuy(candidate: CandidateView): BuyDecision {
    const reasons = [{ code: 'SCRIPT', actual: 'x', limit: 'y' }];
    const score = candidate.turnoverPerMinute;
    return this.buy(candidate)
      ? { signal: true, score, reasons, urgency: this.urgency }
      : { signal: false, score, whyNot: this.refusals?.(candidate) ?? reasons };
  }

  evaluateSell(holding: HoldingView): SellSignal | undefined {
    return this.sell(holding);
  }
}

export function aSellSignal(changes: Partial<SellSignal> = {}): SellSignal {
  const detail = { code: 'SCRIPT', actual: 'x', limit: 'y' };
  return { reason: 'STOP_LOSS', urgency: 'URGENT', detail, ...changes };
}
