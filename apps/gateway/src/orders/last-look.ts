import type { Order } from '@fleet/domain';
import type { AskedAt, Clock, SendGuard } from '@fleet/service-layer';

export const LOOKS = ['lease', 'deadline', 'fence', 'list'] as const;
export type Look = (typeof LOOKS)[number];

export interface LastLookDependencies {
  /** Whether this gateway may still act: its lease, on two clocks. */
  readonly isTrusted: () => boolean;
  /** Whether the broker was out of reach and its list has not been read whole since. */
  readonly isBehind: () => boolean;
  readonly clock: Clock;
  /** Bytes leave within this of the request, real ms. */
  readonly sendDeadlineMs: number;
  /** What is looked at: everything, but in a trial that shows what a look is good for. */
  readonly looks: readonly Look[];
}

/**
 * The last look before bytes leave (DESIGN section 7). The database has said go, but its answer had a
 * way to go, and this process may have been stopped meanwhile: the takeover of a stock waits only
 * lock, grace and send deadline. Hence both clocks, and the highest fence seen of each stock.
 */
export class LastLook implements SendGuard {
  readonly #deps: LastLookDependencies;
  /** Only grows; a restart begins anew with what the database lets through. */
  readonly #fences = new Map<string, number>();

  constructor(deps: LastLookDependencies) {
    this.#deps = deps;
  }

  /** An intent is stored under a lock that its worker holds, so its fence has been granted. */
  noteAsked({ symbol, fence }: Order): void {
    this.#fences.set(symbol, Math.max(fence, this.#highest(symbol)));
  }

  look(order: Order, asked: AskedAt): string | undefined {
    const { looks } = this.#deps;
    if (looks.includes('lease') && !this.#deps.isTrusted()) {
      return 'the lease of the gateway is in doubt';
    }
    if (looks.includes('deadline') && this.#isLate(asked)) return 'the send deadline has passed';
    const highest = this.#highest(order.symbol);
    if (looks.includes('fence') && order.fence < highest) {
      return `fence ${order.fence} of ${order.symbol} is behind ${highest}`;
    }
    const isBuy = order.request === 'PLACE' && order.side === 'BUY';
    if (looks.includes('list') && isBuy && this.#deps.isBehind()) {
      return 'the broker was out of reach, and its list has not been read whole since';
    }
    return undefined;
  }

  /** Either clock suffices: one may have been stepped, the other may have stood in a suspend. */
  #isLate({ wall, monotonic }: AskedAt): boolean {
    const { clock, sendDeadlineMs } = this.#deps;
    const waited = Math.max(clock.now() - wall, clock.monotonicMs() - monotonic);
    return waited >= sendDeadlineMs;
  }

  #highest(symbol: string): number {
    return this.#fences.get(symbol) ?? 0;
  }
}
