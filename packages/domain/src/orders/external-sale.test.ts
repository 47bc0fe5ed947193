import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { type ForeignFill, judgeExternalSale } from './external-sale.ts';

const sell = (filledQuantity: number, bookedQuantity = 0, number = '7'): ForeignFill => ({
  number,
  side: 'SELL',
  filledQuantity,
  bookedQuantity,
});
const buy = (filledQuantity: number, number = '6'): ForeignFill => ({
  number,
  side: 'BUY',
  filledQuantity,
  bookedQuantity: 0,
});
const facts = { position: 10, holding: 10, foreignAtOpen: 0, fills: [] as ForeignFill[] };

describe('shares of the fleet that a person sold by hand', () => {
  it('are those of the list when the holdings agree', () => {
    expect(judgeExternalSale({ ...facts, holding: 0, fills: [sell(10)] })).toEqual({
      kind: 'sold',
      steps: [{ number: '7', fleetQuantity: 10 }],
    });
    expect(judgeExternalSale({ ...facts, holding: 6, fills: [sell(4)] })).toMatchObject({
      kind: 'sold',
      steps: [{ fleetQuantity: 4 }],
    });
  });

  it('are not guessed from holdings alone, nor from a list that the holdings do not follow', () => {
    expect(judgeExternalSale({ ...facts, holding: 0 })).toEqual({
      kind: 'disagree',
      ours: 10,
      broker: 0,
    });
    expect(judgeExternalSale({ ...facts, holding: 10, fills: [sell(10)] })).toEqual({
      kind: 'disagree',
      ours: 0,
      broker: 10,
    });
  });

  it('begin where the person’s own shares end', () => {
    const own = { ...facts, foreignAtOpen: 5 };
    expect(judgeExternalSale({ ...own, holding: 10, fills: [sell(5)] })).toEqual({ kind: 'none' });
    expect(judgeExternalSale({ ...own, holding: 8, fills: [sell(7)] })).toMatchObject({
      steps: [{ fleetQuantity: 2 }],
    });
    const bought = [buy(5), sell(15)];
    expect(judgeExternalSale({ ...facts, holding: 0, fills: bought })).toMatchObject({
      steps: [{ fleetQuantity: 10 }],
    });
  });

  it('are cumulative: a further fill adds only its step, and a booked one says nothing', () => {
    const half = { ...facts, position: 6, holding: 0, fills: [sell(10, 4)] };
    expect(judgeExternalSale(half)).toMatchObject({ steps: [{ number: '7', fleetQuantity: 10 }] });
    const done = { ...facts, position: 6, holding: 6, fills: [sell(4, 4)] };
    expect(judgeExternalSale(done)).toEqual({ kind: 'none' });
  });

  it('stay booked when an older buy of the person fills afterwards', () => {
    const late = { ...facts, position: 0, holding: 5, fills: [buy(5), sell(10, 10)] };
    expect(judgeExternalSale(late)).toEqual({ kind: 'none' });
  });

  it('are never more than the fleet has', () => {
    const short = { ...facts, holding: -2, fills: [sell(12)] };
    expect(judgeExternalSale(short).kind).toBe('disagree');
  });

  it('come to the same whatever reads were lost in between', () => {
    const shares = fc.integer({ min: 0, max: 20 });
    const rows = fc.array(fc.record({ isBuy: fc.boolean(), shares }), { maxLength: 6 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), shares, rows, (position, atOpen, days) => {
        // The exchange's truth, row by row; impossible sales are left out.
        const fills: ForeignFill[] = [];
        let account = position + atOpen;
        let booked = new Map<string, number>();
        let held = position;
        for (const [index, { isBuy, shares: count }] of days.entries()) {
          const traded = isBuy ? count : Math.min(count, account);
          account += isBuy ? traded : -traded;
          fills.push(isBuy ? buy(traded, String(index)) : sell(traded, 0, String(index)));
          if (index % 2 === 1) ({ booked, held } = book(fills, booked, held, account, atOpen));
        }
        const often = book(fills, booked, held, account, atOpen);
        const once = book(fills, new Map(), position, account, atOpen);
        expect(often.held).toBe(once.held);
        expect(often.held).toBe(Math.min(position, often.held));
      }),
    );
  });
});

function book(
  fills: readonly ForeignFill[],
  booked: ReadonlyMap<string, number>,
  held: number,
  holding: number,
  foreignAtOpen: number,
) {
  const known = fills.map((fill) => ({ ...fill, bookedQuantity: booked.get(fill.number) ?? 0 }));
  const verdict = judgeExternalSale({ position: held, holding, foreignAtOpen, fills: known });
  if (verdict.kind === 'disagree') throw new Error(JSON.stringify(verdict));
  const next = new Map(booked);
  let left = held;
  for (const { number, fleetQuantity } of verdict.kind === 'sold' ? verdict.steps : []) {
    left -= fleetQuantity - (next.get(number) ?? 0);
    next.set(number, fleetQuantity);
  }
  return { booked: next, held: left };
}
