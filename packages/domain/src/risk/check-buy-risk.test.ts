import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { price, quantity, won } from '../money.ts';
import { GATES } from '../states/gate.ts';
import { type BuyRiskInput, checkBuyRisk, gateAfterBreach } from './check-buy-risk.ts';

/** Everything exactly at its limit: allowed. */
const atLimits: BuyRiskInput = {
  limits: {
    dailyLossLimit: won(300_000),
    maxPositions: 4,
    maxExposurePerSymbol: won(1_500_000),
    maxConsecutiveLosses: 5,
    coolDownMs: 600_000,
  },
  quantity: quantity(10),
  price: price(100_000),
  expectedLoss: won(15_000),
  worker: { capitalLimit: won(1_000_000) },
  day: { pnl: won(-285_000), consecutiveLosses: 4, otherPositions: 3 },
  stock: { exposure: won(500_000), lastSoldAt: 400_000 },
  now: 1_000_000,
};

describe('buy risk (EC-004)', () => {
  it('EC-004: allows a buy that stands exactly at every limit', () => {
    expect(checkBuyRisk(atLimits)).toEqual({ ok: true });
  });

  it.each<[string, Partial<BuyRiskInput>, string, string, string, boolean]>([
    ['daily loss', { expectedLoss: won(15_001) }, 'DAILY_LOSS_LIMIT', '300001', '300000', true],
    [
      'losses in a row',
      { day: { ...atLimits.day, consecutiveLosses: 5 } },
      'CONSECUTIVE_LOSSES',
      '5',
      '5',
      true,
    ],
    [
      'capital',
      { worker: { capitalLimit: won(999_999) } },
      'CAPITAL_LIMIT',
      '1000000',
      '999999',
      false,
    ],
    [
      'exposure',
      { stock: { ...atLimits.stock, exposure: won(500_001) } },
      'EXPOSURE_LIMIT',
      '1500001',
      '1500000',
      false,
    ],
    [
      'number of positions',
      { day: { ...atLimits.day, otherPositions: 4 } },
      'POSITION_COUNT',
      '5',
      '4',
      false,
    ],
    ['cool-down', { now: 999_999 }, 'COOL_DOWN', '599999', '600000', false],
  ])('EC-004: one step over the %s limit', (_what, change, code, actual, limit, accountWide) => {
    expect(checkBuyRisk({ ...atLimits, ...change })).toEqual({
      ok: false,
      code,
      detail: { code, actual, limit },
      accountWide,
    });
  });

  it('EC-004: a gain of the day does not enlarge the loss that one buy may bring', () => {
    const day = { ...atLimits.day, pnl: won(1_000_000) };
    expect(checkBuyRisk({ ...atLimits, day, expectedLoss: won(300_001) }).ok).toBe(false);
    expect(checkBuyRisk({ ...atLimits, day, expectedLoss: won(300_000) }).ok).toBe(true);
  });

  it('asks no cool-down of a stock that was not sold today', () => {
    const stock = { ...atLimits.stock, lastSoldAt: undefined };
    expect(checkBuyRisk({ ...atLimits, stock, now: 0 })).toEqual({ ok: true });
  });

  it('tells the account-wide breach when several limits are broken', () => {
    const verdict = checkBuyRisk({
      ...atLimits,
      expectedLoss: won(999_999),
      worker: { capitalLimit: won(1) },
    });
    expect(verdict).toMatchObject({ code: 'DAILY_LOSS_LIMIT', accountWide: true });
  });

  it('never allows what breaks a limit', () => {
    const amount = fc.integer({ min: 0, max: 2_000_000 });
    fc.assert(
      fc.property(
        fc.record({
          shares: fc.integer({ min: 1, max: 100 }),
          pnl: fc.integer({ min: -500_000, max: 500_000 }),
        }),
        amount,
        amount,
        ({ shares, pnl }, expectedLoss, exposure) => {
          const verdict = checkBuyRisk({
            ...atLimits,
            quantity: quantity(shares),
            expectedLoss: won(expectedLoss),
            day: { ...atLimits.day, pnl: won(pnl) },
            stock: { ...atLimits.stock, exposure: won(exposure) },
          });
          const value = shares * 100_000;
          const breaks =
            Math.max(0, -pnl) + expectedLoss > 300_000 ||
            value > 1_000_000 ||
            exposure + value > 1_500_000;
          expect(verdict.ok).toBe(!breaks);
        },
      ),
    );
  });
});

describe('gate after a breach', () => {
  it('EC-004: an account-wide breach leaves exits only, and never opens a gate', () => {
    const breach = checkBuyRisk({ ...atLimits, expectedLoss: won(999_999) });
    expect(GATES.map((gate) => gateAfterBreach(gate, breach))).toEqual([
      'EXIT_ONLY',
      'EXIT_ONLY',
      'OBSERVE',
      'STOPPED',
    ]);
  });

  it('a breach of one order, or none, moves no gate', () => {
    const breach = checkBuyRisk({ ...atLimits, worker: { capitalLimit: won(1) } });
    expect(GATES.map((gate) => gateAfterBreach(gate, breach))).toEqual(GATES);
    expect(GATES.map((gate) => gateAfterBreach(gate, { ok: true }))).toEqual(GATES);
  });
});
