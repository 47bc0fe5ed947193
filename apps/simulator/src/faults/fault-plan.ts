import { createHash } from 'node:crypto';
import type { MarketTime, RealTime } from '../control/real-time.ts';
import type { FaultKind, FaultRule, FaultScript } from './fault-rule.ts';

/** What a fault did, for a test to read. */
export interface FaultTrace {
  readonly sequence: number;
  readonly kind: FaultKind;
  /** Which rule, counted from 1. */
  readonly rule: number;
  /** Which matching occasion of that rule, counted from 1. */
  readonly occasion: number;
  readonly subject: string;
  readonly realMs: number;
  readonly marketMs: number;
}

/** A rule that strikes, its kind narrowed to those that were asked for. */
export interface Strike<Kind extends FaultKind> {
  readonly kind: Kind;
  readonly rule: FaultRule;
}

export interface FaultOccasion {
  readonly endpoint: string | undefined;
  readonly trId: string;
  /** What the trace shows. */
  readonly subject: string;
}

const TRACES_MAX = 20_000;

/** Decides, reproducibly from the seed, which occasion is struck. */
export class FaultPlan {
  readonly #market: MarketTime;
  readonly #real: Pick<RealTime, 'now'>;
  #script: FaultScript;
  #occasions: number[] = [];
  #struck: number[] = [];
  #traces: FaultTrace[] = [];
  #sequence = 0;

  constructor(
    script: FaultScript,
    time: { readonly market: MarketTime; readonly real: Pick<RealTime, 'now'> },
  ) {
    this.#script = script;
    this.#market = time.market;
    this.#real = time.real;
  }

  /** New rules; counters begin again, traces stay. */
  replace(script: FaultScript): void {
    this.#script = script;
    this.#occasions = [];
    this.#struck = [];
  }

  rules(): readonly FaultRule[] {
    return this.#script.rules;
  }

  traces(since = 0): readonly FaultTrace[] {
    return this.#traces.filter((each) => each.sequence > since);
  }

  /** The first rule of these kinds that strikes now; its trace is left. */
  strike<Kind extends FaultKind>(
    kinds: readonly Kind[],
    occasion: FaultOccasion,
  ): Strike<Kind> | undefined {
    for (const [index, rule] of this.#script.rules.entries()) {
      const kind = kinds.find((each) => each === rule.kind);
      if (kind === undefined || !matches(rule, occasion)) continue;
      const count = (this.#occasions[index] ?? 0) + 1;
      this.#occasions[index] = count;
      if ((this.#struck[index] ?? 0) >= rule.times || !this.#isDue(rule, index, count)) continue;
      this.#struck[index] = (this.#struck[index] ?? 0) + 1;
      this.#leaveTrace(rule, { rule: index + 1, occasion: count, subject: occasion.subject });
      return { kind, rule };
    }
    return undefined;
  }

  #isDue(rule: FaultRule, index: number, count: number): boolean {
    if (rule.at !== undefined) return rule.at.includes(count);
    return rule.rate === undefined || noise(`${this.#script.seed}/${index}/${count}`) < rule.rate;
  }

  #leaveTrace(rule: FaultRule, where: Pick<FaultTrace, 'rule' | 'occasion' | 'subject'>): void {
    this.#sequence += 1;
    this.#traces.push({
      ...where,
      sequence: this.#sequence,
      kind: rule.kind,
      realMs: this.#real.now(),
      marketMs: this.#market.now(),
    });
    if (this.#traces.length > TRACES_MAX) this.#traces = this.#traces.slice(-TRACES_MAX / 2);
  }
}

function matches(rule: FaultRule, occasion: FaultOccasion): boolean {
  return (
    (rule.endpoint === undefined || rule.endpoint === occasion.endpoint) &&
    (rule.trId === undefined || rule.trId === occasion.trId)
  );
}

/** 0 … 1, the same for the same label. */
function noise(label: string): number {
  return createHash('sha256').update(label).digest().readUIntBE(0, 6) / 2 ** 48;
}
