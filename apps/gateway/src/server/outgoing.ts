import {
  ALIVE_INTERVAL_MS,
  encodePush,
  encodePushBody,
  type EncodedPushBody,
} from '@fleet/gateway-contract';
import type { Clock } from '@fleet/service-layer';

/** What is used of a socket; bytes that the kernel has not taken yet count as buffered. */
export interface OutgoingSocket {
  readonly bufferedAmount: number;
  send(text: string, sent: () => void): void;
  terminate(): void;
}

export interface OutgoingLimits {
  /** Pushes go straight to the socket while it has fewer unsent bytes. */
  readonly socketBytes: number;
  /** Order changes and notices that may wait; one more and the listener is cut off. */
  readonly reliableBytes: number;
  /** Replies that may wait unread; more and the client is cut off. */
  readonly replyBytes: number;
}

const OUTGOING_LIMITS: OutgoingLimits = {
  socketBytes: 128 * 1024,
  reliableBytes: 1024 * 1024,
  replyBytes: 64 * 1024 * 1024,
};

const ALIVE = encodePushBody({ type: 'alive' });

/**
 * What one listener still has to be told. A slow one gets the newest quote per symbol and is told
 * how many were left out; of order changes and notices none is ever left out: rather than that, the
 * listener is cut off and comes back to read the database.
 */
export class Outgoing {
  readonly #socket: OutgoingSocket;
  readonly #clock: Clock;
  readonly #limits: OutgoingLimits;
  readonly #onCutOff: (reason: string) => void;
  #reliable: EncodedPushBody[] = [];
  #reliableBytes = 0;
  /** Newest per key, in the order in which the keys fell behind. */
  readonly #newest = new Map<string, EncodedPushBody>();
  #droppedTicks = 0;
  #seq = 0;
  #lastSentAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(
    socket: OutgoingSocket,
    clock: Clock,
    onCutOff: (reason: string) => void,
    limits: OutgoingLimits = OUTGOING_LIMITS,
  ) {
    this.#socket = socket;
    this.#clock = clock;
    this.#onCutOff = onCutOff;
    this.#limits = limits;
  }

  reply(text: string): void {
    if (this.#closed) return;
    if (this.#socket.bufferedAmount > this.#limits.replyBytes) {
      this.#cutOff('replies are not read');
      return;
    }
    this.#socket.send(text, this.#drain);
  }

  /** `key`: a newer push of the same key may take the place of a waiting one. */
  pushNewest(key: string, body: EncodedPushBody): void {
    if (this.#closed) return;
    if (this.#isClear()) {
      this.#send(body);
      return;
    }
    if (this.#newest.has(key)) this.#droppedTicks += 1;
    this.#newest.set(key, body);
  }

  pushReliably(body: EncodedPushBody): void {
    if (this.#closed) return;
    if (this.#isClear()) {
      this.#send(body);
      return;
    }
    this.#reliable.push(body);
    this.#reliableBytes += body.length;
    if (this.#reliableBytes > this.#limits.reliableBytes) this.#cutOff('too slow for its orders');
  }

  /** Tells that we are here when nothing else has for a while. */
  pushAlive(): void {
    const quietMs = this.#clock.monotonicMs() - this.#lastSentAt;
    if (!this.#closed && quietMs >= ALIVE_INTERVAL_MS / 2 && this.#isClear()) this.#send(ALIVE);
  }

  close(): void {
    this.#closed = true;
    this.#reliable = [];
    this.#newest.clear();
  }

  #isClear(): boolean {
    return this.#reliable.length === 0 && this.#newest.size === 0 && this.#hasRoom();
  }

  #hasRoom(): boolean {
    return this.#socket.bufferedAmount < this.#limits.socketBytes;
  }

  readonly #drain = (): void => {
    if (this.#closed || (this.#reliable.length === 0 && this.#newest.size === 0)) return;
    let sent = 0;
    while (sent < this.#reliable.length && this.#hasRoom()) {
      const body = this.#reliable[sent];
      sent += 1;
      if (body === undefined) continue;
      this.#reliableBytes -= body.length;
      this.#send(body);
    }
    this.#reliable = this.#reliable.slice(sent);
    if (this.#reliable.length > 0) return;
    for (const [key, body] of this.#newest) {
      if (!this.#hasRoom()) return;
      this.#newest.delete(key);
      this.#send(body);
    }
    if (this.#droppedTicks > 0) {
      this.#send(encodePushBody({ type: 'gap', droppedTicks: this.#droppedTicks }));
      this.#droppedTicks = 0;
    }
  };

  #send(body: EncodedPushBody): void {
    this.#seq += 1;
    this.#lastSentAt = this.#clock.monotonicMs();
    this.#socket.send(encodePush(body, { seq: this.#seq, sentAt: this.#clock.now() }), this.#drain);
  }

  #cutOff(reason: string): void {
    this.close();
    this.#onCutOff(reason);
    this.#socket.terminate();
  }
}
