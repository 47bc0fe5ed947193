import { createServer, type Server } from 'node:http';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type WebSocket, WebSocketServer } from 'ws';
import { price, quantity } from '@fleet/domain';
import {
  encodeError,
  encodePush,
  encodePushBody,
  encodeResult,
  parseRequest,
  type Push,
  type PushBody,
  type Request,
  type WireErrorCode,
} from '@fleet/gateway-contract';
import type { Clock, FeedStatus, OrderTicket, Tick } from '@fleet/service-layer';
import { eventually, FakeClock } from '@fleet/testkit';
import { connectGateway, GatewayClient } from './gateway-client.ts';

const realClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) => wait(ms, undefined, signal ? { signal } : {}),
};

const log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** The other side of the socket, by script. Answers hello; the rest is the test's. */
class ScriptedGateway {
  readonly requests: Request[] = [];
  readonly aborted: number[] = [];
  onRequest: (request: Request, answer: (text: string) => void) => void = () => undefined;
  hello: WireErrorCode | 'welcome' = 'welcome';
  /** Its wall clock, which need not agree with the client's. */
  now: () => number = () => Date.now();
  #http: Server | undefined;
  #sockets = new Set<WebSocket>();
  #seq = 0;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async start(): Promise<void> {
    const http = createServer();
    const server = new WebSocketServer({ server: http });
    server.on('connection', (socket) => {
      this.#seq = 0;
      this.#sockets.add(socket);
      socket.on('message', (data: Buffer) => this.#receive(socket, data.toString('utf8')));
    });
    this.#http = http;
    await new Promise<void>((resolve) => http.listen(this.#path, resolve));
  }

  /** As kill -9 does: no close frame, no more answers. */
  async kill(): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    this.#sockets.clear();
    const http = this.#http;
    this.#http = undefined;
    if (http) await new Promise<void>((resolve) => http.close(() => resolve()));
  }

  push(body: PushBody, stamp: Partial<Pick<Push, 'seq' | 'sentAt'>> = {}): void {
    this.#seq = stamp.seq ?? this.#seq + 1;
    const text = encodePush(encodePushBody(body), {
      seq: this.#seq,
      sentAt: stamp.sentAt ?? this.now(),
    });
    for (const socket of this.#sockets) socket.send(text);
  }

  sendRaw(data: string | Buffer): void {
    for (const socket of this.#sockets) socket.send(data);
  }

  #receive(socket: WebSocket, text: string): void {
    const parsed = parseRequest(text);
    if (parsed.kind === 'abort') this.aborted.push(parsed.id);
    if (parsed.kind !== 'request') return;
    const { request } = parsed;
    if (request.method !== 'hello') {
      this.requests.push(request);
      this.onRequest(request, (reply) => socket.send(reply));
      return;
    }
    const result = { protocol: 1, pid: 1, accountId: 'a' };
    const error =
      this.hello === 'welcome' ? undefined : { code: this.hello, message: 'no', retryable: false };
    socket.send(error ? encodeError(request.id, error) : encodeResult(request.id, 'hello', result));
  }
}

function tickPush(dayVolume: number): PushBody {
  const tick: Tick = {
    symbol: '000020',
    at: 0,
    price: price(1_000),
    volume: quantity(1),
    dayVolume: quantity(dayVolume),
    bid: undefined,
    ask: undefined,
    bidSize: quantity(0),
    askSize: quantity(0),
    halted: false,
  };
  return { type: 'tick', tick };
}

const ticket: OrderTicket = {
  orderId: 'o-1',
  request: 'PLACE',
  symbol: '005930',
  side: 'SELL',
  type: 'LIMIT',
  venue: 'KRX',
  quantity: quantity(3),
  limitPrice: price(70_000),
  original: undefined,
};

let address: string;
let gateway: ScriptedGateway;
let clients: GatewayClient[];

beforeEach(async () => {
  address = join(mkdtempSync(join(tmpdir(), 'client-')), 'gateway.sock');
  gateway = new ScriptedGateway(address);
  clients = [];
  await gateway.start();
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await gateway.kill();
});

async function connect(clock: Clock = realClock): Promise<GatewayClient> {
  const options = { address, processName: 't', role: 'worker', clock, log } as const;
  const client = await connectGateway(options);
  clients.push(client);
  return client;
}

function listen(client: GatewayClient, symbols: readonly string[]) {
  const statuses: [string, FeedStatus][] = [];
  const volumes: number[] = [];
  const done = client.subscribeQuotes(symbols, {
    onTick: (tick) => volumes.push(tick.dayVolume),
    onFeedStatus: (symbol, status) => statuses.push([symbol, status]),
  });
  return { statuses, volumes, done };
}

const answerAll: ScriptedGateway['onRequest'] = (request, answer) => {
  if (request.method === 'subscribeQuotes' || request.method === 'unsubscribe') {
    answer(encodeResult(request.id, request.method, null));
  }
};

describe('an order through the client', () => {
  it('carries its id and the instant of asking, and no terms', async () => {
    const client = await connect();
    gateway.onRequest = ({ id }, answer) =>
      answer(encodeResult(id, 'submit', { kind: 'rejected', code: 'APBK0952', message: 'no' }));
    const before = Date.now();
    expect(await client.cancelOrder(ticket)).toMatchObject({ kind: 'rejected' });
    const [request] = gateway.requests;
    if (request?.method !== 'submit') throw new Error('no submit');
    expect(Object.keys(request.params).toSorted()).toEqual(['orderId', 'requestedAt']);
    expect(request.params.requestedAt).toBeGreaterThanOrEqual(before);
  });

  it('is unknown when the gateway is killed in the middle of it, and is not sent again', async () => {
    const client = await connect();
    gateway.onRequest = () => void gateway.kill().then(() => gateway.start());
    expect(await client.placeOrder(ticket)).toMatchObject({ kind: 'unknown' });
    await client.whenConnected(5_000);
    expect(gateway.requests).toHaveLength(1);
  });

  it('is not sent when there is no gateway', async () => {
    const client = await connect();
    await gateway.kill();
    await eventually(() => !client.isConnected);
    expect(await client.placeOrder(ticket)).toMatchObject({ kind: 'notSent' });
    expect(gateway.requests).toEqual([]);
  });

  it.each([
    ['SHUTTING_DOWN', 'notSent'],
    ['BAD_REQUEST', 'notSent'],
    ['TOO_MANY_REQUESTS', 'notSent'],
    ['INTERNAL', 'unknown'],
    ['TIMEOUT', 'unknown'],
  ] as const)('refused as %s it is %s', async (code, kind) => {
    const client = await connect();
    gateway.onRequest = ({ id }, answer) =>
      answer(encodeError(id, { code, message: 'm', retryable: false }));
    expect(await client.placeOrder(ticket)).toMatchObject({ kind });
  });

  it('is unknown when the answer makes no sense or nobody waits for it', async () => {
    const client = await connect();
    gateway.onRequest = ({ id }, answer) => answer(JSON.stringify({ id, ok: true, result: 5 }));
    expect(await client.placeOrder(ticket)).toMatchObject({ kind: 'unknown' });
    gateway.onRequest = () => undefined;
    const giveUp = new AbortController();
    const abandoned = client.placeOrder(ticket, { signal: giveUp.signal });
    giveUp.abort();
    expect(await abandoned).toMatchObject({ kind: 'unknown' });
    expect(await client.placeOrder(ticket, { signal: giveUp.signal })).toMatchObject({
      kind: 'notSent',
    });
  });
});

describe('a read through the client', () => {
  it('fails as retryable when the gateway is lost, and works again after it came back', async () => {
    const client = await connect();
    gateway.onRequest = () => void gateway.kill();
    await expect(client.getStatus()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
    });
    gateway.onRequest = ({ id }, answer) => answer(encodeResult(id, 'getTurnoverRank', []));
    await gateway.start();
    expect(await client.getTurnoverRank()).toEqual([]);
  });

  it('tells the gateway when its caller gives up', async () => {
    const client = await connect();
    const giveUp = new AbortController();
    const read = client.getQuote('005930', { signal: giveUp.signal, lane: 'exit' });
    await eventually(() => expect(gateway.requests).toMatchObject([{ lane: 'exit' }]));
    giveUp.abort(new Error('enough'));
    await expect(read).rejects.toThrow('enough');
    await eventually(() => expect(gateway.aborted).toEqual([gateway.requests[0]?.id]));
  });

  it('times out', async () => {
    const clock = new FakeClock();
    const client = await connect(clock);
    const failure = client.getQuote('005930').catch((error: unknown) => error);
    await eventually(() => expect(gateway.requests).toHaveLength(1));
    // It is alive all the time; only this answer does not come.
    for (let second = 0; second < 31; second += 1) {
      const heard = client.counts.badFrames;
      gateway.sendRaw('noise');
      await eventually(() => client.counts.badFrames > heard);
      await clock.advance(1_000);
    }
    expect(await failure).toMatchObject({ code: 'TIMEOUT', retryable: true });
    expect(gateway.aborted).toHaveLength(1);
  });
});

describe('quotes through the client', () => {
  it('are subscribed again after the gateway came back', async () => {
    gateway.onRequest = answerAll;
    const client = await connect();
    const { statuses, volumes, done } = listen(client, ['000020', '000030']);
    await done;
    await client.unsubscribe(['000030']);
    gateway.push({ type: 'feedStatus', symbol: '000020', status: 'live' });
    await eventually(() => expect(statuses).toEqual([['000020', 'live']]));
    await gateway.kill();
    await eventually(() => expect(statuses.at(-1)).toEqual(['000020', 'stale']));
    gateway.requests.length = 0;
    await gateway.start();
    await eventually(() =>
      expect(gateway.requests).toMatchObject([
        { method: 'subscribeQuotes', params: { symbols: ['000020'] } },
      ]),
    );
    expect(volumes).toEqual([]);
  });

  it('asked for again are told in their new order', async () => {
    gateway.onRequest = answerAll;
    const client = await connect();
    await listen(client, ['000020', '000030', '000040']).done;
    await listen(client, ['000040', '000050', '000020']).done;
    expect(gateway.requests.map(({ params }) => params)).toEqual([
      { symbols: ['000020', '000030', '000040'] },
      { symbols: ['000040', '000050', '000020'] },
    ]);
  });

  it('are stale when the gateway falls silent, and quiet is not silent', async () => {
    gateway.onRequest = answerAll;
    const clock = new FakeClock();
    gateway.now = () => clock.now() - 3_600_000;
    const client = await connect(clock);
    const { statuses, done } = listen(client, ['000020']);
    await done;
    gateway.push({ type: 'feedStatus', symbol: '000020', status: 'live' });
    await eventually(() => expect(statuses).toHaveLength(1));
    for (let second = 0; second < 10; second += 1) {
      const missed = client.counts.missedPushes;
      // A skipped number shows that the push has been read.
      gateway.push({ type: 'alive' }, { seq: 10 * (second + 1) });
      await eventually(() => client.counts.missedPushes > missed);
      await clock.advance(1_000);
    }
    expect(statuses).toHaveLength(1);
    await clock.advance(3_100);
    expect(statuses.at(-1)).toEqual(['000020', 'stale']);
    expect(client.isConnected).toBe(true);
    // Heard again, the symbol is what the gateway last said it is.
    const missed = client.counts.missedPushes;
    gateway.push({ type: 'alive' }, { seq: 200 });
    await eventually(() => client.counts.missedPushes > missed);
    await clock.advance(1_000);
    expect(statuses.at(-1)).toEqual(['000020', 'live']);
    await clock.advance(11_000);
    await eventually(() => !client.isConnected);
  });

  it('that were sent long ago are no news: stale until the newest is heard', async () => {
    gateway.onRequest = answerAll;
    let stoppedMs = 0;
    gateway.now = () => realClock.now() + 3_600_000 + stoppedMs;
    const client = await connect({
      ...realClock,
      monotonicMs: () => realClock.monotonicMs() + stoppedMs,
    });
    const { statuses, volumes, done } = listen(client, ['000020']);
    await done;
    gateway.push({ type: 'feedStatus', symbol: '000020', status: 'live' });
    gateway.push(tickPush(1));
    await eventually(() => expect(volumes).toEqual([1]));
    // This process is stopped for a minute; what was sent meanwhile lies in the buffers.
    const sentAt = gateway.now();
    stoppedMs = 60_000;
    for (const [index, volume] of [2, 3, 4].entries()) {
      gateway.push(tickPush(volume), { sentAt: sentAt + index * 1_000 });
    }
    await eventually(() => expect(statuses.at(-1)).toEqual(['000020', 'stale']));
    gateway.push(tickPush(5));
    await eventually(() => expect(volumes).toEqual([1, 5]));
    expect(statuses.map(([, status]) => status)).toEqual(['live', 'stale', 'live']);
  });

  it('a listener that throws does not hurt the others', async () => {
    gateway.onRequest = answerAll;
    const client = await connect();
    await client.subscribeQuotes(['000020'], {
      onTick: () => undefined,
      onFeedStatus: () => {
        throw new Error('mine');
      },
    });
    const { statuses, done } = listen(client, ['000020']);
    await done;
    gateway.push({ type: 'feedStatus', symbol: '000020', status: 'polled' });
    await eventually(() => expect(statuses).toEqual([['000020', 'polled']]));
  });
});

describe('a gateway that is not what it should be', () => {
  it.each([
    ['UNAUTHORIZED', 'AUTHENTICATION'],
    ['WRONG_PROTOCOL', 'UNSUPPORTED'],
  ] as const)('a hello refused as %s ends the connecting', async (hello, code) => {
    gateway.hello = hello;
    await expect(connect()).rejects.toMatchObject({ code, retryable: false });
  });

  it('frames that make no sense are counted', async () => {
    const client = await connect();
    for (const frame of ['{', '[]', '{"seq":1}', Buffer.from([0, 1, 2]), '{"id":"x","ok":true}']) {
      gateway.sendRaw(frame);
    }
    await eventually(() => expect(client.counts.badFrames).toBe(5));
    expect(client.isConnected).toBe(true);
  });

  it('a gateway that is not there yet is waited for', async () => {
    await gateway.kill();
    const client = new GatewayClient({
      address,
      processName: 't',
      role: 'worker',
      clock: realClock,
      log,
    });
    clients.push(client);
    await expect(client.whenConnected(100)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await gateway.start();
    await client.whenConnected(5_000);
    expect(client.isConnected).toBe(true);
  });
});
