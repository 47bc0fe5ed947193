import { describe, expect, it } from '@jest/globals';
import { Decimal } from 'decimal.js';
import * as fc from 'fast-check';
import { price, quantity, won } from '../money.ts';
import { GATES } from '../states/gate.ts';
import { type BuyRiskInput, checkBuyRisk, gateAfterBreach } from './check-buy-risk.ts';

/** Everything exactly at its limit: allowed. */
const atLimits: BuyRiskInput = {
  limits: {
    dailyLossLimit: won(300_000),
    lossBasis: 'REALIZED',
    maxPositions: 4,
    maxExposurePerSymbol: won(1_500_000),
    maxQuantityPerSymbol: quantity(15),
    maxConsecutiveLosses: 5,
    coolDownMs: 600_000,
    maxStockRangeRate: '0.1',
    maxMarketMoveRate: '0.025',
    markAgeMsMax: 180_000,
  },
  quantity: quantity(10),
  price: price(100_000),
  expectedLoss: won(15_000),
  worker: { capitalLimit: won(1_000_000) },
  day: {
    realizedPnl: won(-285_000),
    unrealizedPnl: won(-900_000),
    staleMarks: 2,
    openRisk: won(0),
    openRiskMarked: won(0),
    consecutiveLosses: 4,
    otherPositions: 3,
  },
  stock: {
    exposure: won(500_000),
    exposureQuantity: 5,
    lastSoldAt: 400_000,
    rangeRate: new Decimal('0.1'),
  },
  marketMoveRate: new Decimal('0.025'),
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
    [
      'open risk',
      { day: { ...atLimits.day, openRisk: won(1) } },
      'OPEN_RISK_LIMIT',
      '300001',
      '300000',
      false,
    ],
    [
      'number of shares',
      { stock: { ...atLimits.stock, exposureQuantity: 6 } },
      'EXPOSURE_QUANTITY',
      '16',
      '15',
      false,
    ],
    ['cool-down', { now: 999_999 }, 'COOL_DOWN', '599999', '600000', false],
    [
      'market’s move',
      { marketMoveRate: new Decimal('0.025001') },
      'MARKET_VOLATILITY',
      '0.025001',
      '0.025',
      false,
    ],
    [
      'stock’s range',
      { stock: { ...atLimits.stock, rangeRate: new Decimal('0.100001') } },
      'STOCK_VOLATILITY',
      '0.100001',
      '0.1',
      false,
    ],
  ])('EC-004: one step over the %s limit', (_what, change, code, actual, limit, accountWide) => {
    expect(checkBuyRisk({ ...atLimits, ...change })).toEqual({
      ok: false,
      code,
      detail: { code, actual, limit },
      accountWide,
    });
  });

  it('EC-004: a gain of the day does not enlarge the loss that one buy may bring', () => {
    const day = { ...atLimits.day, realizedPnl: won(1_000_000) };
    expect(checkBuyRisk({ ...atLimits, day, expectedLoss: won(300_001) }).ok).toBe(false);
    expect(checkBuyRisk({ ...atLimits, day, expectedLoss: won(300_000) }).ok).toBe(true);
  });

  describe('by the total result', () => {
    const limits = { ...atLimits.limits, lossBasis: 'TOTAL' as const };
    const day = { ...atLimits.day, realizedPnl: won(-100_000), unrealizedPnl: won(-185_000) };
    const total = { ...atLimits, limits, day: { ...day, staleMarks: 0 } };

    it('EC-004: counts what is held at its marks', () => {
      expect(checkBuyRisk(total)).toEqual({ ok: true });
      const deeper = { ...total.day, unrealizedPnl: won(-185_001) };
      expect(checkBuyRisk({ ...total, day: deeper })).toMatchObject({
        code: 'DAILY_LOSS_LIMIT',
        accountWide: true,
        detail: { actual: '300001', limit: '300000' },
      });
    });

    it('EC-004: buys nothing while a held stock has no mark', () => {
      expect(checkBuyRisk({ ...total, day: { ...day, staleMarks: 1 } })).toMatchObject({
        code: 'MARK_STALE',
        accountWide: false,
        detail: { actual: '1', limit: '0' },
      });
    });

    it.each([
      [185_000, { ok: true }],
      [185_001, { code: 'OPEN_RISK_LIMIT', accountWide: false }],
    ])('EC-004: measures open risk of %d by the marks, from what was realised', (open, verdict) => {
      const held = { ...total.day, openRiskMarked: won(open), openRisk: won(999_999) };
      expect(checkBuyRisk({ ...total, day: held })).toMatchObject(verdict);
    });
  });

  it('EC-004: the guard refuses what was not seen lately, and nothing when it is off', () => {
    const blind = { ...atLimits, marketMoveRate: undefined };
    expect(checkBuyRisk(blind)).toMatchObject({
      code: 'MARKET_VOLATILITY',
      detail: { actual: 'unknown', limit: '0.025' },
    });
    const stock = { ...atLimits.stock, rangeRate: undefined };
    expect(checkBuyRisk({ ...atLimits, stock })).toMatchObject({ code: 'STOCK_VOLATILITY' });
    const limits = {
      ...atLimits.limits,
      maxStockRangeRate: undefined,
      maxMarketMoveRate: undefined,
    };
    expect(checkBuyRisk({ ...blind, stock, limits })).toEqual({ ok: true });
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
            limits: { ...atLimits.limits, maxQuantityPerSymbol: undefined },
            quantity: quantity(shares),
            expectedLoss: won(expectedLoss),
            day: { ...atLimits.day, realizedPnl: won(pnl) },
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
