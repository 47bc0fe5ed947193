import { momentumBreakout } from './momentum-breakout.ts';
import { pullbackRebound } from './pullback-rebound.ts';
import type { Strategy } from './strategy.ts';

/** Strategies are plug-ins found by name; a worker runs one. */
const STRATEGIES: readonly Strategy[] = [momentumBreakout, pullbackRebound];

export const defaultStrategy: Strategy = momentumBreakout;

export function findStrategy(name: string): Strategy | undefined {
  return STRATEGIES.find((strategy) => strategy.name === name);
}

export function strategyNames(): readonly string[] {
  return STRATEGIES.map(({ name }) => name);
}
