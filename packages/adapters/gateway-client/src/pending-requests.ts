import { type MethodName, parseResult } from '@fleet/gateway-contract';
import type { RequestEnd } from './request-end.ts';

interface Pending {
  settle(result: unknown): void;
  fail(end: Exclude<RequestEnd<never>, { kind: 'result' }>): void;
}

/** Requests that wait for their reply, by id. Ids are never used twice. */
export class PendingRequests {
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  get size(): number {
    return this.#pending.size;
  }

  add<M extends MethodName>(method: M): { id: number; end: Promise<RequestEnd<M>> } {
    const id = (this.#lastId += 1);
    const { promise: end, resolve } = Promise.withResolvers<RequestEnd<M>>();
    this.#pending.set(id, {
      settle: (result) => {
        const parsed = parseResult(method, result);
        resolve(parsed ? { kind: 'result', result: parsed.value } : { kind: 'badReply' });
      },
      fail: resolve,
    });
    return { id, end };
  }

  /** False when nobody waits for this id (any more). */
  settle(id: number, result: unknown): boolean {
    return this.#take(id, (pending) => pending.settle(result));
  }

  fail(id: number, end: Exclude<RequestEnd<never>, { kind: 'result' }>): boolean {
    return this.#take(id, (pending) => pending.fail(end));
  }

  failAll(end: Exclude<RequestEnd<never>, { kind: 'result' }>): void {
    for (const id of this.#pending.keys()) this.fail(id, end);
  }

  #take(id: number, finish: (pending: Pending) => void): boolean {
    const pending = this.#pending.get(id);
    if (!pending) return false;
    this.#pending.delete(id);
    finish(pending);
    return true;
  }
}
