import { createHash, timingSafeEqual } from 'node:crypto';
import {
  type ClientRole,
  encodeError,
  encodeResult,
  type MethodName,
  type MethodResult,
  parseRequest,
  PROTOCOL_VERSION,
  type Request,
  type WireError,
} from '@fleet/gateway-contract';
import type { Log } from '@fleet/service-layer';
import type { Callers } from '../budget/caller.ts';
import type { GatewayServices } from '../services.ts';
import { callMethod } from './call-method.ts';
import type { Outgoing } from './outgoing.ts';
import { wireError, wireErrorOf } from './wire-error.ts';

export interface SessionDependencies {
  readonly id: string;
  readonly outgoing: Outgoing;
  readonly services: GatewayServices;
  readonly callers: Callers;
  readonly log: Log;
  readonly accountId: string;
  /** Demanded in the hello; undefined on a local socket, which only this user can open. */
  readonly token: string | undefined;
  /** Submits are refused while the gateway is going down. */
  readonly isClosing: () => boolean;
  readonly onGreeted: () => void;
  /** Closes the connection; the reply sent last still goes out. */
  readonly hangUp: (reason: string) => void;
}

/** Requests of one client that may be under way together. */
const REQUESTS_MAX = 500;
const TIMEOUT_MS = 60_000;

interface Greeting {
  readonly role: ClientRole;
  readonly processName: string;
}

/** One client: its hello, its requests and their replies. Nothing that it sends makes it throw. */
export class Session {
  readonly #deps: SessionDependencies;
  readonly #underWay = new Map<number, AbortController>();
  #greeting: Greeting | undefined;
  #badFrames = 0;

  constructor(deps: SessionDependencies) {
    this.#deps = deps;
  }

  get isGreeted(): boolean {
    return this.#greeting !== undefined;
  }

  get badFrames(): number {
    return this.#badFrames;
  }

  /** A frame that is no text has no sender's id to answer to. */
  countBadFrame(): void {
    this.#badFrames += 1;
  }

  receive(text: string): void {
    const parsed = parseRequest(text);
    if (parsed.kind === 'abort') {
      this.#underWay.get(parsed.id)?.abort();
      return;
    }
    if (parsed.kind === 'bad') {
      this.#badFrames += 1;
      if (parsed.id !== undefined) this.#fail(parsed.id, wireError(parsed.code, parsed.message));
      return;
    }
    const { request } = parsed;
    if (request.method === 'hello') this.#greet(request);
    else if (!this.#greeting) this.#refuse(request.id, 'UNAUTHORIZED', 'hello comes first');
    else this.#take(request, this.#greeting);
  }

  /** The connection is gone: its reads end, its submits go on. */
  end(): void {
    for (const call of this.#underWay.values()) call.abort();
    this.#deps.services.removeListener(this.#deps.id);
  }

  #greet(request: Extract<Request, { method: 'hello' }>): void {
    const { protocol, role, processName, token } = request.params;
    const { accountId, log, id, onGreeted } = this.#deps;
    if (!isSameToken(this.#deps.token, token)) {
      log.warn('GatewayClientRefused', { processName, role });
      this.#refuse(request.id, 'UNAUTHORIZED', 'a wrong token or none');
      return;
    }
    if (protocol !== PROTOCOL_VERSION) {
      this.#refuse(request.id, 'WRONG_PROTOCOL', `this gateway speaks ${PROTOCOL_VERSION}`);
      return;
    }
    this.#greeting = { role, processName };
    onGreeted();
    log.info('GatewayClientConnected', { client: id, processName, role });
    this.#succeed(request.id, 'hello', {
      protocol: PROTOCOL_VERSION,
      pid: process.pid,
      accountId,
    });
  }

  #take(request: Exclude<Request, { method: 'hello' }>, greeting: Greeting): void {
    if (this.#underWay.size >= REQUESTS_MAX || this.#underWay.has(request.id)) {
      this.#fail(request.id, wireError('TOO_MANY_REQUESTS', 'too many under way', true));
      return;
    }
    if (this.#deps.isClosing()) {
      this.#fail(request.id, wireError('SHUTTING_DOWN', 'the gateway is going down', true));
      return;
    }
    const call = new AbortController();
    this.#underWay.set(request.id, call);
    void this.#answer(request, greeting, call.signal).finally(() =>
      this.#underWay.delete(request.id),
    );
  }

  async #answer(
    request: Exclude<Request, { method: 'hello' }>,
    greeting: Greeting,
    gone: AbortSignal,
  ): Promise<void> {
    const { callers, services, id, log } = this.#deps;
    const timeout = AbortSignal.timeout(request.timeoutMs ?? TIMEOUT_MS);
    const signal = AbortSignal.any([gone, timeout]);
    const context = { listener: id, held: greeting.role === 'worker', signal };
    try {
      const result = await callers.run(id, () => callMethod(request, services, context));
      this.#succeed(request.id, request.method, result);
    } catch (error) {
      const told = wireErrorOf(error, signal);
      if (told.code === 'INTERNAL') log.error('RequestFailed', { method: request.method, error });
      this.#fail(request.id, told);
    }
  }

  #succeed<M extends MethodName>(id: number, method: M, result: MethodResult<M>): void {
    this.#deps.outgoing.reply(encodeResult(id, method, result));
  }

  #fail(id: number, error: WireError): void {
    this.#deps.outgoing.reply(encodeError(id, error));
  }

  #refuse(id: number, code: 'UNAUTHORIZED' | 'WRONG_PROTOCOL', message: string): void {
    this.#fail(id, wireError(code, message));
    this.#deps.hangUp(message);
  }
}

/** In constant time, whatever the lengths. */
function isSameToken(demanded: string | undefined, given: string | undefined): boolean {
  if (demanded === undefined) return true;
  return timingSafeEqual(digest(demanded), digest(given ?? ''));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
