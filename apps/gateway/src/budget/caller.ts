import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * On whose behalf a call is made. It travels with the asynchronous call, not through the ports:
 * the broker adapter need not know that it has several clients.
 */
export class Callers {
  readonly #storage = new AsyncLocalStorage<string>();

  run<T>(client: string, work: () => T): T {
    return this.#storage.run(client, work);
  }

  /** The gateway's own calls count as one client. */
  current(): string {
    return this.#storage.getStore() ?? 'gateway';
  }
}
