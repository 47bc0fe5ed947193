import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { AnchoredMarketClock, systemClock } from '@fleet/clock';
import { DEFAULT_LOCK_TIMING as TIMING, price, quantity, won, ZERO_WON } from '@fleet/domain';
import { connectGateway } from '@fleet/gateway-client';
import { parseTradeDate, stepTicks } from '@fleet/krx';
import { LockKeeper, OrderService } from '@fleet/service-layer';
import { makePool, makePostgresStores } from '@fleet/storage-postgres';
import { instantMs } from '../harness/instant.ts';
import { quietLog } from '../harness/quiet-log.ts';
import { serveBench } from '../harness/serve-bench.ts';

interface Place {
  readonly url: string;
  readonly schema: string;
  readonly address: string;
  readonly clockUrl: string;
  readonly tradeDate: string;
  readonly wireUrl: string;
}

/** Deep enough below the market to rest. */
const RESTING_TICKS = -10;
/** Nothing of the order before is under way any more. */
const PAUSE_MS = 80;

/** A worker whose strategy signals at once. */
serveBench(async ({ url, schema, address, clockUrl, tradeDate, wireUrl }: Place) => {
  const pool = makePool({ url, schema, applicationName: 'bench' });
  const stores = makePostgresStores(pool, { url, schema });
  const market = await AnchoredMarketClock.follow(clockUrl, new AbortController().signal);
  const client = await connectGateway({
    address,
    processName: 'bench',
    role: 'worker',
    clock: systemClock,
    log: quietLog,
  });
  await client.login();
  const date = parseTradeDate(tradeDate);
  const workerId = randomUUID();
  await stores.workers.register({
    workerId,
    process: { pid: process.pid, hostId: 'bench', bootId: 'bench', startedAt: '0' },
    capitalLimit: won(10_000_000_000),
    strategyName: 'bench',
    marketAt: market.now(),
  });
  const keeper = new LockKeeper({
    workerId,
    locks: stores.locks,
    timing: TIMING,
    clock: systemClock,
    marketClock: market,
    lag: { record: () => undefined, recordSkipped: () => undefined },
    log: quietLog,
  });
  const service = new OrderService({
    orders: stores.orders,
    broker: client,
    feed: client,
    marketClock: market,
    newId: randomUUID,
    log: quietLog,
  });
  const instruments = (await client.getInstruments()).filter(
    ({ kind, warnings }) => kind === 'COMMON' && warnings.length === 0,
  );
  await pool.query('CREATE TABLE yardstick (id uuid PRIMARY KEY, status text NOT NULL)');
  const agent = new Agent({ keepAlive: true });

  /** @returns the instant of the signal, or undefined when the stock cannot be had */
  const signalFor = async (instrument: (typeof instruments)[number]) => {
    const { symbol } = instrument;
    const quote = await client.getQuote(symbol);
    const last = quote.lastPrice.toNumber();
    const limitPrice = price(stepTicks(last, RESTING_TICKS, instrument, date));
    const lock = await keeper.acquire(symbol, 'ENTRY');
    if (!lock.granted) return undefined;
    await systemClock.sleep(PAUSE_MS);
    const signalled = instantMs();
    const created = await service.createOrder({
      orderId: randomUUID(),
      idempotencyKey: randomUUID(),
      tradeDate: date,
      symbol,
      instrument,
      workerId,
      fence: lock.fence,
      side: 'BUY',
      type: 'LIMIT',
      venue: 'KRX',
      quantity: quantity(1),
      limitPrice,
      judgedPrice: limitPrice,
      expectedLoss: ZERO_WON,
      purpose: 'ENTRY',
      strategyName: 'bench',
      strategyVersion: '1.0.0',
      paramsVersion: 1,
      marketAt: market.now(),
    });
    if (created.outcome === 'denied') throw new Error(JSON.stringify(created));
    const outcome = await service.sendOrder(created.order);
    if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
    return signalled;
  };

  const post = (body: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const path = '/uapi/domestic-stock/v1/trading/order-cash';
      const sent = request(`${wireUrl}${path}`, { method: 'POST', agent }, (reply) => {
        reply.resume().once('end', resolve);
      });
      sent.once('error', reject).end(body);
    });

  return {
    orders: async (count: number) => {
      const signals: number[] = [];
      while (signals.length < count) {
        const instrument = instruments.shift();
        if (!instrument) throw new Error('the market has too few stocks');
        const signalled = await signalFor(instrument);
        if (signalled !== undefined) signals.push(signalled);
      }
      return signals;
    },
    /** The yardstick, the least that keeps the promise: a row, its change before the bytes, the bytes. */
    bare: async (count: number) => {
      const signals: number[] = [];
      for (let sent = 0; sent < count; sent += 1) {
        await systemClock.sleep(PAUSE_MS);
        signals.push(instantMs());
        const id = randomUUID();
        await pool.query({
          name: 'bare_intent',
          text: `INSERT INTO yardstick VALUES ($1, 'NEW')`,
          values: [id],
        });
        await pool.query({
          name: 'bare_sent',
          text: `UPDATE yardstick SET status = 'SENT' WHERE id = $1 AND status = 'NEW'`,
          values: [id],
        });
        await post('{}');
      }
      return signals;
    },
  };
});
