import { beforeAll, describe, expect, it } from '@jest/globals';
import { TEST_MARKET_AT } from '@fleet/testkit';
import { type EventRow, withFleet } from './support/fleet.ts';

const fleet = withFleet();
const marketAt = TEST_MARKET_AT;

/** A column of the event, or a key of its payload. */
type Field = keyof EventRow | `payload.${string}`;

/** worker-acceptance 6.2, item by item: each is an event of a fixed type with typed fields. */
const MANDATORY: readonly (readonly [item: string, type: string, fields: readonly Field[]])[] = [
  [
    'Worker 시작 (worker_id, pid, status)',
    'WorkerStartedEvent',
    ['worker_id', 'payload.pid', 'payload.status'],
  ],
  [
    'Worker 종료, 상태 전이',
    'WorkerStateChangedEvent',
    ['worker_id', 'payload.from', 'payload.to', 'payload.reason'],
  ],
  [
    '락 획득 (symbol, worker_id, locked_at)',
    'LockAcquiredEvent',
    ['symbol', 'worker_id', 'payload.locked_at', 'payload.fence'],
  ],
  [
    '락 해제 (symbol, worker_id, locked_at)',
    'LockReleasedEvent',
    ['symbol', 'worker_id', 'payload.locked_at', 'payload.fence', 'payload.reason'],
  ],
  [
    '주문 생성 (order_id, symbol, side, qty, status)',
    'OrderCreatedEvent',
    ['order_id', 'symbol', 'payload.side', 'payload.qty', 'payload.status'],
  ],
  [
    '주문 전송 (order_id, symbol, side, qty, status)',
    'OrderSentEvent',
    ['order_id', 'symbol', 'payload.side', 'payload.qty', 'payload.status'],
  ],
  [
    '체결 수신 (fill_id, symbol, price, qty)',
    'FillReceivedEvent',
    ['order_id', 'symbol', 'payload.fillId', 'payload.price', 'payload.quantity'],
  ],
  ['PnL 계산 (pnl, win/loss)', 'PositionExitedEvent', ['symbol', 'payload.pnl', 'payload.result']],
  ['PnL 계산, 일일 요약', 'DailySummaryUpdatedEvent', ['payload.pnl', 'payload.winRate']],
];

describe('worker-acceptance 6.2: every mandatory log item is a typed event', () => {
  const events = new Map<string, EventRow[]>();

  beforeAll(async () => {
    const holder = await fleet.holder();
    const { workerId, symbol, fence } = holder;
    const { workers, locks } = fleet.stores;
    const step = { workerId, currentSymbol: undefined, reason: 'test', marketAt };
    await workers.changeState({ ...step, from: 'IDLE', to: 'SCAN' });
    await fleet.bought(holder);
    await fleet.sold(holder);
    await locks.release({ symbol, workerId, fence, reason: 'sold', marketAt });
    await workers.changeState({ ...step, from: 'SCAN', to: 'EXIT' });
    await loseLocks();
    for (const event of await fleet.events({})) {
      events.set(event.type, [...(events.get(event.type) ?? []), event]);
    }
  });

  it('락 해제 says since when it was held, whoever ended it', () => {
    const claimed = new Map(
      (events.get('LockAcquiredEvent') ?? []).map((event) => [lockOf(event), event.payload]),
    );
    const released = events.get('LockReleasedEvent') ?? [];
    expect(released.map(({ payload }) => payload['reason'])).toEqual([
      'sold',
      'EXPIRED',
      'PROVED_DEAD',
      'CLAIMED_AGAIN',
    ]);
    for (const event of released) {
      expect(event.payload['locked_at']).toBe(claimed.get(lockOf(event))?.['locked_at']);
    }
  });

  it.each(MANDATORY)('%s: %s', (_item, type, fields) => {
    const written = events.get(type) ?? [];
    expect(written.length).toBeGreaterThan(0);
    for (const event of written) {
      const missing = fields.filter((field) => (valueOf(event, field) ?? null) === null);
      expect({ type, missing }).toEqual({ type, missing: [] });
    }
  });

  it('상태 전이 goes from the start to the end', () => {
    const steps = (events.get('WorkerStateChangedEvent') ?? []).map(
      ({ payload }) => `${String(payload['from'])}>${String(payload['to'])}`,
    );
    expect(steps).toEqual(['IDLE>SCAN', 'SCAN>EXIT', 'IDLE>EXIT']);
  });
});

/** A lock also ends by its expiry, by its owner's death and by its owner's second claim. */
async function loseLocks(): Promise<void> {
  const { locks } = fleet.stores;
  const expired = await fleet.holder();
  await fleet.expire(expired.symbol, 60_000);
  await fleet.holder(expired.symbol);
  const dead = await fleet.holder();
  await locks.reapDeadWorker({ term: 1, workerId: dead.workerId, proof: 'gone', marketAt });
  const again = await fleet.holder();
  await fleet.holder(again.symbol, again.workerId);
}

const lockOf = ({ symbol, payload }: EventRow): string => `${symbol} ${String(payload['fence'])}`;

function valueOf(event: EventRow, field: Field): unknown {
  return field.startsWith('payload.')
    ? event.payload[field.slice('payload.'.length)]
    : Object.entries(event).find(([key]) => key === field)?.[1];
}
