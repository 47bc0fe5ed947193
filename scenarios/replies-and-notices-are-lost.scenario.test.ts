import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually, FleetFolder, type RunBooks } from '../packages/testkit/src/index.ts';
import { afternoon, expectSettled, SCENARIO_MS } from './support/afternoon.ts';

const OCCASIONS_MAX = 400;

function every(step: number, first: number): number[] {
  return Array.from({ length: OCCASIONS_MAX }, (_, index) => first + step * index);
}

/**
 * Every third reply of a call is lost, in turns before and after the broker has taken the order. A rule
 * counts the calls that the rules before it left alone, so the second counts five where six were made.
 */
function everyThirdLost(endpoint: string) {
  return [
    { kind: 'REPLY_LOST_BEFORE_ACCEPT', endpoint, at: every(6, 3) },
    { kind: 'REPLY_LOST_AFTER_ACCEPT', endpoint, at: every(5, 5) },
  ];
}

/** Each order that the broker took is one request of ours, and the other way round. */
async function expectSameOrders({ query, simulator }: RunBooks): Promise<void> {
  const ours = await query(`select broker_order_id as number from orders
    where broker_order_id is not null and end_reason is distinct from 'REJECTED_BY_BROKER' order by 1`);
  const theirs = await simulator(`select ltrim(number, '0') as number from orders order by 1`);
  expect(ours).toEqual(theirs);
}

describe('an afternoon on a bad line', () => {
  const folder = new FleetFolder();
  afterEach(() => folder.remove());

  it(
    'every third reply to an order or a cancel is lost: each question is answered by the list, no order is made twice, workers go on',
    async () => {
      const rules = [...everyThirdLost('order-cash'), ...everyThirdLost('order-rvsecncl')];
      const supervisor = folder.supervisor([...afternoon('13:30'), ...folder.faultFlags(rules)]);
      await eventually(
        async () => {
          const before = await folder.faultTraces('REPLY_LOST_BEFORE_ACCEPT');
          const after = await folder.faultTraces('REPLY_LOST_AFTER_ACCEPT');
          return before.length >= 2 && after.length >= 2;
        },
        { timeoutMs: 120_000 },
      );
      await expectSettled(folder, supervisor, async (books) => {
        await expectSameOrders(books);
        const { query, simulator } = books;
        const [questions] = await query(`select
            (select count(*)::int from orders where end_reason = 'NEVER_ARRIVED') as never_arrived,
            (select count(distinct order_id)::int from events where type = 'OrderUnknownEvent') as unknown,
            (select count(distinct u.order_id)::int from events u join orders o using (order_id)
               where u.type = 'OrderUnknownEvent' and o.broker_order_id is not null) as adopted`);
        expect(questions).toEqual({
          never_arrived: Number(questions?.['unknown']) - Number(questions?.['adopted']),
          unknown: expect.any(Number),
          adopted: expect.any(Number),
        });
        expect(Number(questions?.['never_arrived'])).toBeGreaterThanOrEqual(2);
        expect(Number(questions?.['adopted'])).toBeGreaterThanOrEqual(2);
        // One request is one call: what arrived is at most what was marked as sent.
        const [sent] = await query(
          'select count(*)::int as n from orders where sent_at is not null',
        );
        const [arrived] = await simulator('select count(*)::int as n from arrivals');
        expect(Number(arrived?.['n'])).toBeLessThanOrEqual(Number(sent?.['n']));
        // While a question is open its stock gets no other order.
        expect(
          await query(`select a.order_id from orders a join orders b on b.symbol = a.symbol and b.order_id <> a.order_id
            where a.end_reason = 'NEVER_ARRIVED' and b.sent_at > a.sent_at and b.sent_at < a.ended_at`),
        ).toEqual([]);
        const [later] = await query(`select count(*)::int as n from trades
          where entered_at > (select min(market_at) from events where type = 'OrderUnknownEvent')`);
        expect(Number(later?.['n'])).toBeGreaterThan(0);
      });
    },
    SCENARIO_MS,
  );

  it(
    'notices are lost, late, twice and out of order: fills are booked from the list, once',
    async () => {
      const rules = [
        { kind: 'NOTICE_LOST', rate: 0.35 },
        { kind: 'NOTICE_LATE', rate: 0.35, delayMs: 45_000 },
        { kind: 'NOTICE_TWICE', rate: 0.4 },
        { kind: 'NOTICE_OUT_OF_ORDER', rate: 0.5 },
      ];
      const supervisor = folder.supervisor([...afternoon(), ...folder.faultFlags(rules)]);
      await eventually(
        async () => {
          const struck = await Promise.all(rules.map(({ kind }) => folder.faultTraces(kind)));
          return struck.every((traces) => traces.length > 0);
        },
        { timeoutMs: 120_000 },
      );
      await expectSettled(folder, supervisor, expectSameOrders);
    },
    SCENARIO_MS,
  );
});
