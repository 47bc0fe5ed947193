import { judgeWatched, type WatchLimits } from '@fleet/domain';
import type { Clock } from '../ports/clock.ts';
import type { SystemStore } from '../ports/fleet-store.ts';
import type { GatewayControl } from '../ports/order-feed.ts';
import type { OrderStore } from '../ports/order-store.ts';
import { KillSwitch, type KillSwitchDependencies } from './kill-switch.ts';

export interface WatchFleetDependencies extends KillSwitchDependencies {
  readonly system: Pick<SystemStore, 'read' | 'tripKill' | 'readDatabaseClock'>;
  readonly gateway: Pick<GatewayControl, 'getStatus'>;
  readonly orders: Pick<OrderStore, 'getOpenPositions'>;
  readonly clock: Clock;
  readonly limits: WatchLimits;
}

const LOOK_MS = 1_000;
/** One slow round trip is the machine's; so many in a row are a fault. */
const IN_A_ROW = 3;

/**
 * What concerns the whole fleet, once a second: the way to the database, its clock beside this host's, and
 * the feed while anything is held. Ends with the signal.
 */
export async function watchFleet(deps: WatchFleetDependencies, signal: AbortSignal): Promise<void> {
  const watch = new FleetWatch(deps);
  while (!signal.aborted) {
    await watch.look().catch((error: unknown) => deps.log.error('WatchingFailed', { error }));
    await deps.clock.sleep(LOOK_MS, signal).catch(() => undefined);
  }
}

class FleetWatch {
  readonly #deps: WatchFleetDependencies;
  readonly #kill: KillSwitch;
  readonly #latencies: number[] = [];
  readonly #skews: number[] = [];
  #feedAt: number;

  constructor(deps: WatchFleetDependencies) {
    this.#deps = deps;
    this.#kill = new KillSwitch(deps);
    this.#feedAt = deps.clock.monotonicMs();
  }

  async look(): Promise<void> {
    await this.#lookAtDatabase();
    await this.#lookAtFeed();
  }

  /** The least of the last three: neither is judged by one bad moment of this process. */
  async #lookAtDatabase(): Promise<void> {
    const { system, clock, limits } = this.#deps;
    const wallBefore = clock.now();
    const before = clock.monotonicMs();
    // One that fails in the end was slow until then.
    const databaseAt = await system.readDatabaseClock().catch(() => undefined);
    const latency = clock.monotonicMs() - before;
    // Read somewhere within the round trip; nothing outside of it is excused.
    const apart =
      databaseAt === undefined
        ? 0
        : Math.max(0, databaseAt - (wallBefore + latency), wallBefore - databaseAt);
    const slowest = leastOfLast(this.#latencies, latency);
    const skew = leastOfLast(this.#skews, apart);
    const { databaseLatencyMs, clockSkewMs } = limits;
    await this.#kill.look(
      'DATABASE_SLOW',
      judgeWatched('DATABASE_SLOW', 'ROUND_TRIP', slowest, databaseLatencyMs),
    );
    await this.#kill.look(
      'CLOCK_SKEW',
      judgeWatched('CLOCK_SKEW', 'DATABASE_CLOCK', skew, clockSkewMs),
    );
  }

  /** Only in the session: before it and after it nothing is missed. */
  async #lookAtFeed(): Promise<void> {
    const { system, orders, clock, limits } = this.#deps;
    const { state } = await system.read();
    const needed = state === 'TRADING' && (await orders.getOpenPositions()).length > 0;
    if (!needed || (await this.#isConnected())) this.#feedAt = clock.monotonicMs();
    const silentMs = clock.monotonicMs() - this.#feedAt;
    await this.#kill.look(
      'FEED_STALE',
      judgeWatched('FEED_STALE', 'FEED_DOWN', silentMs, limits.feedSilentMs),
    );
  }

  /** A gateway that does not answer has no feed for us. */
  async #isConnected(): Promise<boolean> {
    const { gateway } = this.#deps;
    return await gateway.getStatus().then(
      ({ feedConnected }) => feedConnected,
      () => false,
    );
  }
}

/** Zero until there are so many. */
function leastOfLast(values: number[], value: number): number {
  values.push(value);
  if (values.length > IN_A_ROW) values.shift();
  return values.length < IN_A_ROW ? 0 : Math.min(...values);
}
