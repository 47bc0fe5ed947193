import { describe, expect, it } from '@jest/globals';
import { KRX_CALENDAR, kstInstant, kstTime, parseTradeDate } from '@fleet/krx';
import { Decimal } from 'decimal.js';
import * as fc from 'fast-check';
import { price, quantity } from '../money.ts';
import { SAMPLE_DATE } from '../testing/samples.ts';
import { DEFAULT_LIQUIDATION_PARAMS } from './liquidation-params.ts';
import {
  latestLiquidationStart,
  type LiquidationPlan,
  liquidationPlan,
} from './liquidation-plan.ts';
import { liquidationRung, TRIES_PER_RUNG } from './liquidation-rung.ts';

const session = KRX_CALENDAR.sessionOf(SAMPLE_DATE);
const MINUTE = 60_000;

function planOf(shares: number, turnoverPerMinute: number, daySession = session): LiquidationPlan {
  return liquidationPlan({
    position: { quantity: quantity(shares) },
    quote: { lastPrice: price(10_000), bid: price(10_000) },
    turnoverPerMinute: new Decimal(turnoverPerMinute),
    session: daySession,
  });
}

function at(time: string): number {
  return kstInstant(SAMPLE_DATE, time);
}

describe('liquidation plan (SC-008)', () => {
  it('SC-008: starts a liquid position at T-15 minutes, with its rungs before 15:20', () => {
    const plan = planOf(100, 1_000_000_000);
    expect(plan.steps.map(({ rung, from }) => `${rung} ${kstTime(from)}`)).toEqual([
      'LIMIT_AT_BID 15:15:00',
      'CROSSING_LIMIT 15:16:30',
      'MARKET 15:18:00',
      'CLOSING_AUCTION_MARKET 15:20:00',
      'UNSELLABLE 15:30:30',
    ]);
  });

  it('SC-008: starts earlier the less of the stock trades, up to an hour', () => {
    // 10 million won at 10 % of 5 million a minute: 20 minutes before the reserve.
    expect(kstTime(planOf(1_000, 5_000_000).startAt)).toBe('14:58:00');
    expect(kstTime(planOf(1_000, 1_000).startAt)).toBe('14:15:00');
    expect(kstTime(planOf(1_000, 0).startAt)).toBe('14:15:00');
  });

  it('judges the value by the bid, which is what a sell gets', () => {
    const plan = liquidationPlan({
      position: { quantity: quantity(1_000) },
      quote: { lastPrice: price(20_000), bid: price(10_000) },
      turnoverPerMinute: new Decimal(5_000_000),
      session,
    });
    expect(kstTime(plan.startAt)).toBe('14:58:00');
  });

  it('judges the value by the last price when there is no bid', () => {
    const plan = liquidationPlan({
      position: { quantity: quantity(1_000) },
      quote: { lastPrice: price(10_000), bid: undefined },
      turnoverPerMinute: new Decimal(5_000_000),
      session,
    });
    expect(kstTime(plan.startAt)).toBe('14:58:00');
  });

  it('leaves the ladder time before 15:20 even with a delta of ten minutes', () => {
    const params = { ...DEFAULT_LIQUIDATION_PARAMS, deltaMinutes: 10 };
    expect(kstTime(latestLiquidationStart(session, params))).toBe('15:15:00');
    const wide = { ...DEFAULT_LIQUIDATION_PARAMS, deltaMinutes: 30 };
    expect(kstTime(latestLiquidationStart(session, wide))).toBe('15:00:00');
  });

  it('moves with a shifted session (exam day closes at 16:30)', () => {
    const examDay = KRX_CALENDAR.sessionOf(parseTradeDate('2025-11-13'));
    expect(kstTime(planOf(100, 1_000_000_000, examDay).startAt)).toBe('16:15:00');
  });

  it('SC-008: is never later than T-delta, never before the open, its rungs in order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000_000 }),
        fc.integer({ min: 0, max: 2_000_000_000 }),
        fc.integer({ min: 10, max: 15 }),
        fc.integer({ min: 0, max: 500 }),
        (shares, turnover, deltaMinutes, earlierMinutesMax) => {
          const params = { ...DEFAULT_LIQUIDATION_PARAMS, deltaMinutes, earlierMinutesMax };
          const plan = liquidationPlan({
            position: { quantity: quantity(shares) },
            quote: { lastPrice: price(7_000), bid: undefined },
            turnoverPerMinute: new Decimal(turnover),
            session,
            params,
          });
          expect(plan.startAt).toBeLessThanOrEqual(session.regular.to - deltaMinutes * MINUTE);
          expect(plan.startAt).toBeGreaterThanOrEqual(session.continuous.from);
          expect(plan.startAt).toBe(plan.steps[0]?.from);
          const times = plan.steps.map(({ from }) => from);
          expect(times).toEqual(times.toSorted((a, b) => a - b));
          expect(new Set(times).size).toBe(times.length);
        },
      ),
    );
  });
});

describe('liquidation rung (SC-008, EC-003)', () => {
  const plan = planOf(100, 1_000_000_000);

  it.each([
    ['15:14:59', 'WAIT'],
    ['15:15:00', 'LIMIT_AT_BID'],
    ['15:16:30', 'CROSSING_LIMIT'],
    ['15:18:00', 'MARKET'],
    ['15:19:59', 'MARKET'],
    ['15:20:00', 'CLOSING_AUCTION_MARKET'],
    ['15:30:29', 'CLOSING_AUCTION_MARKET'],
    ['15:30:30', 'UNSELLABLE'],
  ])('SC-008: at %s it is %s', (time, rung) => {
    expect(liquidationRung(at(time), plan, {})).toBe(rung);
  });

  it('EC-003: goes on early after three tries, but keeps to the auction’s hour', () => {
    const used = TRIES_PER_RUNG;
    const now = at('15:15:30');
    expect(liquidationRung(now, plan, { LIMIT_AT_BID: 2 })).toBe('LIMIT_AT_BID');
    expect(liquidationRung(now, plan, { LIMIT_AT_BID: used })).toBe('CROSSING_LIMIT');
    expect(liquidationRung(now, plan, { LIMIT_AT_BID: used, CROSSING_LIMIT: used })).toBe('MARKET');
    const all = { LIMIT_AT_BID: used, CROSSING_LIMIT: used, MARKET: used };
    expect(liquidationRung(now, plan, all)).toBe('WAIT');
    expect(liquidationRung(at('15:20:00'), plan, all)).toBe('CLOSING_AUCTION_MARKET');
    const auctionToo = { ...all, CLOSING_AUCTION_MARKET: used };
    expect(liquidationRung(at('15:25:00'), plan, auctionToo)).toBe('WAIT');
    expect(liquidationRung(at('15:31:00'), plan, auctionToo)).toBe('UNSELLABLE');
    expect(liquidationRung(at('15:31:00'), plan, { UNSELLABLE: used })).toBe('UNSELLABLE');
  });

  it('starts with the first rung when the start was moved forward', () => {
    const moved = { ...plan, startAt: at('15:00:00') };
    expect(liquidationRung(at('14:59:59'), moved, {})).toBe('WAIT');
    expect(liquidationRung(at('15:00:00'), moved, {})).toBe('LIMIT_AT_BID');
    expect(liquidationRung(at('15:00:00'), moved, { LIMIT_AT_BID: 3 })).toBe('CROSSING_LIMIT');
  });

  it('does not go back to a rung whose time is over', () => {
    expect(liquidationRung(at('15:19:00'), plan, {})).toBe('MARKET');
  });
});
