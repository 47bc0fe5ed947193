import type { Clock, Lease, LeaseStore, Log, ProcessIdentity } from '@fleet/service-layer';

const TTL_MS = 15_000;
const RENEW_MS = 3_000;
const STANDBY_LOOK_MS = 500;

export interface LeaseKeeperDependencies {
  readonly leases: LeaseStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly self: ProcessIdentity;
  readonly isProvedDead: (process: ProcessIdentity) => boolean;
}

/**
 * Becomes the one active supervisor. While another holds the lease this one waits as hot standby; a
 * holder that is proved dead is passed over at once.
 */
export async function awaitLease(
  deps: LeaseKeeperDependencies,
  onStandby: (holder: ProcessIdentity) => void,
  signal: AbortSignal,
): Promise<Lease> {
  const { leases, self, clock, isProvedDead } = deps;
  const holder = `supervisor-${self.pid}-${self.startedAt}`;
  let told = false;
  for (;;) {
    signal.throwIfAborted();
    const current = await leases.read('supervisor');
    const dead = current && isProvedDead(current.process) ? { deadTerm: current.lease.term } : {};
    const request = { name: 'supervisor', holder, process: self, ttlMs: TTL_MS, ...dead } as const;
    const lease = await leases.acquire(request);
    if (lease) return lease;
    if (current && !told) {
      told = true;
      onStandby(current.process);
    }
    await clock.sleep(STANDBY_LOOK_MS, signal);
  }
}

/** Renews until the signal aborts; `onLost` when another supervisor has taken over. */
export async function keepLease(
  deps: LeaseKeeperDependencies,
  lease: Lease,
  signal: AbortSignal,
  onLost: () => void,
): Promise<void> {
  const { leases, clock, log } = deps;
  let renewedAt = clock.monotonicMs();
  while (!signal.aborted) {
    await clock.sleep(RENEW_MS, signal).catch(() => undefined);
    if (signal.aborted) return;
    const asked = clock.monotonicMs();
    try {
      if (!(await leases.renew(lease, TTL_MS))) {
        log.error('SupervisorLeaseLost', { term: lease.term });
        onLost();
        return;
      }
      renewedAt = asked;
    } catch (error) {
      log.warn('LeaseRenewalFailed', { error });
      // Without an answer for so long somebody else may hold it: act no more.
      if (asked - renewedAt > TTL_MS - RENEW_MS) {
        onLost();
        return;
      }
    }
  }
}
