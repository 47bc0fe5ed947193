import { describe, expect, it } from '@jest/globals';
import { quantity } from '@fleet/domain';
import { kstInstant } from '@fleet/krx';
import { FakeFleet, TEST_DATE } from '@fleet/testkit';
import { chooseCandidate } from './choose-candidate.ts';
import { enterPosition } from './enter-position.ts';
import type { WorkerContext } from './worker-context.ts';

const SYMBOL = '000001';

async function setUp(
  changes: Partial<WorkerContext> = {},
  before: (fleet: FakeFleet) => void = () => undefined,
) {
  const fleet = new FakeFleet();
  before(fleet);
  const ctx = fleet.makeWorker(changes);
  const day = fleet.makeDay();
  fleet.addSignals(SYMBOL);
  const chosen = await chooseCandidate(ctx, day, new Map(), fleet.ended.signal);
  if (!chosen) throw new Error('nothing chosen');
  const enter = (signal: AbortSignal = fleet.ended.signal) =>
    fleet.run(enterPosition(ctx, day, chosen, signal), 30 * 60_000);
  const order = () => {
    const placed = fleet.orders.all().filter(({ request }) => request === 'PLACE');
    if (placed.length !== 1 || !placed[0]) throw new Error(`${placed.length} orders`);
    return placed[0];
  };
  return { fleet, ctx, chosen, enter, order };
}

describe('SC-005: entering a position', () => {
  it('buys as many shares as the capital pays, by a marketable limit, and says why', async () => {
    const { fleet, ctx, chosen, enter, order } = await setUp();
    expect(await enter()).toBe('ENTERED');
    expect(order()).toMatchObject({
      symbol: SYMBOL,
      side: 'BUY',
      type: 'LIMIT',
      purpose: 'ENTRY',
      status: 'FILLED',
      workerId: ctx.workerId,
      fence: chosen.lock.fence,
      strategyName: 'test-strategy',
      strategyVersion: '1.0.0',
      paramsVersion: 3,
    });
    const { limitPrice, quantity: shares } = order();
    expect(limitPrice?.toNumber()).toBe(10_010);
    expect(shares).toBe(Math.floor(10_000_000 / 10_010));
    expect(fleet.orders.positions.get(SYMBOL)?.quantity).toBe(shares);
    expect(fleet.events.types(SYMBOL)).toContain('PositionEnteredEvent');
  });

  it.each([
    ['a half of the capital', { kind: 'FIXED_FRACTION', fraction: '0.5' }, 499],
    // Five ranges of 40 won against us cost 200 a share; one per cent of the capital is 100,000.
    [
      'what five ranges may cost',
      { kind: 'VOLATILITY_SCALED', riskFraction: '0.01', rangeMultiple: '5' },
      500,
    ],
  ] as const)('SC-005: sizes by its policy: %s', async (_what, sizing, shares) => {
    const entry = { sizing, order: 'BY_URGENCY' } as const;
    const { fleet, enter, order } = await setUp({ entry }, (started) => {
      started.averageRange = '40';
    });
    await enter();
    expect(order().quantity).toBe(shares);
    expect(fleet.gateway.asked.at(-1)).toMatchObject({ type: 'LIMIT' });
  });

  it('SC-005: buys at the market when the signal is urgent, sized at the upper limit', async () => {
    const { fleet, enter, order } = await setUp({}, (started) => {
      started.strategy.urgency = 'URGENT';
    });
    fleet.gateway.buyingPower = { ...fleet.gateway.buyingPower, quantity: quantity(777) };
    expect(await enter()).toBe('ENTERED');
    expect(order()).toMatchObject({ type: 'MARKET', limitPrice: undefined, quantity: 777 });
    expect(fleet.gateway.asked).toEqual([{ symbol: SYMBOL, type: 'MARKET', price: undefined }]);
    expect(fleet.orders.intents.at(-1)?.judgedPrice.toNumber()).toBe(12_870);
    // Two per cent of what it will cost about, not of the upper limit.
    expect(fleet.orders.intents.at(-1)?.expectedLoss.toNumber()).toBe(
      Math.ceil(0.02 * 10_010 * 777),
    );
  });

  it('SC-005: pays for market orders by the upper limit, so that the capital is never passed', async () => {
    const entry = { sizing: { kind: 'ALL_IN' }, order: 'MARKET' } as const;
    const { enter, order } = await setUp({ entry });
    await enter();
    expect(order().quantity).toBe(Math.floor(10_000_000 / 12_870));
  });

  it('orders nothing that the venue does not take in its phase, and says so', async () => {
    const { fleet, ctx, enter } = await setUp();
    await fleet.clock.advance(kstInstant(TEST_DATE, '15:30:00') - ctx.marketClock.now());
    expect(await enter()).toBe('NOT_ENTERED');
    expect(fleet.orders.all()).toEqual([]);
    const [skipped] = fleet.events.events.filter(({ type }) => type === 'EntrySkippedEvent');
    expect(skipped?.payload).toEqual({ reason: 'ORDER_TYPE' });
  });

  it('SC-011: leaves the signal that the entry is made on, before its intent', async () => {
    const { fleet, chosen, enter, order } = await setUp();
    fleet.orders.denyBuys = 'COOL_DOWN';
    expect(await enter()).toBe('NOT_ENTERED');
    fleet.orders.denyBuys = undefined;
    await enter();
    expect(fleet.trading.entrySignals).toHaveLength(2);
    expect(fleet.trading.entrySignals[1]).toMatchObject({
      orderId: order().orderId,
      symbol: SYMBOL,
      strategyName: 'test-strategy',
      scanId: chosen.candidate.scanId,
      reasons: [{ code: 'SCRIPT', actual: 'x', limit: 'y' }],
    });
  });

  it('EC-004: says when no other stock would fare better', async () => {
    const { fleet, enter } = await setUp();
    fleet.orders.denyBuys = 'POSITION_COUNT';
    expect(await enter()).toBe('NO_ROOM');
  });

  it('buys no more than the broker says can be bought', async () => {
    const { fleet, enter, order } = await setUp();
    fleet.gateway.buyingPower = { ...fleet.gateway.buyingPower, quantity: quantity(7) };
    await enter();
    expect(order().quantity).toBe(7);
  });

  it('buys nothing when no share can be paid, and says so', async () => {
    const { fleet, enter } = await setUp();
    fleet.gateway.buyingPower = { ...fleet.gateway.buyingPower, quantity: quantity(0) };
    expect(await enter()).toBe('NOT_ENTERED');
    expect(fleet.orders.all()).toHaveLength(0);
    expect(fleet.events.types(SYMBOL)).toContain('EntrySkippedEvent');
  });

  it('buys nothing under a lock that may not be trusted any more', async () => {
    const { fleet, enter } = await setUp();
    fleet.ended.abort();
    await fleet.clock.advance(12_000);
    expect(await enter(new AbortController().signal)).toBe('NOT_ENTERED');
    expect(fleet.orders.all()).toHaveLength(0);
  });

  it('EC-004: is not entered when the limits forbid it', async () => {
    const { fleet, enter } = await setUp();
    fleet.orders.denyBuys = 'CAPITAL_LIMIT';
    expect(await enter()).toBe('NOT_ENTERED');
    expect(fleet.gateway.sent).toHaveLength(0);
  });

  it('EC-002: is not entered when the broker refuses', async () => {
    const { fleet, enter, order } = await setUp();
    fleet.gateway.react = () => ({ kind: 'rejected', code: 'APBK0952' });
    expect(await enter()).toBe('NOT_ENTERED');
    expect(order().status).toBe('REJECTED');
    expect(fleet.orders.isBusy(SYMBOL)).toBe(false);
  });

  it.each(['notExecuted', 'notSent', 'gatewayGone'] as const)(
    'is flat and has no open order after %s',
    async (kind) => {
      const { fleet, enter } = await setUp();
      fleet.gateway.react = () => ({ kind });
      expect(await enter()).toBe('NOT_ENTERED');
      expect(fleet.orders.isBusy(SYMBOL)).toBe(false);
    },
  );

  it('cancels what is not filled in time, and keeps what is', async () => {
    const { fleet, enter, order } = await setUp();
    fleet.gateway.react = () => ({ kind: 'fill', shares: 3 });
    expect(await enter()).toBe('ENTERED');
    expect(order()).toMatchObject({ status: 'CANCELED', filledQuantity: 3 });
    expect(fleet.orders.positions.get(SYMBOL)?.quantity).toBe(3);
  });

  it('is not entered when nothing was filled in time', async () => {
    const { fleet, enter, order } = await setUp();
    fleet.gateway.react = () => ({ kind: 'fill', shares: 0 });
    expect(await enter()).toBe('NOT_ENTERED');
    expect(order().status).toBe('CANCELED');
  });

  it('is open while the order is, also with shares bought already', async () => {
    const { fleet, enter, order } = await setUp();
    fleet.gateway.react = () => ({ kind: 'fill', shares: 3 });
    fleet.gateway.cancelReaction = 'rejected';
    expect(await enter()).toBe('OPEN');
    expect(order().status).toBe('PARTIAL');
  });

  it('is open while the answer is not known, and sends neither again nor a cancel', async () => {
    const { fleet, enter, order } = await setUp();
    fleet.gateway.react = () => ({ kind: 'unknown', arrives: true });
    expect(await enter()).toBe('OPEN');
    expect(order().status).toBe('SENT');
    expect(fleet.gateway.sent).toHaveLength(1);
  });

  it('asks for one cancel at a time, however long the first one waits', async () => {
    const { fleet, enter } = await setUp();
    fleet.gateway.react = () => ({ kind: 'fill', shares: 0 });
    fleet.gateway.cancelReaction = 'unknown';
    expect(await enter()).toBe('OPEN');
    expect(fleet.gateway.sent.filter(({ request }) => request === 'CANCEL')).toHaveLength(1);
  });
});
