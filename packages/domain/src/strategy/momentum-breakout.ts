import { Decimal } from 'decimal.js';
import type { BuyDecision, SellSignal, Strategy } from './strategy.ts';

export const momentumBreakout: Strategy = {
  name: 'momentum-breakout',
  version: '1.0.0',
  parameters: {},
  checkParameters: (): readonly string[] => [],
  evaluateBuy: (): BuyDecision => ({ signal: false, score: new Decimal(0), whyNot: [] }),
  evaluateSell: (): SellSignal | undefined => undefined,
};
