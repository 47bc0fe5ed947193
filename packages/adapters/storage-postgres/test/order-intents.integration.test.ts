import { describe, expect, it } from '@jest/globals';
import { price, quantity, won } from '@fleet/domain';
import { parseTradeDate } from '@fleet/krx';
import { aBaseline, aCancel, eventually, newId, TEST_DATE, TEST_MARKET_AT } from '@fleet/testkit';
import { newSymbol, send, SEND_DEADLINE_MS, withFleet } from './support/fleet.ts';

const fleet = withFleet();

/** A day of its own, so that limits and sums of other tests do not matter. */
let days = 0;
async function newDay(baseline: Parameters<typeof aBaseline>[0] = {}) {
  days += 1;
  const tradeDate = parseTradeDate(`2025-0${1 + Math.floor(days / 28)}-${10 + (days % 18)}`);
  await fleet.stores.settlement.saveBaseline(aBaseline({ ...baseline, tradeDate }), TEST_MARKET_AT);
  return tradeDate;
}

async function openGate() {
  await fleet.stores.system.setGate({
    gate: 'OPEN',
    reason: 'test',
    by: 'person',
    marketAt: TEST_MARKET_AT,
  });
}

async function isWaiting(query: string): Promise<boolean> {
  const { rows } = await fleet.pool.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database()
       AND wait_event_type = 'Lock' AND query LIKE $1`,
    [query],
  );
  return rows.length > 0;
}

describe('storing an intent', () => {
  it('stores NEW with its reservation and records OrderCreatedEvent', async () => {
    const holder = await fleet.holder();
    const intent = fleet.intentOf(holder);
    const result = await fleet.stores.orders.storeIntent(intent);
    expect(result).toMatchObject({
      outcome: 'stored',
      order: { orderId: intent.orderId, status: 'NEW', createdMarketAt: TEST_MARKET_AT },
    });
    // 100,000 won and 14.05 won of commission.
    expect(await fleet.row('orders', 'order_id', intent.orderId)).toMatchObject({
      reserved_amount: '100014',
      strategy_version: '1.0.0',
      params_version: 1,
    });
    expect(await fleet.events({ symbol: holder.symbol, type: 'OrderCreatedEvent' })).toMatchObject([
      { worker_id: holder.workerId, order_id: intent.orderId, market_at: TEST_MARKET_AT },
    ]);
  });

  it('returns the same order for the same key, also when both come at once', async () => {
    const holder = await fleet.holder();
    const intent = fleet.intentOf(holder);
    const results = await Promise.all(
      [intent, { ...intent, orderId: newId() }, { ...intent, orderId: newId() }].map((again) =>
        fleet.stores.orders.storeIntent(again),
      ),
    );
    const outcomes = results.map(({ outcome }) => outcome).toSorted();
    expect(outcomes).toEqual(['existing', 'existing', 'stored']);
    const ids = results.map((result) => (result.outcome === 'denied' ? '' : result.order.orderId));
    expect(new Set(ids).size).toBe(1);
  });

  it('frees the reservation of an intent that is dropped, once', async () => {
    const holder = await fleet.holder();
    const intent = fleet.intentOf(holder);
    await fleet.stores.orders.storeIntent(intent);
    const drop = { orderId: intent.orderId, reason: 'deadline', marketAt: TEST_MARKET_AT };
    expect(await fleet.stores.orders.dropIntent(drop)).toBe(true);
    expect(await fleet.stores.orders.dropIntent(drop)).toBe(false);
    expect(await fleet.row('orders', 'order_id', intent.orderId)).toMatchObject({
      status: 'CANCELED',
      end_reason: 'NOT_SENT',
      reserved_amount: '0',
    });
    const release = { ...holder, marketAt: TEST_MARKET_AT, reason: 'not sent' };
    expect(await fleet.stores.locks.release(release)).toBe('RELEASED');
  });

  it('never sells more than the fleet bought and has not offered yet', async () => {
    const holder = await fleet.holder();
    await fleet.bought(holder, 10);
    const sell = (count: number) =>
      fleet.stores.orders.storeIntent(
        fleet.intentOf(holder, { side: 'SELL', quantity: quantity(count) }),
      );
    expect(await sell(11)).toMatchObject({ outcome: 'denied', code: 'NOT_ENOUGH_POSITION' });
    expect(await sell(6)).toMatchObject({ outcome: 'stored' });
    expect(await sell(5)).toMatchObject({
      outcome: 'denied',
      code: 'NOT_ENOUGH_POSITION',
      detail: { actual: '5', limit: '4' },
    });
    expect(await sell(4)).toMatchObject({ outcome: 'stored' });
  });

  it('refuses a buy without baseline, of a foreign holding, or by a worker that must stop', async () => {
    const holder = await fleet.holder();
    const unopened = parseTradeDate('2024-01-15');
    const store = fleet.stores.orders;
    expect(await store.storeIntent(fleet.intentOf(holder, { tradeDate: unopened }))).toMatchObject({
      code: 'BUYING_POWER',
      detail: { code: 'NO_BASELINE' },
    });
    const tradeDate = await newDay({ foreignHoldings: { [holder.symbol]: 3 } });
    expect(await store.storeIntent(fleet.intentOf(holder, { tradeDate }))).toMatchObject({
      code: 'FOREIGN_HOLDING',
    });
    await fleet.stores.workers.requestStop([holder.workerId]);
    expect(await store.storeIntent(fleet.intentOf(holder))).toMatchObject({
      code: 'WORKER_STOPPED',
    });
  });

  it('never promises the same won twice, whoever asks at once', async () => {
    // Three times 100,014 won fit; the fourth does not.
    const tradeDate = await newDay({ openingCashD2: won(300_100) });
    await fleet.pool.query(`UPDATE orders SET status = 'CANCELED', end_reason = 'NOT_SENT',
      reserved_amount = 0, ended_at = clock_timestamp() WHERE status = 'NEW' AND side = 'BUY'`);
    const holders = await Promise.all(Array.from({ length: 6 }, () => fleet.holder()));
    const results = await Promise.all(
      holders.map((holder) =>
        fleet.stores.orders.storeIntent(fleet.intentOf(holder, { tradeDate })),
      ),
    );
    expect(results.filter((result) => result.outcome === 'stored')).toHaveLength(3);
    const denied = results.filter((result) => result.outcome === 'denied');
    expect(denied.map(({ code }) => code)).toEqual(Array(3).fill('BUYING_POWER'));
  });
});

describe('EC-004 risk limits', () => {
  const limits: [string, Parameters<typeof aBaseline>[0], string][] = [
    ['exposure of a stock', { limits: { maxExposurePerSymbol: won(99_999) } }, 'EXPOSURE_LIMIT'],
    ['number of positions', { limits: { maxPositions: 0 } }, 'POSITION_COUNT'],
  ];
  it.each(limits)('denies a buy over the %s and moves no gate', async (_, baseline, code) => {
    const tradeDate = await newDay(baseline);
    const holder = await fleet.holder();
    const intent = fleet.intentOf(holder, { tradeDate });
    expect(await fleet.stores.orders.storeIntent(intent)).toMatchObject({
      outcome: 'denied',
      code,
    });
    expect((await fleet.stores.system.read()).gate).toBe('OPEN');
    expect(await fleet.events({ symbol: holder.symbol, type: 'RiskViolationEvent' })).toMatchObject(
      [{ level: 'WARN', worker_id: holder.workerId, payload: { code } }],
    );
    expect(await fleet.stores.orders.getOrder(intent.orderId)).toBeUndefined();
  });

  it('denies a buy over the worker’s capital', async () => {
    const symbol = newSymbol();
    const workerId = await fleet.worker(won(99_999));
    const { fence } = await fleet.claim(symbol, workerId);
    const intent = fleet.intentOf({ workerId, symbol, fence });
    expect(await fleet.stores.orders.storeIntent(intent)).toMatchObject({ code: 'CAPITAL_LIMIT' });
  });

  it('closes the gate to EXIT_ONLY when the day’s loss and the expected loss pass the limit', async () => {
    const tradeDate = await newDay({ limits: { dailyLossLimit: won(5_000) } });
    const holder = await fleet.holder();
    const intent = fleet.intentOf(holder, { tradeDate, expectedLoss: won(5_001) });
    expect(await fleet.stores.orders.storeIntent(intent)).toMatchObject({
      code: 'DAILY_LOSS_LIMIT',
      detail: { actual: '5001', limit: '5000' },
    });
    expect(await fleet.stores.system.read()).toMatchObject({
      gate: 'EXIT_ONLY',
      gateReason: 'DAILY_LOSS_LIMIT',
    });
    expect(await fleet.stores.orders.storeIntent(fleet.intentOf(holder))).toMatchObject({
      code: 'GATE',
    });
    await openGate();
    const changes = await fleet.events({ type: 'GateChangedEvent' });
    expect(changes.slice(-2)).toMatchObject([
      { payload: { from: 'OPEN', to: 'EXIT_ONLY' } },
      { payload: { from: 'EXIT_ONLY', to: 'OPEN', by: 'person' } },
    ]);
  });

  it('counts losses of the day and waits out the cool-down', async () => {
    const holder = await fleet.holder();
    await fleet.bought(holder);
    await fleet.sold(holder, 10, 9_000);
    await fleet.pool.query(
      'UPDATE day_baselines SET max_consecutive_losses = 1, cool_down_ms = 600000 WHERE trade_date = $1',
      [TEST_DATE],
    );
    const buy = (marketAt: number) =>
      fleet.stores.orders.storeIntent(fleet.intentOf(holder, { marketAt }));
    expect(await buy(TEST_MARKET_AT + 599_999)).toMatchObject({ code: 'CONSECUTIVE_LOSSES' });
    await openGate();
    await fleet.pool.query(
      'UPDATE day_baselines SET max_consecutive_losses = 50 WHERE trade_date = $1',
      [TEST_DATE],
    );
    expect(await buy(TEST_MARKET_AT + 599_999)).toMatchObject({ code: 'COOL_DOWN' });
    expect(await buy(TEST_MARKET_AT + 600_000)).toMatchObject({ outcome: 'stored' });
    await fleet.pool.query('UPDATE day_baselines SET cool_down_ms = 0 WHERE trade_date = $1', [
      TEST_DATE,
    ]);
  });
});

describe('the gate', () => {
  const stop = { gate: 'STOPPED', reason: 'kill switch', marketAt: TEST_MARKET_AT } as const;

  it('stops behind an intent that is being stored, which then cannot be sent', async () => {
    const holder = await fleet.holder();
    const intent = fleet.intentOf(holder);
    await fleet.stores.orders.storeIntent(intent);
    const storing = await fleet.pool.connect();
    await storing.query('BEGIN');
    await storing.query('SELECT gate FROM system_state FOR SHARE');
    let stopped = false;
    const stopping = fleet.stores.system.setGate({ ...stop, by: 'person' }).finally(() => {
      stopped = true;
    });
    await eventually(() => isWaiting('%FROM system_state FOR UPDATE%'));
    expect(stopped).toBe(false);
    await storing.query('COMMIT');
    storing.release();
    expect(await stopping).toEqual({ changed: true, gate: 'STOPPED' });
    await expect(send(fleet.stores, intent.orderId)).rejects.toThrow('GATE');
    await openGate();
  });

  it('lets nothing be stored once a stop has committed, whoever was waiting for it', async () => {
    const holder = await fleet.holder();
    const stopping = await fleet.pool.connect();
    await stopping.query('BEGIN');
    await stopping.query(`UPDATE system_state SET gate = 'STOPPED'`);
    const storing = fleet.stores.orders.storeIntent(fleet.intentOf(holder));
    await eventually(() => isWaiting('%lock_for_intent%'));
    await stopping.query('COMMIT');
    stopping.release();
    expect(await storing).toMatchObject({ code: 'GATE', detail: { actual: 'STOPPED' } });
    const { system } = fleet.stores;
    const reopen = { gate: 'OPEN', reason: 'again', marketAt: TEST_MARKET_AT } as const;
    expect(await system.setGate({ ...reopen, by: 'system' })).toEqual({
      changed: false,
      gate: 'STOPPED',
    });
    expect(await system.setGate({ ...reopen, by: 'person' })).toEqual({
      changed: true,
      gate: 'OPEN',
    });
  });

  it('lets sells out at EXIT_ONLY, cancels at STOPPED and nothing at OBSERVE', async () => {
    const holder = await fleet.holder();
    await fleet.bought(holder, 10);
    const resting = await fleet.accepted(holder, { side: 'SELL', quantity: 4 });
    const asks = {
      sell: () =>
        fleet.stores.orders.storeIntent(
          fleet.intentOf(holder, { side: 'SELL', quantity: quantity(1) }),
        ),
      cancel: () =>
        fleet.stores.orders.storeCancelIntent(
          aCancel({ ...holder, parentOrderId: resting.orderId }),
        ),
    };
    const at = async (gate: 'EXIT_ONLY' | 'OBSERVE' | 'STOPPED') => {
      await openGate();
      await fleet.stores.system.setGate({
        gate,
        reason: 'test',
        by: 'system',
        marketAt: TEST_MARKET_AT,
      });
    };
    await at('OBSERVE');
    expect(await asks.sell()).toMatchObject({ code: 'GATE' });
    expect(await asks.cancel()).toMatchObject({ code: 'GATE' });
    await at('STOPPED');
    expect(await asks.sell()).toMatchObject({ code: 'GATE' });
    await at('EXIT_ONLY');
    expect(await asks.sell()).toMatchObject({ outcome: 'stored' });
    await at('STOPPED');
    expect(await asks.cancel()).toMatchObject({ outcome: 'stored' });
    await openGate();
  });
});

/** Stops at a step with everything before it done, is taken over, and goes on. */
async function takenOver() {
  const holder = await fleet.holder();
  const intent = fleet.intentOf(holder);
  await fleet.stores.orders.storeIntent(intent);
  await fleet.expire(holder.symbol, 60_000);
  const next = await fleet.worker();
  const claimed = await fleet.claim(holder.symbol, next);
  return {
    holder,
    intent,
    next: { workerId: next, symbol: holder.symbol, fence: claimed.fence },
  };
}

describe('an owner that was taken over', () => {
  it('cannot store, send, renew, release, abandon or cancel; its successor can', async () => {
    const { holder, intent, next } = await takenOver();
    const { orders, locks } = fleet.stores;
    expect(await orders.storeIntent(fleet.intentOf(holder))).toMatchObject({ code: 'FENCE_LOST' });
    const mark = {
      orderId: intent.orderId,
      requestedAt: Date.now(),
      sendDeadlineMs: SEND_DEADLINE_MS,
      marketAt: TEST_MARKET_AT,
    };
    expect(await orders.markSent(mark)).toEqual({ sent: false, reason: 'FENCE_LOST' });
    expect(
      await locks.renew({ workerId: holder.workerId, locks: [holder], ttlMs: 15_000 }),
    ).toEqual([holder.symbol]);
    const release = { ...holder, marketAt: TEST_MARKET_AT, reason: 'test' };
    expect(await locks.release(release)).toBe('NOT_OWNER');
    expect(await locks.abandon(release)).toBe(false);
    expect(
      await orders.dropIntent({ ...mark, reason: 'its owner is gone', marketAt: TEST_MARKET_AT }),
    ).toBe(true);
    const resting = await fleet.accepted(next);
    expect(
      await orders.storeCancelIntent(aCancel({ ...holder, parentOrderId: resting.orderId })),
    ).toMatchObject({ code: 'FENCE_LOST' });
    expect(
      await orders.storeCancelIntent(aCancel({ ...next, parentOrderId: resting.orderId })),
    ).toMatchObject({ outcome: 'stored' });
  });

  it('cannot store or send after its own expiry, before anybody took over', async () => {
    const holder = await fleet.holder();
    const intent = fleet.intentOf(holder);
    await fleet.stores.orders.storeIntent(intent);
    await fleet.expire(holder.symbol, 1);
    expect(await fleet.stores.orders.storeIntent(fleet.intentOf(holder))).toMatchObject({
      code: 'FENCE_LOST',
    });
    await expect(send(fleet.stores, intent.orderId)).rejects.toThrow('FENCE_LOST');
  });

  it('cannot send when the lock ends before the send deadline, or the request is too old', async () => {
    const holder = await fleet.holder();
    const intent = fleet.intentOf(holder);
    await fleet.stores.orders.storeIntent(intent);
    await fleet.expire(holder.symbol, -SEND_DEADLINE_MS + 500);
    await expect(send(fleet.stores, intent.orderId)).rejects.toThrow('FENCE_LOST');
    await fleet.expire(holder.symbol, -60_000);
    expect(
      await fleet.stores.orders.markSent({
        orderId: intent.orderId,
        requestedAt: Date.now() - SEND_DEADLINE_MS - 1_000,
        sendDeadlineMs: SEND_DEADLINE_MS,
        marketAt: TEST_MARKET_AT,
      }),
    ).toEqual({ sent: false, reason: 'DEADLINE' });
    await send(fleet.stores, intent.orderId);
  });
});

describe('one open question a stock', () => {
  it('lets no second request out before the first is answered', async () => {
    const holder = await fleet.holder();
    const [first, second] = [fleet.intentOf(holder), fleet.intentOf(holder)];
    await fleet.stores.orders.storeIntent(first);
    await fleet.stores.orders.storeIntent(second);
    await send(fleet.stores, first.orderId);
    await expect(send(fleet.stores, second.orderId)).rejects.toThrow('OPEN_QUESTION');
    await expect(send(fleet.stores, first.orderId)).rejects.toThrow('NOT_NEW');
    expect(await fleet.stores.orders.storeIntent(fleet.intentOf(holder))).toMatchObject({
      code: 'OPEN_QUESTION',
    });
    await fleet.stores.orders.recordAnswer({
      orderId: first.orderId,
      outcome: { kind: 'rejected', code: 'APBK0919', message: 'no' },
      marketAt: TEST_MARKET_AT,
    });
    await send(fleet.stores, second.orderId);
  });

  it('is guarded by the index when two senders pass the look at once', async () => {
    const holder = await fleet.holder();
    const [first, second] = [fleet.intentOf(holder), fleet.intentOf(holder)];
    await fleet.stores.orders.storeIntent(first);
    await fleet.stores.orders.storeIntent(second);
    await send(fleet.stores, first.orderId);
    await expect(
      fleet.pool.query(`UPDATE orders SET status = 'SENT' WHERE order_id = $1`, [second.orderId]),
    ).rejects.toMatchObject({ code: '23505', constraint: 'one_open_question' });
  });

  it('gives the ticket to send, with the original of a cancel', async () => {
    const holder = await fleet.holder();
    const resting = await fleet.accepted(holder, { quantity: 7, price: 9_500 });
    const cancel = aCancel({ ...holder, parentOrderId: resting.orderId });
    await fleet.stores.orders.storeCancelIntent(cancel);
    const marked = await fleet.stores.orders.markSent({
      orderId: cancel.orderId,
      requestedAt: Date.now(),
      sendDeadlineMs: SEND_DEADLINE_MS,
      marketAt: TEST_MARKET_AT,
    });
    expect(marked).toEqual({
      sent: true,
      ticket: {
        orderId: cancel.orderId,
        request: 'CANCEL',
        symbol: holder.symbol,
        side: 'BUY',
        type: 'LIMIT',
        venue: 'KRX',
        quantity: 7,
        limitPrice: price(9_500),
        original: resting.row.key,
      },
    });
  });
});
