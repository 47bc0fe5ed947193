import { describe, expect, it } from '@jest/globals';
import { encodePushBody, parseReply, type Push } from '@fleet/gateway-contract';
import { FakeClock } from '@fleet/testkit';
import { price, quantity } from '@fleet/domain';
import { Outgoing, type OutgoingSocket } from './outgoing.ts';

/** A socket whose peer reads only when told to. */
class SlowSocket implements OutgoingSocket {
  readonly read: Push[] = [];
  terminated = false;
  #waiting: { text: string; sent: () => void }[] = [];

  get bufferedAmount(): number {
    return this.#waiting.reduce((sum, { text }) => sum + text.length, 0);
  }

  send(text: string, sent: () => void): void {
    this.#waiting.push({ text, sent });
  }

  terminate(): void {
    this.terminated = true;
  }

  readOne(): boolean {
    const next = this.#waiting.shift();
    if (!next) return false;
    const reply = parseReply(next.text);
    if (reply.kind === 'push') this.read.push(reply.push);
    next.sent();
    return true;
  }

  readAll(): void {
    while (this.readOne()) continue;
  }
}

function tick(symbol: string, won: number) {
  return encodePushBody({
    type: 'tick',
    tick: {
      symbol,
      at: 1,
      price: price(won),
      volume: quantity(1),
      dayVolume: quantity(won),
      bid: undefined,
      ask: undefined,
      bidSize: quantity(0),
      askSize: quantity(0),
      halted: false,
    },
  });
}

function change(orderId: string) {
  return encodePushBody({
    type: 'orderChanged',
    change: { orderId, symbol: '000020', workerId: 'w', status: 'FILLED' },
  });
}

function setup() {
  const socket = new SlowSocket();
  const reasons: string[] = [];
  const outgoing = new Outgoing(socket, new FakeClock(), (reason) => reasons.push(reason), {
    socketBytes: 1_000,
    reliableBytes: 10_000,
    replyBytes: 20_000,
  });
  return { socket, outgoing, reasons };
}

describe('a listener that reads slowly', () => {
  it('gets the newest quote per symbol, no hole in the numbers, and is told what was left out', () => {
    const { socket, outgoing } = setup();
    for (let won = 1; won <= 500; won += 1) {
      for (const symbol of ['000020', '000030']) {
        outgoing.pushNewest(`tick ${symbol}`, tick(symbol, won));
      }
    }
    expect(socket.bufferedAmount).toBeLessThan(2_000);
    socket.readAll();
    const { read } = socket;
    expect(read.map(({ seq }) => seq)).toEqual(read.map((_, index) => index + 1));
    for (const symbol of ['000020', '000030']) {
      const last = read.findLast((push) => push.type === 'tick' && push.tick.symbol === symbol);
      expect(last).toMatchObject({ tick: { dayVolume: 500 } });
    }
    const told = read.filter((push) => push.type === 'tick').length;
    expect(read.at(-1)).toMatchObject({ type: 'gap', droppedTicks: 1_000 - told });
  });

  it('never loses an order change, and gets them in their order before quotes', () => {
    const { socket, outgoing } = setup();
    for (let i = 1; i <= 30; i += 1) {
      outgoing.pushNewest('tick 000020', tick('000020', i));
      outgoing.pushReliably(change(`order-${i}`));
    }
    socket.readAll();
    const orders = socket.read.flatMap((push) =>
      push.type === 'orderChanged' ? [push.change.orderId] : [],
    );
    expect(orders).toEqual(Array.from({ length: 30 }, (_, index) => `order-${index + 1}`));
  });

  it('is cut off when its order changes exceed the bound', () => {
    const { socket, outgoing, reasons } = setup();
    for (let i = 0; i < 1_000; i += 1) outgoing.pushReliably(change(`order-${i}`));
    expect(socket.terminated).toBe(true);
    expect(reasons).toEqual(['too slow for its orders']);
    expect(socket.bufferedAmount).toBeLessThan(2_000);
  });

  it('is cut off when it does not read its replies', () => {
    const { socket, outgoing, reasons } = setup();
    for (let i = 0; i < 100; i += 1) outgoing.reply('x'.repeat(1_000));
    expect(reasons).toEqual(['replies are not read']);
    expect(socket.bufferedAmount).toBeLessThan(25_000);
  });
});
