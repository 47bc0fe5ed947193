import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { ApprovalDesk } from '../auth/approval-desk.ts';
import type { Credentials } from '../auth/credentials.ts';
import type { MarketTime } from '../control/real-time.ts';
import type { ProfileName } from '../rest/profile.ts';
import {
  type AckCode,
  type AckSubject,
  errorAck,
  type SessionKey,
  successAck,
} from './acknowledgement.ts';
import type { AppKeySlots } from './app-key-slots.ts';
import { type FrameChange, Outbox } from './outbox.ts';
import { type Login, parseClientText, type SubscribeMessage } from './subscribe-message.ts';
import { type FeedKind, feedTransaction } from './transactions.ts';

/** Registrations a session may hold, over all TRs (measured: the 42nd is refused). */
const REGISTRATIONS_MAX = 41;

export interface Registration {
  readonly trId: string;
  readonly trKey: string;
  readonly kind: FeedKind;
}

export interface SessionParts {
  readonly socket: WebSocket;
  /** Below the WebSocket, to end it the way KIS does: without a close frame. */
  readonly connection: Socket;
  readonly sessionKey: SessionKey;
  readonly approvals: ApprovalDesk;
  readonly credentials: Credentials;
  readonly slots: AppKeySlots;
  readonly time: MarketTime;
  readonly profile: ProfileName;
  /** tr_keys that notices may be asked for: the HTS id. */
  readonly noticeKeys: ReadonlySet<string>;
  readonly change: FrameChange;
  /** A fault's refusal of a registration. */
  readonly refuse: (trId: string, trKey: string) => AckCode | undefined;
  onRegister(session: Session, registration: Registration): void;
  onUnregister(session: Session, registration: Registration): void;
}

/** One client's connection: its registrations, its slot, its outbox. */
export class Session {
  readonly sessionKey: SessionKey;
  readonly outbox: Outbox;
  readonly #parts: SessionParts;
  readonly #registrations = new Map<string, Registration>();
  #appKey: string | undefined;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.sessionKey = parts.sessionKey;
    this.outbox = new Outbox({
      socket: parts.socket,
      change: parts.change,
      onOverflow: () => this.drop(),
    });
  }

  registrations(): readonly Registration[] {
    return [...this.#registrations.values()];
  }

  /** One text frame. Answers whether it was the reply to a PINGPONG. */
  receive(text: string): boolean {
    const parsed = parseClientText(text);
    if (parsed.kind === 'PONG') return true;
    if (parsed.kind === 'MALFORMED') this.#refuse(parsed.code);
    else this.#act(parsed.message);
    return false;
  }

  /** Sends a text that is not a data frame. */
  say(text: string): void {
    const { socket } = this.#parts;
    if (socket.readyState === socket.OPEN) socket.send(text);
  }

  /** Ends the connection without a close frame. */
  drop(): void {
    this.#parts.connection.destroy();
  }

  /** The connection is gone. */
  closed(isOrderly: boolean): void {
    for (const registration of this.registrations()) this.#remove(registration);
    if (this.#appKey !== undefined) this.#parts.slots.leave(this.#appKey, this, isOrderly);
  }

  #act(message: SubscribeMessage): void {
    const appKey = this.#appKey ?? this.#authenticate(message.login);
    if (appKey === undefined) {
      return this.#refuse(message.login.kind === 'APPROVAL' ? 'OPSP0011' : 'OPSP9994', message);
    }
    if (!this.#parts.slots.take(appKey, this)) return this.#refuseSecondSession();
    this.#appKey = appKey;
    if (message.action === 'SUBSCRIBE') this.#subscribe(message);
    else this.#unsubscribe(message);
  }

  /** The key is judged on a new session only: an open one outlives it. */
  #authenticate(login: Login): string | undefined {
    const { approvals, credentials, time } = this.#parts;
    if (login.kind === 'APPROVAL') return approvals.appKeyOf(login.approvalKey, time.now());
    const isOurs = login.appKey === credentials.appKey && login.appSecret === credentials.appSecret;
    return isOurs ? login.appKey : undefined;
  }

  #subscribe({ trId, trKey }: SubscribeMessage): void {
    const transaction = feedTransaction(trId, this.#parts.profile);
    if (transaction === undefined) return this.#refuse('OPSP8991', { trId, trKey });
    const isNotice = transaction.kind === 'NOTICE';
    // A wrong HTS id gets no answer at KIS either: the connection just ends.
    if (isNotice && !this.#parts.noticeKeys.has(trKey)) return this.drop();
    if (!isNotice && !isFeedKey(trKey)) return this.#refuse('OPSP8992', { trId, trKey });
    const name = `${trId}|${trKey}`;
    if (this.#registrations.has(name)) return this.#refuse('OPSP0002', { trId, trKey });
    if (this.#registrations.size >= REGISTRATIONS_MAX) {
      return this.#refuse('OPSP0008', { trId, trKey });
    }
    const fault = this.#parts.refuse(trId, trKey);
    if (fault !== undefined) return this.#refuse(fault, { trId, trKey });
    const registration = { trId, trKey, kind: transaction.kind };
    this.#registrations.set(name, registration);
    const options = { encrypted: isNotice, sessionKey: this.sessionKey };
    this.say(successAck('OPSP0000', registration, options));
    this.#parts.onRegister(this, registration);
  }

  #unsubscribe({ trId, trKey }: SubscribeMessage): void {
    const registration = this.#registrations.get(`${trId}|${trKey}`);
    if (registration === undefined) return this.#refuse('OPSP0003', { trId, trKey });
    this.#remove(registration);
    const encrypted = registration.kind === 'NOTICE';
    const options = { encrypted, sessionKey: this.sessionKey };
    this.say(successAck('OPSP0001', registration, options));
  }

  #remove(registration: Registration): void {
    this.#registrations.delete(`${registration.trId}|${registration.trKey}`);
    this.#parts.onUnregister(this, registration);
  }

  #refuse(code: AckCode, subject?: AckSubject): void {
    this.say(errorAck(code, subject));
  }

  #refuseSecondSession(): void {
    this.say(errorAck('OPSP8996'));
    // FIN behind the refusal, without a close frame: the client sees 1006.
    this.#parts.connection.end();
  }
}

/** A short code, or an ETN's with its Q. */
function isFeedKey(trKey: string): boolean {
  return /^Q?[0-9A-Z]{6}$/.test(trKey);
}
