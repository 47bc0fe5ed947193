import type { LockEvent, Violation, WorkerStart } from './evidence.ts';

export interface HistoryQuestion {
  /** In the order of their ids: a stock's are written while its row is locked, so that is commit order. */
  readonly locks: readonly LockEvent[];
  readonly starts: readonly WorkerStart[];
  /** Real ms from which a worker process of the run may be called dead, by pid. */
  readonly deaths: ReadonlyMap<number, number>;
  readonly graceMs: number;
}

interface StockHistory {
  granted: LockEvent | undefined;
  released: LockEvent | undefined;
}

/**
 * The lock history of a run, in one pass: per stock fences only grow, each has one worker, and the next
 * is granted only after its predecessor was let go by its owner, was proved dead (and was), or had
 * expired a grace ago.
 */
export function checkHistory(question: HistoryQuestion): readonly Violation[] {
  const { locks, starts, deaths, graceMs } = question;
  const pidOf = new Map(starts.map(({ workerId, pid }) => [workerId, pid]));
  const stocks = new Map<string, StockHistory>();
  const ownerOf = new Map<string, string>();
  const violations: Violation[] = [];
  for (const event of locks) {
    const stock = stocks.get(event.symbol) ?? { granted: undefined, released: undefined };
    stocks.set(event.symbol, stock);
    if (event.kind === 'GRANTED') {
      violations.push(...judgeOwner(event, ownerOf), ...judgeGrant(event, stock, graceMs));
      stock.granted = event;
      stock.released = undefined;
    } else {
      violations.push(...judgeDeath(event, pidOf, deaths));
      stock.released = event;
    }
  }
  return violations;
}

function judgeOwner(grant: LockEvent, ownerOf: Map<string, string>): readonly Violation[] {
  const lock = `${grant.symbol} at fence ${grant.fence}`;
  const owner = ownerOf.get(lock);
  ownerOf.set(lock, grant.workerId);
  if (owner === undefined || owner === grant.workerId) return [];
  return [{ kind: 'FENCE_WITH_TWO_WORKERS', what: `${lock}: ${owner} and ${grant.workerId}` }];
}

function judgeGrant(grant: LockEvent, stock: StockHistory, graceMs: number): readonly Violation[] {
  const { granted: before, released } = stock;
  if (before === undefined) return [];
  const lock = `${grant.symbol} at fence ${grant.fence}`;
  if (grant.fence <= before.fence) {
    return [{ kind: 'FENCE_FELL', what: `${lock} after ${before.fence}` }];
  }
  if (released === undefined || released.fence !== before.fence) {
    return [{ kind: 'GRANTED_TOO_EARLY', what: `${lock}: ${before.fence} was never let go` }];
  }
  if (released.reason !== 'EXPIRED') return [];
  const free = (released.expiredAt ?? Number.POSITIVE_INFINITY) + graceMs;
  if (grant.at >= free) return [];
  return [
    {
      kind: 'GRANTED_TOO_EARLY',
      what: `${lock}: ${Math.ceil(free - grant.at)} ms of grace were left`,
    },
  ];
}

function judgeDeath(
  release: LockEvent,
  pidOf: ReadonlyMap<string, number>,
  deaths: ReadonlyMap<number, number>,
): readonly Violation[] {
  if (release.reason !== 'PROVED_DEAD') return [];
  const pid = pidOf.get(release.workerId);
  const diedAt = pid === undefined ? undefined : deaths.get(pid);
  if (diedAt !== undefined && release.at >= diedAt) return [];
  const what = `${release.symbol} at fence ${release.fence}: ${release.workerId} (pid ${pid}) lived`;
  return [{ kind: 'DECLARED_DEAD_ALIVE', what }];
}
