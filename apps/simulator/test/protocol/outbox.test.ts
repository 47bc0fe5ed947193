import { describe, expect, it } from '@jest/globals';
import { Outbox, QUOTES_PAUSE_BYTES, SESSION_END_BYTES } from '../../src/websocket/outbox.ts';

/** A socket whose client reads nothing: what was sent stays in its buffer. */
class StuckSocket {
  readonly OPEN = 1;
  readonly readyState = 1;
  bufferedAmount = 0;
  sent: string[] = [];
  send(data: string | Buffer): void {
    this.sent.push(String(data));
    this.bufferedAmount += data.length;
  }
}

function makeOutbox(): { outbox: Outbox; socket: StuckSocket; overflows: () => number } {
  const socket = new StuckSocket();
  let count = 0;
  const outbox = new Outbox({
    socket,
    change: (frame) => frame,
    onOverflow: () => {
      count += 1;
    },
  });
  return { outbox, socket, overflows: () => count };
}

describe('a client that reads nothing', () => {
  it('stops getting quotes at the bound, but keeps getting notices', () => {
    const { outbox, socket } = makeOutbox();
    socket.bufferedAmount = QUOTES_PAUSE_BYTES + 1;
    outbox.quote('H0STCNT0', '005930', 'quote');
    outbox.encrypted('H0STCNI0', 'notice');
    outbox.flush();
    expect(socket.sent).toEqual(['1|H0STCNI0|001|notice']);
    expect(outbox.droppedRecords).toBe(1);
  });

  it('is dropped, once, when even notices pile up', () => {
    const { outbox, socket, overflows } = makeOutbox();
    socket.bufferedAmount = SESSION_END_BYTES + 1;
    outbox.encrypted('H0STCNI0', 'notice');
    outbox.encrypted('H0STCNI0', 'notice');
    outbox.flush();
    expect([socket.sent, overflows()]).toEqual([[], 1]);
  });

  it('never holds more than the bound in quotes', () => {
    const { outbox, socket } = makeOutbox();
    for (let index = 0; index < 20_000; index += 1) {
      outbox.quote('H0STASP0', undefined, 'x'.repeat(300));
      outbox.flush();
    }
    expect(socket.bufferedAmount).toBeLessThan(QUOTES_PAUSE_BYTES + 400);
    expect(outbox.droppedRecords).toBeGreaterThan(10_000);
  });
});
