import { z } from 'zod';
import type { Clock } from '@fleet/service-layer';
import { parseTradeDate, type TradeDate } from '@fleet/krx';

const ClockReply = z.object({ tradeDate: z.string(), speed: z.number() });
const Unsellable = z.object({ unsellable: z.boolean(), reason: z.string().nullish() });
const CALL_MS = 5_000;

/** The simulator's own controls (not KIS): its clock, its end. */
export class SimulatorControl {
  readonly #url: string;

  constructor(controlUrl: string) {
    this.#url = controlUrl;
  }

  get clockUrl(): string {
    return `${this.#url}/clock`;
  }

  /** False when its process ended first. @throws when it is not ready within `waitMs` */
  async awaitReady(
    clock: Clock,
    waitMs: number,
    signal: AbortSignal,
    isAlive: () => boolean,
  ): Promise<boolean> {
    const giveUpAt = clock.monotonicMs() + waitMs;
    while (!(await this.#isReady())) {
      if (!isAlive()) return false;
      if (clock.monotonicMs() > giveUpAt) throw new Error('the simulator did not become ready');
      await clock.sleep(50, signal);
    }
    return true;
  }

  async tradeDate(): Promise<TradeDate> {
    return parseTradeDate(ClockReply.parse(await this.#call('GET', '/clock')).tradeDate);
  }

  /** The fleet is ready: the day runs at its speed from here. */
  async go(): Promise<void> {
    await this.#call('POST', '/clock/go');
  }

  async nextDay(): Promise<void> {
    await this.#call('POST', '/clock/next-day');
  }

  /** Orderly end; harmless when it is gone already. */
  async stop(): Promise<void> {
    await this.#call('POST', '/stop').catch(() => undefined);
  }

  /** Whether the day itself shows that a stock cannot be sold, and why. */
  async unsellableReason(symbol: string): Promise<string | undefined> {
    const reply = Unsellable.safeParse(await this.#call('GET', `/unsellable?symbol=${symbol}`));
    return reply.success && reply.data.unsellable ? (reply.data.reason ?? 'UNSELLABLE') : undefined;
  }

  async #isReady(): Promise<boolean> {
    try {
      await this.#call('GET', '/ready');
      return true;
    } catch {
      return false;
    }
  }

  async #call(method: 'GET' | 'POST', path: string): Promise<unknown> {
    const reply = await fetch(`${this.#url}${path}`, {
      method,
      signal: AbortSignal.timeout(CALL_MS),
    });
    if (!reply.ok) throw new Error(`simulator: ${method} ${path} answered ${reply.status}`);
    return await reply.json().catch(() => undefined);
  }
}
