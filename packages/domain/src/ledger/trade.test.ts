import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { InvariantViolation } from '../errors.ts';
import { quantity, won, ZERO_WON } from '../money.ts';
import { SAMPLE_DATE, sampleFill } from '../testing/samples.ts';
import { applyFillToTrade, type Trade, type TradeFillContext } from './trade.ts';

const buyCosts: TradeFillContext = {
  commission: won(98),
  transactionTax: ZERO_WON,
  workerId: 'worker-1',
  tradeId: 'trade-1',
  tradeDate: SAMPLE_DATE,
};
const sellCosts: TradeFillContext = {
  ...buyCosts,
  commission: won(99),
  transactionTax: won(1_420),
  workerId: 'worker-2',
  exitReason: 'STOP_LOSS',
};
const buy = sampleFill();
const sell = sampleFill({ side: 'SELL', price: won(71_000), marketAt: 9_000 });

describe('trade (SC-011)', () => {
  it('SC-011: pnl = (sell - buy) x quantity - costs, once it is flat', () => {
    const open = applyFillToTrade(undefined, buy, buyCosts);
    expect(open).toMatchObject({
      tradeId: 'trade-1',
      entryWorkerId: 'worker-1',
      exitWorkerId: undefined,
      pnl: undefined,
      enteredAt: 1_000,
    });
    const closed = applyFillToTrade(open, sell, sellCosts);
    expect(closed.pnl?.toFixed()).toBe(String((71_000 - 70_000) * 10 - 98 - 99 - 1_420));
    expect(closed).toMatchObject({
      exitWorkerId: 'worker-2',
      exitedAt: 9_000,
      exitReason: 'STOP_LOSS',
    });
  });

  it('EC-003: stays open through partial sells and keeps the last reason that was told', () => {
    const open = applyFillToTrade(undefined, buy, buyCosts);
    const part = applyFillToTrade(open, { ...sell, quantity: quantity(4) }, sellCosts);
    expect(part).toMatchObject({ pnl: undefined, soldQuantity: 4, exitedAt: undefined });
    const { exitReason: _told, ...silent } = sellCosts;
    const rest = applyFillToTrade(part, { ...sell, quantity: quantity(6) }, silent);
    expect(rest.exitReason).toBe('STOP_LOSS');
    expect(rest.commission.toNumber()).toBe(98 + 99 + 99);
    expect(rest.transactionTax.toNumber()).toBe(2 * 1_420);
    expect(rest.pnl).toBeDefined();
  });

  it.each([
    ['a sell without a trade', () => applyFillToTrade(undefined, sell, sellCosts)],
    ['a fill of a closed trade', () => applyFillToTrade(closedTrade(), buy, buyCosts)],
    [
      'a fill of another stock',
      () => applyFillToTrade(openTrade(), sampleFill({ symbol: '000660' }), buyCosts),
    ],
    [
      'more sold than bought',
      () => applyFillToTrade(openTrade(), { ...sell, quantity: quantity(11) }, sellCosts),
    ],
    [
      'a step without shares',
      () => applyFillToTrade(openTrade(), { ...buy, quantity: quantity(0) }, buyCosts),
    ],
  ])('refuses %s', (_what, call) => {
    expect(call).toThrow(InvariantViolation);
  });

  it('does not open a trade with a sell, not even one without shares', () => {
    const nothing = { ...sell, quantity: quantity(0) };
    for (const fill of [sell, nothing]) {
      expect(() => applyFillToTrade(undefined, fill, sellCosts)).toThrow('without a trade');
    }
  });

  it('SC-011: gives the same pnl for any split into steps', () => {
    const splits = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(splits, splits, (buys, sells) => {
        const total = buys.reduce((sum, n) => sum + n, 0);
        let trade: Trade | undefined;
        let costs = 0;
        for (const n of buys) {
          trade = applyFillToTrade(trade, step('BUY', n, 100), cost(n));
          costs += n;
        }
        let left = total;
        for (const n of [...sells, total]) {
          const shares = Math.min(n, left);
          if (shares === 0) break;
          left -= shares;
          trade = applyFillToTrade(trade, step('SELL', shares, 130), cost(shares));
          costs += shares;
        }
        expect(trade?.pnl?.toFixed()).toBe(String(30 * total - costs));
      }),
    );
  });
});

function openTrade(): Trade {
  return applyFillToTrade(undefined, buy, buyCosts);
}

function closedTrade(): Trade {
  return applyFillToTrade(openTrade(), sell, sellCosts);
}

function step(side: 'BUY' | 'SELL', shares: number, unitPrice: number) {
  return sampleFill({ side, quantity: quantity(shares), price: won(unitPrice) });
}

function cost(commission: number): TradeFillContext {
  return { ...buyCosts, commission: won(commission) };
}
