import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { encodeRequest, parseReply, PROTOCOL_VERSION, type Push } from '@fleet/gateway-contract';
import { quantity } from '@fleet/domain';
import type { Tick } from '@fleet/service-layer';
import { eventually as within } from '@fleet/testkit';
import { connect, endWorld, makeWorld, startGateway, type World } from './start-gateway.ts';

const SYMBOLS = ['000020', '000030', '000040'];
/** Far more than a socket and its kernel buffers hold. */
const ROUNDS = 2_000;
const NOTICES = 12_000;

/** Thousands of frames on a busy machine. */
const eventually = <T>(check: () => T | Promise<T>) => within(check, { timeoutMs: 20_000 });

let world: World;
beforeEach(() => {
  world = makeWorld();
});
afterEach(() => endWorld(world));

/** A client that can stop reading; its system then stops taking bytes. */
async function rawListener(address: string) {
  const socket = new WebSocket(`ws+unix://${address}:/`);
  const pushes: Push[] = [];
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => undefined);
  socket.on('message', (data: Buffer) => {
    const reply = parseReply(data.toString('utf8'));
    if (reply.kind === 'push') pushes.push(reply.push);
  });
  await new Promise((resolve) => socket.once('open', resolve));
  const hello = { protocol: PROTOCOL_VERSION, role: 'worker', processName: 'slow' } as const;
  socket.send(encodeRequest({ id: 1, method: 'hello', params: hello }));
  socket.send(encodeRequest({ id: 2, method: 'subscribeQuotes', params: { symbols: SYMBOLS } }));
  return { socket, pushes, closed };
}

async function publish(rounds: number): Promise<void> {
  for (let round = 1; round <= rounds; round += 1) {
    for (const symbol of SYMBOLS) world.marketData.tick(symbol, round);
    // The gateway does other things between two ticks.
    if (round % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a listener that does not read', () => {
  it('holds up nobody, costs bounded memory, and gets the newest of each symbol when it reads again', async () => {
    await startGateway(world);
    const slow = await rawListener(world.address);
    const quick = await connect(world);
    const heard: Tick[] = [];
    await quick.subscribeQuotes(SYMBOLS, {
      onTick: (tick) => heard.push(tick),
      onFeedStatus: () => undefined,
    });
    await eventually(() => expect(world.marketData.registered.size).toBe(SYMBOLS.length));
    await eventually(() => expect(slow.pushes.length).toBeGreaterThanOrEqual(SYMBOLS.length));
    slow.socket.pause();
    await publish(ROUNDS);
    await eventually(() => expect(heard.at(-1)?.dayVolume).toBe(ROUNDS));
    slow.socket.resume();
    const ticks = () => slow.pushes.flatMap((push) => (push.type === 'tick' ? [push.tick] : []));
    const leftOut = () =>
      slow.pushes.reduce((sum, push) => sum + (push.type === 'gap' ? push.droppedTicks : 0), 0);
    // Every tick is either sent or told of as left out.
    await eventually(() => expect(ticks().length + leftOut()).toBe(SYMBOLS.length * ROUNDS));
    expect(leftOut()).toBeGreaterThan(ROUNDS);
    for (const symbol of SYMBOLS) {
      expect(ticks().findLast((tick) => tick.symbol === symbol)?.dayVolume).toBe(ROUNDS);
    }
    // What waited for it: the gateway's bound, and what the system's own buffers hold.
    expect(JSON.stringify(ticks()).length).toBeLessThan(2 * 1024 * 1024);
    expect(slow.pushes.map(({ seq }) => seq)).toEqual(slow.pushes.map((_, index) => index + 1));
  });

  it('is cut off rather than left without a notice, and others miss none', async () => {
    await startGateway(world);
    const slow = await rawListener(world.address);
    const quick = await connect(world);
    const numbers: string[] = [];
    await quick.subscribeOrderEvents(({ orderNumber }) => numbers.push(orderNumber));
    await quick.getStatus();
    slow.socket.pause();
    for (let order = 1; order <= NOTICES; order += 1) {
      world.broker.notify({
        kind: 'FILL',
        orderNumber: String(order),
        originalNumber: undefined,
        symbol: '000020',
        side: 'BUY',
        quantity: quantity(1),
      });
      if (order % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await eventually(() => expect(numbers).toHaveLength(NOTICES));
    expect(numbers.at(-1)).toBe(String(NOTICES));
    await eventually(async () => expect((await quick.getStatus()).listeners).toBe(1));
    slow.socket.resume();
    await slow.closed;
    const heard = slow.pushes.flatMap((push) =>
      push.type === 'notice' ? [push.notice.orderNumber] : [],
    );
    // What it did get has no hole.
    expect(heard).toEqual(heard.map((_, index) => String(index + 1)));
    expect(heard.length).toBeLessThan(NOTICES);
  });
});
