import { randomInt } from 'node:crypto';
import { WebSocket, type RawData } from 'ws';
import type { BrokerError, CallLane, Clock, Log } from '@fleet/service-layer';
import {
  type ClientRole,
  encodeAbort,
  encodeRequest,
  type GatewayEndpoint,
  type MethodName,
  type MethodParams,
  parseReply,
  PROTOCOL_VERSION,
  type Push,
} from '@fleet/gateway-contract';
import { toBrokerError, unavailable } from './gateway-error.ts';
import { LatenessGauge } from './lateness-gauge.ts';
import { type ClientTls, openSocket } from './open-socket.ts';
import { PendingRequests } from './pending-requests.ts';
import type { RequestEnd } from './request-end.ts';

export interface ConnectionSettings {
  readonly endpoint: GatewayEndpoint;
  readonly token: string | undefined;
  readonly tls: ClientTls | undefined;
  readonly processName: string;
  readonly role: ClientRole;
  readonly clock: Clock;
  readonly log: Log;
}

export interface ConnectionListener {
  onUp(): void;
  onDown(): void;
  onPush(push: Push): void;
  /**
   * True: nothing has been heard for longer than the gateway ever stays silent, or what is heard is
   * that old. False: it is heard again. Told before the push that changed it.
   */
  onSilence(silent: boolean): void;
}

export interface RequestOptions {
  readonly lane?: CallLane | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs: number;
}

/** Pause before the next attempt, real ms: short, since the gateway comes back within seconds. */
const RETRY_MS_MIN = 40;
const RETRY_MS_MAX = 1_000;
/** A refused hello is not cured by asking again soon. */
const REFUSED_RETRY_MS = 5_000;
const HELLO_MS = 5_000;
const WATCH_MS = 1_000;
const SILENT_AFTER_MS = 3_000;
const DEAD_AFTER_MS = 10_000;
const CLOSE_MS = 1_000;
const PENDING_MAX = 5_000;
const OUTGOING_BYTES_MAX = 4 * 1024 * 1024;

/**
 * One connection to the gateway that comes back by itself until `close`. It repeats no request:
 * what was under way when the connection ended is told so.
 */
export class GatewayConnection {
  readonly #settings: ConnectionSettings;
  readonly #listener: ConnectionListener;
  readonly #pending = new PendingRequests();
  readonly #closing = new AbortController();
  readonly #changes = new EventTarget();
  #socket: WebSocket | undefined;
  #up = false;
  #refusal: BrokerError | undefined;
  #lastHeardAt = 0;
  #lastSeq = 0;
  #badFrames = 0;
  #missedPushes = 0;
  #lateness = new LatenessGauge();
  /** Nothing is heard; what is heard was sent long ago. */
  #mute = false;
  #late = false;
  #toldSilent = false;

  constructor(settings: ConnectionSettings, listener: ConnectionListener) {
    this.#settings = settings;
    this.#listener = listener;
    void this.#keepConnected();
    void this.#watch();
  }

  get isUp(): boolean {
    return this.#up;
  }

  /** For status lines: frames that made no sense, and pushes whose number was skipped. */
  get counts(): { readonly badFrames: number; readonly missedPushes: number } {
    return { badFrames: this.#badFrames, missedPushes: this.#missedPushes };
  }

  /** @throws BrokerError UNAVAILABLE after `ms`, or why the gateway refuses us; the signal's reason */
  async whenUp(ms: number, signal?: AbortSignal): Promise<void> {
    const { clock } = this.#settings;
    const giveUpAt = clock.monotonicMs() + ms;
    while (!this.#up) {
      signal?.throwIfAborted();
      if (this.#closing.signal.aborted) throw unavailable('this gateway client is closed');
      if (this.#refusal) throw this.#refusal;
      const left = giveUpAt - clock.monotonicMs();
      if (left <= 0) throw unavailable('the gateway is not there');
      await this.#nextChange(left, signal);
    }
  }

  /** Never throws; tells how the request ended. */
  async request<M extends MethodName>(
    method: M,
    params: MethodParams<M>,
    options: RequestOptions,
  ): Promise<RequestEnd<M>> {
    const socket = this.#socket;
    const canWrite =
      this.#up &&
      socket?.readyState === WebSocket.OPEN &&
      this.#pending.size < PENDING_MAX &&
      socket.bufferedAmount <= OUTGOING_BYTES_MAX;
    return canWrite ? await this.#write(socket, method, params, options) : { kind: 'notWritten' };
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#changes.dispatchEvent(new Event('change'));
    const socket = this.#socket;
    if (!socket || socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.close(1000);
    const done = new AbortController();
    const patience = this.#settings.clock.sleep(CLOSE_MS, done.signal).catch(() => undefined);
    await Promise.race([closed, patience]).finally(() => done.abort());
    socket.terminate();
  }

  #write<M extends MethodName>(
    socket: WebSocket,
    method: M,
    params: MethodParams<M>,
    options: RequestOptions,
  ): Promise<RequestEnd<M>> {
    const { lane, signal, timeoutMs } = options;
    const { id, end } = this.#pending.add(method);
    const done = new AbortController();
    const giveUp = (how: { kind: 'timedOut' } | { kind: 'aborted'; reason: unknown }): void => {
      if (!this.#pending.fail(id, how) || socket.readyState !== WebSocket.OPEN) return;
      socket.send(encodeAbort(id));
    };
    const onAbort = (): void => giveUp({ kind: 'aborted', reason: signal?.reason });
    socket.send(encodeRequest({ id, method, params, lane, timeoutMs }));
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#settings.clock.sleep(timeoutMs, done.signal).then(
      () => giveUp({ kind: 'timedOut' }),
      () => undefined,
    );
    return end.finally(() => {
      done.abort();
      signal?.removeEventListener('abort', onAbort);
    });
  }

  async #keepConnected(): Promise<void> {
    const { clock, log, processName } = this.#settings;
    let failures = 0;
    while (!this.#closing.signal.aborted) {
      const ended = await this.#oneConnection();
      if (this.#closing.signal.aborted) return;
      failures = ended === 'wasUp' ? 0 : failures + 1;
      if (failures === 1 || ended === 'refused') {
        log.warn('GatewayNotReached', { processName, refused: this.#refusal?.message });
      }
      const growing = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** Math.min(failures, 10));
      const pause = ended === 'refused' ? REFUSED_RETRY_MS : growing;
      const jittered = randomInt(Math.ceil(pause / 2), Math.ceil(pause * 1.5));
      await clock.sleep(jittered, this.#closing.signal).catch(() => undefined);
    }
  }

  /** From the first packet to the last. Never throws. */
  async #oneConnection(): Promise<'wasUp' | 'failed' | 'refused'> {
    const socket = openSocket(this.#settings.endpoint, this.#settings.tls);
    this.#socket = socket;
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    // `close` always follows; without a listener an error would end the process.
    socket.on('error', (error) => this.#settings.log.debug('GatewaySocketError', { error }));
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    const opened = new Promise<void>((resolve) => socket.once('open', () => resolve()));
    await Promise.race([opened, closed]);
    this.#heard();
    const greeted = socket.readyState === WebSocket.OPEN ? await this.#greet(socket) : 'failed';
    if (greeted === 'wasUp') await closed;
    else socket.terminate();
    this.#goDown();
    return greeted;
  }

  async #greet(socket: WebSocket): Promise<'wasUp' | 'failed' | 'refused'> {
    const { processName, role, token, log } = this.#settings;
    const hello = { protocol: PROTOCOL_VERSION, role, processName, ...(token ? { token } : {}) };
    const lost = (): boolean => this.#pendingLost();
    socket.once('close', lost);
    const end = await this.#write(socket, 'hello', hello, { timeoutMs: HELLO_MS });
    if (end.kind === 'error') {
      this.#refusal = toBrokerError(end.error);
      this.#changes.dispatchEvent(new Event('change'));
      return 'refused';
    }
    if (end.kind !== 'result') return 'failed';
    this.#refusal = undefined;
    this.#lastSeq = 0;
    this.#lateness = new LatenessGauge();
    this.#mute = this.#late = this.#toldSilent = false;
    this.#up = true;
    this.#changes.dispatchEvent(new Event('change'));
    log.info('GatewayConnected', { processName, gatewayPid: end.result.pid });
    this.#listener.onUp();
    return 'wasUp';
  }

  #pendingLost(): boolean {
    this.#pending.failAll({ kind: 'lost' });
    return true;
  }

  #goDown(): void {
    const wasUp = this.#up;
    this.#up = false;
    this.#socket = undefined;
    this.#pendingLost();
    if (!wasUp) return;
    this.#settings.log.warn('GatewayLost', { processName: this.#settings.processName });
    this.#listener.onDown();
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#heard();
    const reply =
      isBinary || !Buffer.isBuffer(data) ? undefined : parseReply(data.toString('utf8'));
    if (reply?.kind === 'push') this.#receivePush(reply.push);
    else if (reply?.kind === 'result') this.#pending.settle(reply.id, reply.result);
    else if (reply?.kind === 'error') {
      this.#pending.fail(reply.id, { kind: 'error', error: reply.error });
    } else this.#badFrames += 1;
  }

  #receivePush(push: Push): void {
    const missed = push.seq - this.#lastSeq - 1;
    if (missed > 0) this.#missedPushes += missed;
    this.#lastSeq = push.seq;
    const lateMs = this.#lateness.lateMs(push.sentAt, this.#settings.clock.monotonicMs());
    this.#mute = false;
    this.#late = lateMs > SILENT_AFTER_MS;
    this.#tellSilence();
    this.#listener.onPush(push);
  }

  #heard(): void {
    this.#lastHeardAt = this.#settings.clock.monotonicMs();
  }

  /** Quiet is a gateway that says it is alive; silent is one that says nothing at all. */
  async #watch(): Promise<void> {
    const { clock } = this.#settings;
    while (!this.#closing.signal.aborted) {
      const before = clock.monotonicMs();
      await clock.sleep(WATCH_MS, this.#closing.signal).catch(() => undefined);
      const now = clock.monotonicMs();
      // If we were late ourselves, what the gateway said is still waiting to be read.
      const weSlept = now - before > 2 * WATCH_MS;
      if (!this.#up || weSlept) continue;
      const silentMs = now - this.#lastHeardAt;
      if (silentMs > DEAD_AFTER_MS) this.#socket?.terminate();
      this.#mute = silentMs > SILENT_AFTER_MS;
      this.#tellSilence();
    }
  }

  #tellSilence(): void {
    const isSilent = this.#mute || this.#late;
    if (isSilent === this.#toldSilent) return;
    this.#toldSilent = isSilent;
    this.#listener.onSilence(isSilent);
  }

  async #nextChange(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const waiting = new AbortController();
    const wake = (): void => waiting.abort();
    this.#changes.addEventListener('change', wake, { once: true });
    const stop = signal ? AbortSignal.any([waiting.signal, signal]) : waiting.signal;
    await this.#settings.clock.sleep(ms, stop).catch(() => undefined);
    this.#changes.removeEventListener('change', wake);
  }
}
