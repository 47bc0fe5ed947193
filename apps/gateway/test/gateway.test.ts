import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { price, quantity, won } from '@fleet/domain';
import type { FeedStatus, OrderChange, OrderTicket, Tick } from '@fleet/service-layer';
import { eventually } from '@fleet/testkit';
import type { FeedSignals } from '../src/gateway-ports.ts';
import { LOOKS } from '../src/orders/last-look.ts';
import { ACCOUNT, DATE } from './fake-broker.ts';
import { orderOf } from './fake-stores.ts';
import { connect, endWorld, makeWorld, startGateway, type World } from './start-gateway.ts';

let world: World;
beforeEach(() => {
  world = makeWorld();
});
afterEach(() => endWorld(world));

function rawClient(address: string): WebSocket {
  return new WebSocket(`ws+unix://${address}:/`);
}

/** What a worker has in its hands; the gateway must not believe it. */
function ticket(orderId: string, shares = 10): OrderTicket {
  return {
    orderId,
    request: 'PLACE',
    symbol: '005930',
    side: 'BUY',
    type: 'LIMIT',
    venue: 'KRX',
    quantity: quantity(shares),
    limitPrice: price(70_000),
    original: undefined,
  };
}

describe('order egress', () => {
  it('sends what is stored, not what the worker says, and stores the answer', async () => {
    await startGateway(world);
    world.orders.rows.set('o-1', orderOf('o-1'));
    const client = await connect(world);
    expect(await client.placeOrder(ticket('o-1', 999_999))).toMatchObject({
      kind: 'accepted',
      broker: { date: DATE, branch: '91252', number: '117' },
    });
    expect(world.broker.sent).toMatchObject([{ orderId: 'o-1', quantity: 10 }]);
    expect(world.orders.answers).toMatchObject([{ outcome: { kind: 'accepted' } }]);
    // Asking again sends nothing again.
    expect(await client.placeOrder(ticket('o-1'))).toMatchObject({ kind: 'accepted' });
    expect(world.broker.sent).toHaveLength(1);
  });

  it('sends nothing when the last check refuses', async () => {
    await startGateway(world);
    world.orders.rows.set('o-1', orderOf('o-1'));
    world.orders.refuse = 'FENCE_LOST';
    const client = await connect(world);
    expect(await client.placeOrder(ticket('o-1'))).toEqual({
      kind: 'notSent',
      reason: 'FENCE_LOST',
    });
    expect(world.broker.sent).toEqual([]);
    expect(world.orders.dropped).toEqual(['o-1']);
    expect(await client.cancelOrder(ticket('unheard-of'))).toMatchObject({ kind: 'notSent' });
  });

  it('sends nothing once its lease is in doubt', async () => {
    const gateway = await startGateway(world, { leaseRenewMs: 10_000, leaseTtlMs: 10_000 });
    world.leases.renewals = 'hang';
    world.orders.rows.set('o-1', orderOf('o-1'));
    const client = await connect(world);
    const markSent = world.orders.markSent.bind(world.orders);
    // The mark takes longer than the lease may be trusted, as under a stopped process.
    world.orders.markSent = async (request) => {
      const real = Date.now;
      Date.now = () => real() + 60_000;
      try {
        return await markSent(request);
      } finally {
        setImmediate(() => (Date.now = real));
      }
    };
    expect(await client.placeOrder(ticket('o-1'))).toMatchObject({
      kind: 'notSent',
      reason: 'the lease of the gateway is in doubt',
    });
    expect(world.broker.sent).toEqual([]);
    expect(gateway.brokerLeft()).toBe(false);
  });

  it.each([
    [LOOKS, ['o-new']],
    [LOOKS.filter((look) => look !== 'fence'), ['o-new', 'o-old']],
  ])('with the looks %s, of two owners of a stock these are sent: %s', async (looks, sent) => {
    await startGateway(world, { looks });
    world.orders.rows.set('o-old', orderOf('o-old', { fence: 1 }));
    world.orders.rows.set('o-new', orderOf('o-new', { fence: 2 }));
    const client = await connect(world);
    expect(await client.placeOrder(ticket('o-new'))).toMatchObject({ kind: 'accepted' });
    // This database would let the earlier owner go, too.
    await client.placeOrder(ticket('o-old'));
    expect(world.broker.sent.map(({ orderId }) => orderId)).toEqual(sent);
  });

  it('sends nothing that was held up beyond its deadline after the mark, as by a stopped process', async () => {
    await startGateway(world, { sendDeadlineMs: 200 });
    world.orders.rows.set('o-1', orderOf('o-1'));
    const client = await connect(world);
    const markSent = world.orders.markSent.bind(world.orders);
    world.orders.markSent = async (request) => {
      const marked = await markSent(request);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
      return marked;
    };
    expect(await client.placeOrder(ticket('o-1'))).toEqual({
      kind: 'notSent',
      reason: 'the send deadline has passed',
    });
    expect(world.broker.sent).toEqual([]);
    expect(world.orders.answers).toMatchObject([{ outcome: { kind: 'notSent' } }]);
  });

  it('books fills from the list after a notice, and tells every client', async () => {
    await startGateway(world);
    const sent = { status: 'SENT', answeredAt: 2, sentAt: 1 } as const;
    const broker = { date: DATE, branch: '91252', number: '117' };
    world.orders.rows.set('o-1', orderOf('o-1', { ...sent, broker }));
    const clients = [await connect(world), await connect(world, { role: 'supervisor' })];
    const changes: OrderChange[] = [];
    const notices: string[] = [];
    for (const client of clients) {
      client.subscribeOrderChanges((change) => changes.push(change));
      await client.subscribeOrderEvents(({ orderNumber }) => notices.push(orderNumber));
    }
    world.broker.rows = [
      {
        key: broker,
        original: undefined,
        request: 'PLACE',
        symbol: '005930',
        side: 'BUY',
        type: 'LIMIT',
        quantity: quantity(10),
        price: price(70_000),
        acceptedAt: 0,
        filledQuantity: quantity(10),
        filledAmount: won(700_000),
        canceledQuantity: quantity(0),
        rejectedQuantity: quantity(0),
        leavesQuantity: quantity(0),
      },
    ];
    const fill = {
      kind: 'FILL',
      orderNumber: '117',
      originalNumber: undefined,
      symbol: '005930',
      side: 'BUY',
      quantity: quantity(10),
    } as const;
    // Notices are repeated by the broker, too: booked is only the list, and only once.
    await eventually(() => {
      world.broker.notify(fill);
      expect(changes).toHaveLength(2);
    });
    expect(changes[0]).toEqual({
      orderId: 'o-1',
      symbol: '005930',
      workerId: 'worker-1',
      status: 'FILLED',
    });
    expect(new Set(notices)).toEqual(new Set(['117']));
  });

  it('stores the answers under way before it goes, and refuses submits meanwhile', async () => {
    const gateway = await startGateway(world);
    for (const id of ['o-1', 'o-2']) world.orders.rows.set(id, orderOf(id));
    const [client, operator] = [await connect(world), await connect(world, { role: 'operator' })];
    const { promise, resolve } = Promise.withResolvers<void>();
    world.broker.answer = async () => {
      await promise;
      return { kind: 'rejected', code: 'APBK0952', message: 'no cash' };
    };
    const first = client.placeOrder(ticket('o-1'));
    await eventually(() => expect(world.broker.sent).toHaveLength(1));
    await operator.shutdown();
    await eventually(async () =>
      expect(await client.placeOrder(ticket('o-2'))).toMatchObject({ kind: 'notSent' }),
    );
    resolve();
    expect(await first).toMatchObject({ kind: 'rejected', code: 'APBK0952' });
    expect(await gateway.exitCode).toBe(0);
    expect(world.orders.answers).toHaveLength(1);
    expect(world.broker.sent).toHaveLength(1);
    expect(world.leases.row).toBeUndefined();
    expect(gateway.brokerLeft()).toBe(true);
  });
});

describe('lease', () => {
  it('a second gateway says nothing to the broker while the first one lives', async () => {
    const first = await startGateway(world);
    const second = startGateway(world, {});
    await eventually(() => expect(world.broker.logins).toBe(1));
    await first.stop();
    const running = await second;
    await eventually(() => expect(world.broker.logins).toBe(2));
    expect(await running.stop()).toBe(0);
  });

  it('leaves the broker and exits non-zero when its lease is lost', async () => {
    const gateway = await startGateway(world);
    world.leases.row = {
      lease: { name: 'gateway', holder: 'other', term: 9 },
      process: { pid: 1, hostId: 'h', bootId: 'b', startedAt: 's' },
      expiresAt: Number.POSITIVE_INFINITY,
    };
    expect(await gateway.exitCode).toBe(4);
    expect(gateway.brokerLeft()).toBe(true);
    expect(world.leases.row.lease.holder).toBe('other');
  });
});

describe('restart', () => {
  it('clients come back by themselves, with their symbols, and the gateway logs itself in', async () => {
    const first = await startGateway(world);
    const client = await connect(world);
    const ticks: Tick[] = [];
    const statuses: FeedStatus[] = [];
    await client.subscribeQuotes(['005930'], {
      onTick: (tick) => ticks.push(tick),
      onFeedStatus: (_symbol, status) => statuses.push(status),
    });
    await eventually(() => expect(statuses).toEqual(['live']));
    await first.stop();
    await eventually(() => expect(statuses).toEqual(['live', 'stale']));
    world.marketData.registered.clear();
    await startGateway(world);
    await eventually(() => expect(statuses.at(-1)).toBe('live'));
    world.marketData.tick('005930', 77);
    await eventually(() => expect(ticks.at(-1)?.dayVolume).toBe(77));
    await eventually(() => expect(world.broker.logins).toBe(2));
    expect((await client.getCash(ACCOUNT)).cashDeposit.toFixed()).toBe('12345678901234567.5');
  });

  it('stopped during its first login it lets the token call end, and opens no feed after it', async () => {
    const token = Promise.withResolvers<void>();
    world.broker.tokenWorks = () => token.promise;
    const gateway = await startGateway(world);
    await eventually(() => expect(world.broker.tokens).toBe(1));
    const left = Promise.withResolvers<void>();
    gateway.onLeave = () => left.promise;
    const code = gateway.stop();
    await eventually(() => expect(gateway.brokerLeft()).toBe(true));
    token.resolve();
    left.resolve();
    expect(await code).toBe(0);
    expect(world.broker).toMatchObject({ tokens: 1, logins: 0 });
  });

  it('goes when it is asked to, though the broker neither answers a read nor lets go of the feed', async () => {
    const gateway = await startGateway(world, { sendDeadlineMs: 100, answerDeadlineMs: 100 });
    await eventually(() => expect(world.broker.logins).toBe(1));
    const [reading, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    world.broker.read = () => {
      reading.resolve();
      return end.promise;
    };
    const sent = { status: 'SENT', answeredAt: 2, sentAt: 1 } as const;
    world.orders.rows.set('o-1', orderOf('o-1', sent));
    world.broker.notify({
      kind: 'FILL',
      orderNumber: '117',
      originalNumber: undefined,
      symbol: '005930',
      side: 'BUY',
      quantity: quantity(1),
    });
    await reading.promise;
    gateway.onLeave = () => end.promise;
    expect(await gateway.stop()).toBe(0);
    expect(world.leases.row).toBeUndefined();
    end.resolve();
  });

  it('reads the list and marks the gap when the feed is back', async () => {
    const feed = Promise.withResolvers<Parameters<FeedSignals['listen']>[0]>();
    await startGateway(world, {}, { feed: { isConnected: true, listen: feed.resolve } });
    const client = await connect(world);
    await client.login();
    await client.reconcile();
    const reads = world.broker.listReads;
    const events = await feed.promise;
    events.onGap('1006');
    events.onReconnected();
    await eventually(() => expect(world.events.marked).toHaveLength(1));
    expect(world.broker.listReads).toBeGreaterThan(reads);
    expect(world.events.marked).toMatchObject([{ type: 'FeedGapEvent', level: 'INFO' }]);
  });

  it('buys nothing after a gap until the whole list has been read', async () => {
    const feed = Promise.withResolvers<Parameters<FeedSignals['listen']>[0]>();
    await startGateway(world, {}, { feed: { isConnected: true, listen: feed.resolve } });
    const client = await connect(world);
    await client.login();
    await client.reconcile();
    const read = world.broker.getOrders.bind(world.broker);
    world.broker.getOrders = () => Promise.reject(new Error('out of reach'));
    (await feed.promise).onGap('1006');
    world.orders.rows.set('o-1', orderOf('o-1'));
    expect(await client.placeOrder(ticket('o-1'))).toMatchObject({ kind: 'notSent' });
    world.broker.getOrders = read;
    await client.reconcile();
    world.orders.rows.set('o-2', orderOf('o-2'));
    expect(await client.placeOrder(ticket('o-2'))).toMatchObject({ kind: 'accepted' });
    expect(world.broker.sent).toMatchObject([{ orderId: 'o-2' }]);
  });

  it('tries to log in until the broker lets it', async () => {
    let failures = 3;
    world.broker.loginWorks = async () => {
      failures -= 1;
      if (failures >= 0) throw new Error('OPSP8996: the slot of the killed gateway is still taken');
    };
    await startGateway(world);
    const client = await connect(world);
    // The broker's own pauses are long; a client that asks joins or starts an attempt.
    await eventually(async () => {
      await client.login();
    });
    const status = await client.getStatus();
    expect(status).toMatchObject({ loggedIn: true, accountId: ACCOUNT, listeners: 1 });
    expect(status.slots).toEqual({ used: 1, total: 41 });
  });
});

describe('clients that behave badly', () => {
  it('nonsense is answered or counted and harms nobody', async () => {
    await startGateway(world);
    const raw = rawClient(world.address);
    const replies: string[] = [];
    raw.on('message', (data: Buffer) => replies.push(data.toString('utf8')));
    await new Promise((resolve) => raw.once('open', resolve));
    raw.send('not json');
    raw.send(Buffer.from([0xff, 0xfe, 0x00]));
    raw.send('{"id":7,"method":"format disk"}');
    raw.send('{"id":8,"method":"getQuote","params":{"symbol":5}}');
    await eventually(() => expect(replies).toHaveLength(2));
    expect(replies[0]).toContain('UNKNOWN_METHOD');
    expect(replies[1]).toContain('BAD_REQUEST');
    const closed = new Promise((resolve) => raw.once('close', resolve));
    raw.send('x'.repeat(300 * 1024));
    await closed;
    const client = await connect(world);
    expect(await client.getAccounts()).toEqual([{ accountId: ACCOUNT }]);
  });

  it('nothing is done for who has not said hello', async () => {
    await startGateway(world);
    world.orders.rows.set('o-1', orderOf('o-1'));
    const raw = rawClient(world.address);
    await new Promise((resolve) => raw.once('open', resolve));
    const reply = new Promise<string>((resolve) =>
      raw.once('message', (data: Buffer) => resolve(data.toString('utf8'))),
    );
    const closed = new Promise((resolve) => raw.once('close', resolve));
    raw.send('{"id":1,"method":"submit","params":{"orderId":"o-1","requestedAt":0}}');
    expect(await reply).toContain('UNAUTHORIZED');
    await closed;
    expect(world.broker.sent).toEqual([]);
  });

  it('a caller that gives up ends its read at the broker', async () => {
    await startGateway(world);
    const client = await connect(world);
    const ended = Promise.withResolvers<void>();
    world.broker.read = (options) =>
      new Promise((_resolve, reject) =>
        options?.signal?.addEventListener('abort', () => {
          ended.resolve();
          reject(new Error('ended'));
        }),
      );
    const giveUp = new AbortController();
    const read = client.getCash(ACCOUNT, { signal: giveUp.signal });
    await client.getStatus();
    giveUp.abort(new Error('enough'));
    await expect(read).rejects.toThrow('enough');
    await ended.promise;
  });
});

describe('TCP', () => {
  const token = 'a-token-of-sixteen-or-more';

  it('takes clients with the token and refuses all others', async () => {
    world = makeWorld('ws://127.0.0.1:0');
    const { address } = await startGateway(world, { token });
    expect(address).toMatch(/^ws:\/\/127\.0\.0\.1:\d+$/);
    const client = await connect(world, { address, token });
    expect(await client.getAccounts()).toEqual([{ accountId: ACCOUNT }]);
    for (const wrong of [undefined, 'another-token-of-the-kind']) {
      const refused = connect(world, { address, ...(wrong ? { token: wrong } : {}) });
      await expect(refused).rejects.toMatchObject({ code: 'AUTHENTICATION', retryable: false });
    }
  });

  const canMakeCertificates = spawnSync('openssl', ['version']).status === 0;
  const itWithOpenssl = canMakeCertificates ? it : it.skip;
  // oxlint-disable jest/no-standalone-expect -- itWithOpenssl is `it`
  itWithOpenssl('speaks TLS with a certificate of its own', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-tls-'));
    const [keyFile, certificateFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const files = ['-keyout', keyFile, '-out', certificateFile];
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    spawnSync('openssl', ['req', ...kind, ...files, ...subject, '-days', '36500']);
    const certificate = readFileSync(certificateFile, 'utf8');
    const tls = { certificate, key: readFileSync(keyFile, 'utf8') };
    world = makeWorld('wss://localhost:0');
    const { address } = await startGateway(world, { token, tls });
    expect(address).toMatch(/^wss:/);
    const client = await connect(world, { address, token, ca: certificate });
    expect(await client.getAccounts()).toEqual([{ accountId: ACCOUNT }]);
    const stranger = connect(world, {
      address,
      ca: certificate,
      token: 'another-token-of-the-kind',
    });
    await expect(stranger).rejects.toMatchObject({ code: 'AUTHENTICATION', retryable: false });
    // Somebody with another certificate is not told the token.
    const doubtful = new WebSocket(address);
    const [error] = await once(doubtful, 'error');
    expect(error).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    const port = address.slice(address.lastIndexOf(':'));
    const plain = new WebSocket(`ws://localhost${port}`);
    await new Promise((resolve) => plain.once('error', resolve));
  });
  // oxlint-enable jest/no-standalone-expect

  it('is not opened without a token', async () => {
    world = makeWorld('ws://127.0.0.1:0');
    await expect(startGateway(world)).rejects.toThrow('needs a token');
  });
});
