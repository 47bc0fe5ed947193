import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { quantity, won } from '@fleet/domain';
import { aBrokerOrder, TEST_DATE, TEST_MARKET_AT } from '@fleet/testkit';
import type { BrokerOrder } from '@fleet/service-layer';
import { newBrokerNumber, send, withFleet } from './support/fleet.ts';

const fleet = withFleet();
const TOTAL = 10;
const marketAt = TEST_MARKET_AT;

/** What the exchange did with a buy of ten shares, and what of it we hear, in which order. */
const stories = fc
  .record({
    fills: fc.array(
      fc.record({
        shares: fc.integer({ min: 1, max: 5 }),
        at: fc.integer({ min: 900, max: 1_000 }),
      }),
      { maxLength: 5 },
    ),
    cancels: fc.boolean(),
    /** Whether the answer to the submit arrives, and after how many reads. */
    answerAfter: fc.option(fc.nat(6), { nil: undefined }),
    givenUpAfter: fc.option(fc.nat(6), { nil: undefined }),
    reads: fc.array(fc.nat(6), { maxLength: 10 }),
    together: fc.boolean(),
  })
  .map((story) => ({ ...story, rows: rowsOf(story.fills, story.cancels) }));

interface Row {
  readonly filled: number;
  readonly amount: number;
  readonly canceled: number;
}

function rowsOf(
  fills: readonly { shares: number; at: number }[],
  cancels: boolean,
): readonly Row[] {
  const rows: Row[] = [{ filled: 0, amount: 0, canceled: 0 }];
  for (const { shares, at } of fills) {
    const before = rows.at(-1)!;
    const step = Math.min(shares, TOTAL - before.filled);
    if (step === 0) break;
    rows.push({ filled: before.filled + step, amount: before.amount + step * at, canceled: 0 });
  }
  const last = rows.at(-1)!;
  if (cancels && last.filled < TOTAL) rows.push({ ...last, canceled: TOTAL - last.filled });
  return rows;
}

describe('the same books on real Postgres, in any order', () => {
  it('of answers, lists, repeats, losses, stale reads and readers at the same moment', async () => {
    let nth = 0;
    await fc.assert(
      fc.asyncProperty(stories, async (story) => {
        nth += 1;
        const holder = await fleet.holder();
        const minute = marketAt + nth * 120_000;
        const intent = fleet.intentOf(holder, { marketAt: minute });
        const { orders } = fleet.stores;
        expect(await orders.storeIntent(intent)).toMatchObject({ outcome: 'stored' });
        await send(fleet.stores, intent.orderId);
        const { orderId } = intent;
        const key = { date: TEST_DATE, branch: '00950', number: newBrokerNumber() };
        const book = async ({ filled, amount, canceled }: Row): Promise<void> => {
          const row: BrokerOrder = aBrokerOrder({
            key,
            symbol: holder.symbol,
            filledQuantity: quantity(filled),
            filledAmount: won(amount),
            canceledQuantity: quantity(canceled),
          });
          await orders.bookBrokerOrder({ orderId, row, readStartedAt: minute, marketAt: minute });
        };
        const heard = story.reads.map((index) => story.rows[index % story.rows.length]!);
        const last = story.rows.at(-1)!;
        for (const [index, row] of heard.entries()) {
          if (index === story.givenUpAfter) {
            const open = (await orders.getOrder(orderId))?.answeredAt === undefined;
            const ending = {
              orderId,
              reason: 'NEVER_ARRIVED',
              detail: '',
              marketAt: minute,
            } as const;
            if (open) await orders.endOrder({ ...ending, status: 'REJECTED' });
          }
          if (index === story.answerAfter) {
            const outcome = { kind: 'accepted', broker: key, brokerTime: '' } as const;
            await orders.recordAnswer({ orderId, outcome, marketAt: minute });
          }
          await (story.together ? Promise.all([book(row), book(row), book(last)]) : book(row));
        }
        await book(last);
        await book(story.rows[0]!);
        expect(await booksOf(holder.symbol)).toEqual({
          shares: last.filled,
          amount: last.amount,
          position: last.filled,
          bought: last.filled,
          paid: last.amount,
          doubles: 0,
        });
      }),
      { numRuns: 30, seed: 20260312 },
    );
  }, 120_000);
});

async function booksOf(symbol: string): Promise<object> {
  const { rows } = await fleet.pool.query<object>(
    `SELECT coalesce(sum(f.qty), 0)::int AS shares, coalesce(sum(f.amount), 0)::int AS amount,
       (SELECT coalesce(sum(qty), 0)::int FROM positions WHERE symbol = $1) AS position,
       (SELECT coalesce(sum(bought_qty), 0)::int FROM trades WHERE symbol = $1) AS bought,
       (SELECT coalesce(sum(bought_amount), 0)::int FROM trades WHERE symbol = $1) AS paid,
       (count(*) - count(DISTINCT (f.order_id, f.cumulative_qty)))::int AS doubles
     FROM fills f WHERE f.symbol = $1`,
    [symbol],
  );
  return rows[0] ?? {};
}
