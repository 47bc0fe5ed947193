import { describe, expect, it } from '@jest/globals';
import { DEFAULT_COST_RATES, MarketCloseError, won } from '@fleet/domain';
import { kstInstant, KRX_CALENDAR } from '@fleet/krx';
import { anOrder, FakeFleet, FakeSettlementStore, TIED_DATE, tieTheDay } from '@fleet/testkit';
import { BrokerError } from '../ports/broker.ts';
import { closeMarket } from './close-market.ts';
import { CLOSING_STEPS } from './day-steps.ts';

const KEY = { date: TIED_DATE, branch: '00950', number: '77' };

function setUp() {
  const fleet = new FakeFleet(kstInstant(TIED_DATE, '15:34:00'));
  const { gateway, marketData, orders, events, clock, log, system } = fleet;
  const settlement = new FakeSettlementStore(events);
  tieTheDay(settlement, gateway);
  const steps: string[] = [];
  const doings: string[] = [];
  const close = () =>
    fleet.run(
      closeMarket({
        term: 1,
        tradeDate: TIED_DATE,
        accountId: gateway.accountId,
        broker: gateway,
        gateway,
        marketData,
        system,
        orders,
        settlement,
        calendar: KRX_CALENDAR,
        costRates: DEFAULT_COST_RATES,
        costTolerance: won(0),
        clock,
        marketClock: clock,
        events,
        log,
        onStep: (step) => steps.push(step),
        disconnect: async () => void doings.push('disconnect'),
      }),
    );
  return { fleet, gateway, orders, settlement, steps, doings, close };
}

describe('ED-002, WT-004: the close', () => {
  it('WT-004: walks the eight steps in order, each with its event, to CLOSED', async () => {
    const { fleet, settlement, steps, doings, close } = setUp();
    const settled = await close();
    expect(steps).toEqual([...CLOSING_STEPS]);
    expect(fleet.events.types()).toEqual([
      'MarketCloseEvent',
      'ClosingStepEvent',
      'ClosingStepEvent',
      'ClosingStepEvent',
      'DailySettlementEvent',
      'ClosingStepEvent',
      'TieOutEvent',
      'ClosingStepEvent',
      'ClosingStepEvent',
      'ClosingStepEvent',
      'MarketClosedEvent',
      'ClosingStepEvent',
    ]);
    expect(fleet.system.state.state).toBe('CLOSED');
    expect(settlement.settlements.get(TIED_DATE)).toMatchObject({
      tiedOut: true,
      realizedPnl: settled.realizedPnl,
      tieOut: { cashDifference: '0', findings: [] },
    });
    expect(doings).toEqual(['disconnect']);
    expect(fleet.marketData.unsubscribed).toHaveLength(1);
  });

  it('a day that does not tie out is closed, and says so loudly', async () => {
    const { fleet, gateway, settlement, close } = setUp();
    gateway.balance = { ...gateway.balance, settledCashD2: won(1) };
    expect((await close()).tieOut.ok).toBe(false);
    const told = fleet.events.events.find(({ type }) => type === 'TieOutFailedEvent');
    expect(told?.level).toBe('ERROR');
    expect(settlement.settlements.get(TIED_DATE)?.tiedOut).toBe(false);
    expect(fleet.system.state.state).toBe('CLOSED');
  });

  it('waits until the broker has ended what was open, and drops what never left', async () => {
    const { gateway, orders, close, fleet } = setUp();
    const open = anOrder({ tradeDate: TIED_DATE, status: 'SENT', broker: KEY, answeredAt: 1 });
    const never = anOrder({ tradeDate: TIED_DATE });
    orders.put(open, never);
    let looks = 0;
    gateway.onReconcile = async () => {
      looks += 1;
      if (looks < 3) return;
      const request = { orderId: open.orderId, detail: '', marketAt: fleet.clock.now() };
      await orders.endOrder({ ...request, status: 'CANCELED', reason: 'CANCELED_AT_BROKER' });
    };
    await close();
    expect(looks).toBe(3);
    expect(orders.row(open.orderId).endReason).toBe('CANCELED_AT_BROKER');
    expect(orders.row(never.orderId).endReason).toBe('NOT_SENT');
  });

  it('what the broker still shows as open after the close has expired', async () => {
    const { orders, close } = setUp();
    const open = anOrder({ tradeDate: TIED_DATE, status: 'SENT', broker: KEY, answeredAt: 1 });
    orders.put(open);
    await close();
    expect(orders.row(open.orderId)).toMatchObject({ status: 'CANCELED', endReason: 'EXPIRED' });
  });

  it('a rest at the router lives until that venue closes: it may still fill, and the day waits', async () => {
    const { fleet, gateway, orders, close } = setUp();
    const open = anOrder({
      tradeDate: TIED_DATE,
      venue: 'SOR',
      status: 'SENT',
      broker: KEY,
      answeredAt: 1,
    });
    orders.put(open);
    let lookedOpenAt = 0;
    gateway.onReconcile = async () => {
      if (orders.row(open.orderId).status === 'SENT') lookedOpenAt = fleet.clock.now();
    };
    await close();
    expect(orders.row(open.orderId)).toMatchObject({ status: 'CANCELED', endReason: 'EXPIRED' });
    expect(lookedOpenAt).toBeGreaterThanOrEqual(kstInstant(TIED_DATE, '20:00'));
    expect(fleet.system.state.state).toBe('CLOSED');
  });

  it('does not settle over an open question', async () => {
    const { fleet, orders, steps, close } = setUp();
    orders.put(anOrder({ tradeDate: TIED_DATE, status: 'SENT', sentAt: 1 }));
    await expect(close()).rejects.toThrow(MarketCloseError);
    expect(steps.at(-1)).toBe('CHECK_OPEN_ORDERS');
    expect(fleet.events.types()).toContain('ClosingStepFailedEvent');
    expect(fleet.system.state.state).toBe('CLOSING');
  });

  it('EC-001: tries a failed look again', async () => {
    const { fleet, gateway, close } = setUp();
    gateway.failures.next('reconcile', 3, () => new BrokerError('UNAVAILABLE', 'down'));
    await close();
    expect(fleet.system.state.state).toBe('CLOSED');
  });
});
