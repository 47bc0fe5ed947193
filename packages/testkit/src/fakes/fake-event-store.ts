import type { TradeDate } from '@fleet/krx';
import type { EventStore, FleetEvent, StoredEvent } from '@fleet/service-layer';
import { Failures } from './failures.ts';

/** Events in the order of their writing; the other fakes write theirs here too. */
export class FakeEventStore implements EventStore {
  readonly failures = new Failures();
  readonly events: FleetEvent[] = [];

  async append(events: readonly FleetEvent[]): Promise<void> {
    this.failures.throwIfDue('append');
    this.write(...events);
  }

  /** What a transaction of another store writes. */
  write(...events: readonly FleetEvent[]): void {
    this.events.push(...events);
  }

  async readAfter(cursor: string, limit: number): Promise<readonly StoredEvent[]> {
    const from = Number(cursor || '0');
    return this.events.slice(from, from + limit).map((event, index) => ({
      ...event,
      cursor: String(from + index + 1),
      recordedAt: event.marketAt,
    }));
  }

  async countByType(_tradeDate: TradeDate): Promise<Readonly<Record<string, number>>> {
    const counts: Record<string, number> = {};
    for (const { type } of this.events) counts[type] = (counts[type] ?? 0) + 1;
    return counts;
  }

  /** Types in order, of a stock when one is named. */
  types(symbol?: string): readonly string[] {
    return this.events
      .filter((event) => symbol === undefined || event.symbol === symbol)
      .map(({ type }) => type);
  }
}
