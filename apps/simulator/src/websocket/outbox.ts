import type { WebSocket } from 'ws';

// Real frames carried up to 20 records.
const RECORDS_MAX = 20;
// A client that lets this much pile up loses quotes, then the session: memory stays bounded.
export const QUOTES_PAUSE_BYTES = 1024 * 1024;
export const SESSION_END_BYTES = 8 * 1024 * 1024;

/** Turns the frame's text into what goes over the wire; undefined: nothing goes. */
export type FrameChange = (frame: string) => string | Buffer | undefined;

interface PendingFrame {
  readonly trId: string;
  /** Records of one group share a frame; undefined: a frame of its own. */
  readonly group: string | undefined;
  readonly flag: '0' | '1';
  readonly records: string[];
}

export interface OutboxParts {
  readonly socket: Pick<WebSocket, 'bufferedAmount' | 'readyState' | 'OPEN'> & {
    send(data: string | Buffer, options: { readonly binary: boolean }): void;
  };
  readonly change: FrameChange;
  /** Called once when the client is too slow to be kept. */
  readonly onOverflow: () => void;
}

/** Frames on their way to one client. Trades of one symbol at one moment share a frame. */
export class Outbox {
  readonly #parts: OutboxParts;
  #pending: PendingFrame[] = [];
  #isScheduled = false;
  #isOver = false;
  /** Quote records that a slow client did not get. */
  droppedRecords = 0;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** A quote: dropped while the client is behind. */
  quote(trId: string, group: string | undefined, record: string): void {
    if (this.#parts.socket.bufferedAmount > QUOTES_PAUSE_BYTES) {
      this.droppedRecords += 1;
      return;
    }
    const last = this.#pending.at(-1);
    const isSame = last?.trId === trId && last.group === group && group !== undefined;
    if (isSame && last.records.length < RECORDS_MAX) last.records.push(record);
    else this.#push({ trId, group, flag: '0', records: [record] });
  }

  /** An encrypted record: never dropped while the session lives. */
  encrypted(trId: string, payload: string): void {
    this.#push({ trId, group: undefined, flag: '1', records: [payload] });
  }

  /** Everything that waits leaves now, before what is sent directly. */
  flush(): void {
    const frames = this.#pending;
    this.#pending = [];
    this.#isScheduled = false;
    for (const frame of frames) this.#send(frame);
  }

  #push(frame: PendingFrame): void {
    this.#pending.push(frame);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.flush());
  }

  #send(frame: PendingFrame): void {
    const { socket, change, onOverflow } = this.#parts;
    if (this.#isOver || socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > SESSION_END_BYTES) {
      this.#isOver = true;
      onOverflow();
      return;
    }
    const count = String(frame.records.length).padStart(3, '0');
    const text = `${frame.flag}|${frame.trId}|${count}|${frame.records.join('^')}`;
    const changed = change(text);
    if (changed !== undefined) socket.send(changed, { binary: false });
  }
}
