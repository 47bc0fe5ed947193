import { KRX_CALENDAR, parseTradeDate, type TradeDate } from '@fleet/krx';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { AccountLedger, type LedgerDate } from './account-ledger.ts';

const KIND = { market: 'KOSPI', kind: 'COMMON' } as const;
const SYMBOL = '005930';

function ledgerDate(text: string): LedgerDate {
  const date = parseTradeDate(text);
  return { date, settlementDate: KRX_CALENDAR.settlementDate(date) };
}

function trade(ledger: AccountLedger, side: 'BUY' | 'SELL', quantity: number, price: number): void {
  ledger.bookFill({ symbol: SYMBOL, kind: KIND, side, quantity, price });
}

describe('an account', () => {
  it('shows the cash of the real account of 2026-06-11 after each trade', () => {
    const ledger = new AccountLedger(10_000_000, ledgerDate('2026-06-11'));
    const cashAfter = (side: 'BUY' | 'SELL', price: number): number => {
      trade(ledger, side, 1, price);
      return ledger.view(KRX_CALENDAR).cashD2;
    };
    expect(cashAfter('BUY', 294_500)).toBe(9_705_460);
    expect(cashAfter('SELL', 294_500)).toBe(9_999_332);
    expect(cashAfter('BUY', 292_000)).toBe(9_707_292);
    expect(cashAfter('SELL', 297_000)).toBe(10_003_658);
    expect(ledger.view(KRX_CALENDAR)).toMatchObject({
      cash: 10_000_000,
      cashD1: 10_000_000,
      boughtToday: 586_500,
      soldToday: 591_500,
      costsToday: 1342,
    });
  });

  it('shows cash and average cost of the real account of 2022', () => {
    const ledger = new AccountLedger(500_000_000, ledgerDate('2022-03-10'));
    trade(ledger, 'BUY', 10, 60_980);
    trade(ledger, 'BUY', 10, 61_000);
    trade(ledger, 'SELL', 10, 61_000);
    const view = ledger.view(KRX_CALENDAR);
    expect(view.cashD2).toBe(499_388_547);
    expect(view.holdings).toEqual([
      expect.objectContaining({
        quantity: 10,
        costAmount: 609_900,
        boughtToday: 20,
        soldToday: 10,
      }),
    ]);
  });

  it('settles two trading days later and shows yesterday on the way', () => {
    const ledger = new AccountLedger(10_000_000, ledgerDate('2026-06-11'));
    trade(ledger, 'BUY', 2, 100_000);
    trade(ledger, 'SELL', 1, 110_000);
    const net = ledger.view(KRX_CALENDAR).cashD2;
    ledger.startDay(ledgerDate('2026-06-12'));
    expect(ledger.view(KRX_CALENDAR)).toMatchObject({
      cash: 10_000_000,
      cashD1: net,
      cashD2: net,
      boughtYesterday: 200_000,
      soldYesterday: 110_000,
      boughtToday: 0,
      holdings: [
        expect.objectContaining({
          quantity: 1,
          boughtYesterday: 2,
          soldYesterday: 1,
          boughtToday: 0,
        }),
      ],
    });
    ledger.startDay(ledgerDate('2026-06-15'));
    expect(ledger.view(KRX_CALENDAR)).toMatchObject({ cash: net, cashD1: net, boughtYesterday: 0 });
  });

  it('keeps a sold-out row until its settlement is near, then drops it', () => {
    const ledger = new AccountLedger(10_000_000, ledgerDate('2026-06-11'));
    trade(ledger, 'BUY', 1, 100_000);
    trade(ledger, 'SELL', 1, 100_000);
    expect(ledger.view(KRX_CALENDAR).holdings).toHaveLength(1);
    ledger.startDay(ledgerDate('2026-06-12'));
    expect(ledger.view(KRX_CALENDAR).holdings).toHaveLength(1);
    ledger.startDay(ledgerDate('2026-06-15'));
    expect(ledger.view(KRX_CALENDAR).holdings).toHaveLength(0);
  });

  it('locks cash for open buys with the commission they will cause, and shares for open sells', () => {
    const ledger = new AccountLedger(1_000_000, ledgerDate('2026-06-11'));
    ledger.reserve('1', { symbol: SYMBOL, kind: KIND, side: 'BUY', rest: 9, unit: 100_000 });
    // 900,000 × 0.0140527 % = 126.47 → 120
    expect(ledger.view(KRX_CALENDAR).buyingPower).toBe(100_000 - 120);
    expect(ledger.cashAfterBuys({ kind: KIND, amount: 100_000 })).toBe(-140);
    ledger.reserve('1', { symbol: SYMBOL, kind: KIND, side: 'BUY', rest: 0, unit: 100_000 });
    trade(ledger, 'BUY', 5, 100_000);
    ledger.reserve('2', { symbol: SYMBOL, kind: KIND, side: 'SELL', rest: 3, unit: 0 });
    expect(ledger.sellable(SYMBOL)).toBe(2);
    expect(ledger.view(KRX_CALENDAR).holdings[0]?.sellableQuantity).toBe(2);
  });

  it('lets the proceeds of a sell buy again on the same day', () => {
    const ledger = new AccountLedger(1_000_000, ledgerDate('2026-06-11'));
    trade(ledger, 'BUY', 9, 100_000);
    trade(ledger, 'SELL', 9, 100_000);
    expect(ledger.view(KRX_CALENDAR).buyingPower).toBe(1_000_000 - 120 - 120 - 450 - 1350);
  });

  it('never lets reserved buys take cash below zero, however they fill (property)', () => {
    const orders = fc.array(
      fc.record({
        unit: fc.integer({ min: 1, max: 500_000 }),
        quantity: fc.integer({ min: 1, max: 50 }),
        parts: fc.array(
          fc.tuple(fc.integer({ min: 1, max: 50 }), fc.double({ min: 0.5, max: 1, noNaN: true })),
          { maxLength: 5 },
        ),
      }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000_000 }), orders, (cash, wanted) => {
        const ledger = new AccountLedger(cash, ledgerDate('2026-06-11'));
        for (const [index, order] of wanted.entries()) {
          const amount = order.unit * order.quantity;
          if (ledger.cashAfterBuys({ kind: KIND, amount }) < 0) continue;
          let rest = order.quantity;
          const reserve = (): void =>
            ledger.reserve(String(index), {
              symbol: SYMBOL,
              kind: KIND,
              side: 'BUY',
              rest,
              unit: order.unit,
            });
          reserve();
          for (const [part, share] of order.parts) {
            const quantity = Math.min(part, rest);
            if (quantity === 0) break;
            trade(ledger, 'BUY', quantity, Math.max(1, Math.floor(order.unit * share)));
            rest -= quantity;
            reserve();
            expect(ledger.cashAfterBuys()).toBeGreaterThanOrEqual(0);
          }
        }
        expect(ledger.view(KRX_CALENDAR).cashD2).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps shares and cost consistent over random trades and days (property)', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({
          kind: fc.constant('TRADE' as const),
          quantity: fc.integer({ min: -40, max: 40 }),
          price: fc.integer({ min: 1, max: 300_000 }),
        }),
        fc.record({ kind: fc.constant('NEXT_DAY' as const) }),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (history) => {
        let date: TradeDate = parseTradeDate('2026-06-11');
        const ledger = new AccountLedger(1_000_000_000, ledgerDate(date));
        let shares = 0;
        let flow = 0;
        let costs = 0;
        for (const step of history) {
          if (step.kind === 'NEXT_DAY') {
            costs += ledger.view(KRX_CALENDAR).costsToday;
            date = KRX_CALENDAR.next(date);
            ledger.startDay(ledgerDate(date));
            continue;
          }
          const quantity = Math.abs(step.quantity);
          if (quantity === 0 || (step.quantity < 0 && quantity > shares)) continue;
          trade(ledger, step.quantity > 0 ? 'BUY' : 'SELL', quantity, step.price);
          shares += step.quantity;
          flow -= step.quantity * step.price;
        }
        const view = ledger.view(KRX_CALENDAR);
        const holding = view.holdings[0];
        expect(holding?.quantity ?? 0).toBe(shares);
        expect((holding?.costAmount ?? 0) > 0).toBe(shares > 0);
        expect(view.cashD2).toBe(1_000_000_000 + flow - costs - view.costsToday);
      }),
      { numRuns: 200 },
    );
  });

  it('refuses to sell shares that are not there', () => {
    const ledger = new AccountLedger(0, ledgerDate('2026-06-11'));
    expect(() => trade(ledger, 'SELL', 1, 100)).toThrow('sold 1 of 0');
  });
});
