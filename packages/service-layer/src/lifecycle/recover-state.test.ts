import { describe, expect, it } from '@jest/globals';
import { quantity, StateRecoveryError } from '@fleet/domain';
import { parseTradeDate } from '@fleet/krx';
import { aHolding, anOrder, aPosition, FakeFleet, TEST_DATE } from '@fleet/testkit';
import { BrokerError } from '../ports/broker.ts';
import { StateRecoveryService } from './recover-state.ts';

const SYMBOL = '005930';
const slow = (): Error => new BrokerError('TIMEOUT', 'slow');
const KEY = { date: TEST_DATE, branch: '00950', number: '1' };

function setUp() {
  const fleet = new FakeFleet();
  const { orders, gateway, events, clock, log } = fleet;
  const service = new StateRecoveryService({
    orders,
    broker: gateway,
    gateway,
    events,
    accountId: gateway.accountId,
    tradeDate: TEST_DATE,
    marketClock: clock,
    log,
  });
  const recover = () => fleet.run(service.recover(), 120_000);
  const own = (shares: number): void => {
    orders.positions.set(SYMBOL, aPosition({ symbol: SYMBOL, quantity: quantity(shares) }));
  };
  const brokerHolds = (shares: number): void => {
    gateway.balance = { ...gateway.balance, holdings: [aHolding(SYMBOL, shares)] };
  };
  return { fleet, recover, own, brokerHolds };
}

describe('making our record match the broker’s', () => {
  it('ED-003, ED-004, WT-002: counts what was open and what differed, and says both', async () => {
    const { fleet, recover, own, brokerHolds } = setUp();
    fleet.orders.put(anOrder({ status: 'PARTIAL', broker: KEY, answeredAt: 1 }), anOrder());
    fleet.gateway.mismatches = 2;
    fleet.orders.wrongPositions = [SYMBOL];
    own(10);
    brokerHolds(10);
    expect(await recover()).toMatchObject({
      status: 'SUCCESS',
      unfilledOrders: 1,
      mismatches: 2,
      positionsCorrected: [SYMBOL],
      openQuestions: 0,
    });
    const [unfilled, recovered] = fleet.events.events;
    expect(unfilled).toMatchObject({ type: 'UnfilledOrdersRecoveredEvent', level: 'WARN' });
    expect(recovered).toMatchObject({ type: 'StateRecoveredEvent', level: 'WARN' });
  });

  it('is PARTIAL while an answer is unknown, and does not judge shares by it', async () => {
    const { fleet, recover, own } = setUp();
    fleet.orders.put(anOrder({ status: 'SENT', sentAt: 1 }));
    own(10);
    expect(await recover()).toMatchObject({ status: 'PARTIAL', openQuestions: 1 });
  });

  it('drops what an earlier day stored and never sent, and nothing of today', async () => {
    const { fleet, recover } = setUp();
    const old = anOrder({ tradeDate: parseTradeDate('2026-03-11') });
    const today = anOrder();
    fleet.orders.put(old, today);
    await recover();
    expect(fleet.orders.row(old.orderId).endReason).toBe('NOT_SENT');
    expect(fleet.orders.row(today.orderId).status).toBe('NEW');
  });

  it('WT-003: fails when the broker holds fewer shares than our books, and goes on saying so', async () => {
    const { fleet, recover, own, brokerHolds } = setUp();
    own(10);
    brokerHolds(7);
    const error: unknown = await recover().catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(StateRecoveryError);
    expect(error).toMatchObject({ context: { [SYMBOL]: { ours: 10, broker: 7 } } });
    expect(fleet.gateway.calls.filter((call) => call === 'getCash')).toHaveLength(3);
    expect(fleet.events.types()).not.toContain('StateRecoveredEvent');
  });

  it('a sell that is booked a moment later is no missing share', async () => {
    const { fleet, recover, own, brokerHolds } = setUp();
    own(10);
    brokerHolds(0);
    let reads = 0;
    fleet.gateway.onReconcile = async () => {
      reads += 1;
      if (reads === 2) fleet.orders.positions.delete(SYMBOL);
    };
    expect((await recover()).status).toBe('SUCCESS');
  });

  it('a buy that is booked between two reads is no missing share either', async () => {
    const { fleet, recover, own } = setUp();
    const getCash = fleet.gateway.getCash.bind(fleet.gateway);
    fleet.gateway.getCash = async () => {
      own(10);
      return await getCash();
    };
    expect((await recover()).status).toBe('SUCCESS');
    expect(fleet.gateway.calls.filter((call) => call === 'getCash')).toHaveLength(1);
  });

  it('WT-003: a broker that cannot be read is tried again, and then fails the recovery', async () => {
    const { fleet, recover } = setUp();
    fleet.gateway.failures.next('reconcile', 3, slow);
    expect((await recover()).status).toBe('SUCCESS');
    fleet.gateway.failures.next('reconcile', 4, slow);
    await expect(recover()).rejects.toThrow(StateRecoveryError);
  });
});
