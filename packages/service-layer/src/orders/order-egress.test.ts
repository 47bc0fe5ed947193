import { describe, expect, it } from '@jest/globals';
import type { Order } from '@fleet/domain';
import {
  anOrder,
  FakeClock,
  FakeEventStore,
  FakeLockStore,
  FakeOrderStore,
  RecordingLog,
  TEST_DATE,
} from '@fleet/testkit';
import type { CallOptions, OrderTicket, SubmitOutcome } from '../ports/broker.ts';
import { OrderEgress, type SendGuard } from './order-egress.ts';
import type { SubmitHooks } from './submitter.ts';

const BROKER = { date: TEST_DATE, branch: '00950', number: '117' };
const ACCEPTED: SubmitOutcome = { kind: 'accepted', broker: BROKER, brokerTime: '100000' };
const SEND_DEADLINE_MS = 3_000;

/** Asks for the go like the real one, then answers what the test says. */
class ScriptedSubmitter {
  readonly left: OrderTicket[] = [];
  readonly lanes: (string | undefined)[] = [];
  grant: Promise<void> = Promise.resolve();
  answer: () => Promise<SubmitOutcome> = async () => ACCEPTED;

  async submit(
    ticket: OrderTicket,
    hooks: SubmitHooks,
    options: CallOptions = {},
  ): Promise<SubmitOutcome> {
    this.lanes.push(options.lane);
    await this.grant;
    try {
      const go = await hooks.beforeBytesLeave();
      if (!go.go) return { kind: 'notSent', reason: go.reason };
    } catch (error) {
      return { kind: 'notSent', reason: String(error) };
    }
    this.left.push(ticket);
    return await this.answer();
  }
}

/** Lets everything pass until the test gives it reasons, the first for the first look. */
class ScriptedGuard implements SendGuard {
  readonly asked: string[] = [];
  reasons: (string | undefined)[] = [];
  looks = 0;

  noteAsked({ orderId }: Order): void {
    this.asked.push(orderId);
  }

  look(): string | undefined {
    this.looks += 1;
    return this.reasons.shift();
  }
}

function setUp(order: Order = anOrder()) {
  const clock = new FakeClock();
  const events = new FakeEventStore();
  const locks = new FakeLockStore(clock, events);
  const orders = new FakeOrderStore(clock, events, locks);
  const { symbol, workerId, fence } = order;
  locks.locks.set(symbol, { workerId, fence, expiresAt: clock.now() + 60_000 });
  orders.put(order);
  const submitter = new ScriptedSubmitter();
  const unknown: string[] = [];
  const guard = new ScriptedGuard();
  const look = { find: async (_order: Order): Promise<Order | 'absent' | 'open'> => 'absent' };
  const egress = new OrderEgress({
    orders,
    submitter,
    guard,
    clock,
    marketClock: clock,
    sendDeadlineMs: SEND_DEADLINE_MS,
    log: new RecordingLog(),
    lookFor: async (looked) => await look.find(looked),
    onUnknown: (orderId) => unknown.push(orderId),
  });
  const submit = (orderId = order.orderId) => egress.submit({ orderId, requestedAt: clock.now() });
  return { clock, locks, orders, submitter, guard, look, egress, unknown, submit, order };
}

describe('the one way out for orders', () => {
  it('marks the order as sent when the call is granted, before its bytes leave', async () => {
    const { clock, orders, submitter, submit, order } = setUp();
    submitter.grant = clock.sleep(1_000);
    const statuses: string[] = [];
    submitter.answer = async () => {
      statuses.push(orders.row(order.orderId).status);
      return ACCEPTED;
    };
    const work = submit();
    await clock.advance(999);
    expect(orders.row(order.orderId).status).toBe('NEW');
    await clock.advance(1);
    expect(await work).toEqual(ACCEPTED);
    expect(statuses).toEqual(['SENT']);
    expect(orders.row(order.orderId)).toMatchObject({ status: 'SENT', broker: BROKER });
  });

  it('takes the terms from the stored intent, and the lane from what it is', async () => {
    const sell = setUp(anOrder({ side: 'SELL' }));
    await sell.submit();
    const { orderId, symbol, side, quantity, limitPrice } = sell.order;
    expect(sell.submitter.left).toMatchObject([{ orderId, symbol, side, quantity, limitPrice }]);
    expect(sell.submitter.lanes).toEqual(['exit']);
    const buy = setUp();
    await buy.submit();
    expect(buy.submitter.lanes).toEqual(['entry']);
  });

  it('sends an order once, however often it is asked for', async () => {
    const { submitter, submit } = setUp();
    await submit();
    expect(await submit()).toMatchObject({ kind: 'accepted', broker: BROKER });
    expect(submitter.left).toHaveLength(1);
  });

  it('keeps an order open that a second request met while its answer was awaited', async () => {
    const { clock, orders, submitter, submit, order } = setUp();
    submitter.answer = async () => {
      await clock.sleep(1_000);
      return ACCEPTED;
    };
    submitter.grant = clock.sleep(10);
    const both = [submit(), submit()];
    await clock.advance(10);
    await clock.advance(1_000);
    const kinds = (await Promise.all(both)).map(({ kind }) => kind);
    expect(kinds).toEqual(['accepted', 'unknown']);
    expect(submitter.left).toHaveLength(1);
    expect(orders.row(order.orderId)).toMatchObject({ status: 'SENT', broker: BROKER });
  });

  it('drops an intent whose lock was lost before the bytes left', async () => {
    const { locks, orders, submitter, submit, order } = setUp();
    locks.locks.delete(order.symbol);
    expect(await submit()).toEqual({ kind: 'notSent', reason: 'FENCE_LOST' });
    expect(submitter.left).toHaveLength(0);
    expect(orders.row(order.orderId)).toMatchObject({ status: 'CANCELED', endReason: 'NOT_SENT' });
  });

  it('looks once more after the mark: what is refused then is marked, ended and not sent', async () => {
    const { orders, submitter, guard, submit, order } = setUp();
    guard.reasons = [undefined, 'stopped in between'];
    expect(await submit()).toEqual({ kind: 'notSent', reason: 'stopped in between' });
    expect(guard).toMatchObject({ asked: [order.orderId], looks: 2 });
    expect(submitter.left).toEqual([]);
    expect(orders.row(order.orderId)).toMatchObject({ status: 'CANCELED', endReason: 'NOT_SENT' });
    expect(orders.row(order.orderId).sentAt).toBeDefined();
  });

  it('marks nothing that is refused before the mark', async () => {
    const { orders, submitter, guard, submit, order } = setUp();
    guard.reasons = ['a later owner has asked'];
    expect(await submit()).toMatchObject({ kind: 'notSent' });
    expect(submitter.left).toEqual([]);
    expect(orders.row(order.orderId)).toMatchObject({ status: 'CANCELED', endReason: 'NOT_SENT' });
    expect(orders.row(order.orderId).sentAt).toBeUndefined();
  });

  it('drops an intent that waited beyond its deadline', async () => {
    const { clock, orders, submitter, egress, order } = setUp();
    const requestedAt = clock.now() - SEND_DEADLINE_MS;
    const outcome = await egress.submit({ orderId: order.orderId, requestedAt });
    expect(outcome.kind).toBe('notSent');
    expect(submitter.lanes).toHaveLength(0);
    expect(orders.row(order.orderId).endReason).toBe('NOT_SENT');
  });

  it('ends an order as not sent when the connection was refused after the mark', async () => {
    const { orders, submitter, submit, order } = setUp();
    submitter.answer = async () => ({ kind: 'notSent', reason: 'ECONNREFUSED' });
    expect((await submit()).kind).toBe('notSent');
    expect(orders.row(order.orderId)).toMatchObject({ status: 'CANCELED', endReason: 'NOT_SENT' });
  });

  it('leaves an order open when the mark may have been stored and its answer was lost', async () => {
    const { orders, submitter, submit, unknown, order } = setUp();
    orders.failures.next('markSent answer');
    expect((await submit()).kind).toBe('unknown');
    expect(submitter.left).toHaveLength(0);
    expect(orders.row(order.orderId).status).toBe('SENT');
    expect(unknown).toEqual([order.orderId]);
  });

  it('keeps an order in flight when the reply is lost, and tells of it', async () => {
    const { orders, submitter, submit, unknown, order } = setUp();
    submitter.answer = async () => ({ kind: 'unknown', reason: 'timeout' });
    expect((await submit()).kind).toBe('unknown');
    expect(orders.row(order.orderId)).toMatchObject({ status: 'SENT', answeredAt: undefined });
    expect(unknown).toEqual([order.orderId]);
    expect((await submit()).kind).toBe('unknown');
    expect(submitter.left).toHaveLength(1);
  });

  it('EC-002: stores what the broker refused', async () => {
    const { orders, submitter, submit, order } = setUp();
    submitter.answer = async () => ({ kind: 'rejected', code: 'APBK0918', message: 'no' });
    expect((await submit()).kind).toBe('rejected');
    expect(orders.row(order.orderId)).toMatchObject({ endReason: 'REJECTED_BY_BROKER' });
    expect(await submit()).toMatchObject({ kind: 'rejected', code: 'REJECTED_BY_BROKER' });
  });

  it('tries again to store the answer', async () => {
    const { clock, orders, submit, order } = setUp();
    orders.failures.next('recordAnswer', 3);
    const work = submit();
    await clock.advance(750);
    expect((await work).kind).toBe('accepted');
    expect(orders.row(order.orderId).broker).toEqual(BROKER);
  });

  it('leaves the answer to the list when it cannot be stored at all', async () => {
    const { clock, orders, submit, unknown, order } = setUp();
    orders.failures.next('recordAnswer', 1_000);
    const work = submit();
    await clock.advance(60_000);
    expect((await work).kind).toBe('unknown');
    expect(orders.row(order.orderId).status).toBe('SENT');
    expect(unknown).toEqual([order.orderId]);
  });

  it('tells what became of an order that it does not send', async () => {
    const { orders, submit } = setUp();
    expect(await submit('nobody')).toMatchObject({ kind: 'notSent' });
    const dropped = anOrder({ status: 'CANCELED', endReason: 'NOT_SENT' });
    orders.put(dropped);
    expect(await submit(dropped.orderId)).toMatchObject({ kind: 'notSent' });
  });

  it('sends a cancel with the number of its order, and none without', async () => {
    const parent = anOrder({ status: 'SENT', broker: BROKER, answeredAt: 1 });
    const about = { request: 'CANCEL', parentOrderId: parent.orderId } as const;
    const { orders, submitter, submit } = setUp(anOrder({ ...about, workerId: 'w' }));
    orders.put(parent);
    await submit();
    expect(submitter.left).toMatchObject([{ request: 'CANCEL', original: BROKER }]);
    expect(submitter.lanes).toEqual(['cancel']);
    const blind = anOrder({ ...about, workerId: 'w', symbol: '000660' });
    orders.put(blind, { ...parent, broker: undefined });
    expect((await submit(blind.orderId)).kind).toBe('notSent');
    expect(orders.row(blind.orderId).endReason).toBe('NOT_SENT');
    expect(submitter.left).toHaveLength(1);
  });

  it('takes nothing more once closed, and waits for the answers under way', async () => {
    const { clock, submitter, egress, submit } = setUp();
    submitter.grant = clock.sleep(500);
    const work = submit();
    const closed: string[] = [];
    const closing = egress.close().then(() => closed.push('closed'));
    expect(await submit()).toMatchObject({ kind: 'notSent' });
    await clock.advance(499);
    expect(closed).toEqual([]);
    await clock.advance(1);
    await closing;
    expect((await work).kind).toBe('accepted');
  });
});

describe('an order that a token or a throttle refused', () => {
  const REFUSED: SubmitOutcome = { kind: 'notExecuted', code: 'EGW00201', message: 'throttled' };
  const refused = () => {
    const kit = setUp();
    kit.submitter.answer = async () => REFUSED;
    return kit;
  };

  it('ends as not executed after one look at the list that does not have it', async () => {
    const { orders, submit, look, order } = refused();
    let looks = 0;
    look.find = async (looked) => {
      looks += 1;
      // Still an open question while it is looked for: nothing else may leave for the stock.
      expect(looked.status).toBe('SENT');
      expect(orders.row(order.orderId).answeredAt).toBeUndefined();
      return 'absent';
    };
    expect(await submit()).toEqual(REFUSED);
    expect(looks).toBe(1);
    expect(orders.row(order.orderId)).toMatchObject({
      status: 'REJECTED',
      endReason: 'NOT_EXECUTED',
    });
  });

  it('is accepted when the list has it all the same', async () => {
    const { submit, look } = refused();
    const broker = { date: TEST_DATE, branch: '00950', number: '7' };
    look.find = async (looked) => ({ ...looked, broker });
    expect(await submit()).toEqual({ kind: 'accepted', broker, brokerTime: '' });
  });

  it.each(['cannot be read', 'does not decide'])('stays open when the list %s', async (why) => {
    const { orders, submit, look, order, unknown } = refused();
    look.find = async () => {
      if (why === 'cannot be read') throw new Error('no list');
      return 'open';
    };
    expect((await submit()).kind).toBe('unknown');
    expect(orders.row(order.orderId)).toMatchObject({ status: 'SENT', answeredAt: undefined });
    expect(unknown).toEqual([order.orderId]);
  });
});
