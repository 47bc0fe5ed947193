import { BrokerError, type Clock } from '@fleet/service-layer';
import { type RawData, WebSocket } from 'ws';
import { type ControlMessage, parseControlMessage } from './control-message.ts';

export type FeedAnswer = ControlMessage & { readonly kind: 'answer' };

/** Socket matters are real time: 60 s without even a PINGPONG (11–14 s apart) is a dead line. */
const SILENCE_MAX_MS = 60_000;
const OPEN_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 5_000;
const CLOSE_TIMEOUT_MS = 2_000;
const PAYLOAD_MAX = 1 << 20;
/** A control frame carries 125 bytes at most. */
const PONG_MAX = 125;

export interface SessionListener {
  /** Not a control message: a data frame. */
  onData(text: string): void;
  /** Every acknowledgement, also late ones. */
  onAnswer(answer: FeedAnswer): void;
  /** A heartbeat; it has been answered. */
  onPing?(): void;
}

interface Question {
  readonly trId: string;
  readonly trKey: string;
  readonly resolve: (answer: FeedAnswer | undefined) => void;
}

/** One WebSocket to KIS, from open to its end. */
export class FeedSession {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #listener: SessionListener;
  readonly #ended = Promise.withResolvers<string>();
  readonly #over = new AbortController();
  #question: Question | undefined;
  #lastFrameAt: number;

  private constructor(socket: WebSocket, clock: Clock, listener: SessionListener) {
    this.#socket = socket;
    this.#clock = clock;
    this.#listener = listener;
    this.#lastFrameAt = clock.monotonicMs();
  }

  /** @throws BrokerError UNAVAILABLE, or the signal's reason */
  static async open(
    url: string,
    clock: Clock,
    listener: SessionListener,
    signal: AbortSignal,
  ): Promise<FeedSession> {
    signal.throwIfAborted();
    const socket = new WebSocket(url, {
      // Names cut in the middle of a character have been received: a strict client would close.
      skipUTF8Validation: true,
      perMessageDeflate: false,
      handshakeTimeout: OPEN_TIMEOUT_MS,
      maxPayload: PAYLOAD_MAX,
    });
    const session = new FeedSession(socket, clock, listener);
    const opened = session.#listen();
    const onAbort = (): void => socket.terminate();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await opened;
      signal.throwIfAborted();
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
    void session.#watch();
    return session;
  }

  /** Resolves with the reason once the socket is gone. */
  get ended(): Promise<string> {
    return this.#ended.promise;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Sends a message and waits for its answer; one at a time, errors do not always say whose. */
  async ask(text: string, about: { trId: string; trKey: string }): Promise<FeedAnswer | undefined> {
    if (!this.isOpen) return undefined;
    const { promise, resolve } = Promise.withResolvers<FeedAnswer | undefined>();
    this.#question = { ...about, resolve };
    this.#socket.send(text);
    const giveUp = new AbortController();
    const timeout = this.#clock
      .sleep(ANSWER_TIMEOUT_MS, AbortSignal.any([giveUp.signal, this.#over.signal]))
      .catch(() => undefined)
      .then(() => resolve(undefined));
    const answer = await promise;
    giveUp.abort();
    await timeout;
    this.#question = undefined;
    return answer;
  }

  /** Closes in order, so that KIS frees the slot; by force when KIS does not answer. */
  async close(reason: string): Promise<void> {
    if (this.#socket.readyState !== WebSocket.CLOSED) {
      this.#socket.close(1000, reason);
      await this.#clock.sleep(CLOSE_TIMEOUT_MS, this.#over.signal).catch(() => undefined);
      this.#socket.terminate();
    }
    await this.#ended.promise;
  }

  #listen(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let reason = 'closed';
    this.#socket.on('open', resolve);
    this.#socket.on('message', (data) => this.#receive(textOf(data)));
    this.#socket.on('error', (error) => {
      reason = error.message;
    });
    this.#socket.on('close', (code) => {
      const text = `${reason} (${code})`;
      this.#over.abort();
      this.#ended.resolve(text);
      reject(new BrokerError('UNAVAILABLE', `feed: ${text}`));
    });
    return promise;
  }

  #receive(text: string): void {
    this.#lastFrameAt = this.#clock.monotonicMs();
    const control = text.startsWith('{') ? parseControlMessage(text) : undefined;
    if (control === undefined) this.#listener.onData(text);
    else if (control.kind === 'ping') this.#pong(text);
    else this.#answer(control);
    if (control?.kind === 'ping') this.#listener.onPing?.();
  }

  /** KIS counts a pong control frame with its own text as the answer. */
  #pong(text: string): void {
    if (this.isOpen) this.#socket.pong(Buffer.from(text).subarray(0, PONG_MAX));
  }

  #answer(answer: FeedAnswer): void {
    // First: the listener learns the key before whoever asked goes on.
    this.#listener.onAnswer(answer);
    const question = this.#question;
    if (question === undefined) return;
    const isOurs = answer.trId === question.trId && answer.trKey === question.trKey;
    if (isOurs || answer.trId === '') question.resolve(answer);
  }

  async #watch(): Promise<void> {
    while (!this.#over.signal.aborted) {
      await this.#clock.sleep(SILENCE_MAX_MS / 4, this.#over.signal).catch(() => undefined);
      const silence = this.#clock.monotonicMs() - this.#lastFrameAt;
      if (silence > SILENCE_MAX_MS) this.#socket.terminate();
    }
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return data instanceof ArrayBuffer ? Buffer.from(data).toString('utf8') : data.toString('utf8');
}
