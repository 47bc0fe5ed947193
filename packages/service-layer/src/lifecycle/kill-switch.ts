import type { KillBreach } from '@fleet/domain';
import type { MarketClock } from '../ports/clock.ts';
import type { SystemStore } from '../ports/fleet-store.ts';
import type { Log } from '../ports/log.ts';

export interface KillSwitchDependencies {
  readonly system: Pick<SystemStore, 'read' | 'tripKill'>;
  readonly marketClock: MarketClock;
  readonly log: Log;
}

/**
 * Closes the gate to EXIT_ONLY for conditions that are watched (DESIGN section 9). Each breach is told of
 * once, with its numbers, for as long as it lasts; a gate that a person opens meanwhile is closed again.
 * Only a person opens it.
 */
export class KillSwitch {
  readonly #deps: KillSwitchDependencies;
  readonly #where: { readonly workerId?: string; readonly symbol?: string };
  readonly #lasting = new Set<string>();

  constructor(
    deps: KillSwitchDependencies,
    where: { readonly workerId?: string; readonly symbol?: string } = {},
  ) {
    this.#deps = deps;
    this.#where = where;
  }

  /** One look at a condition; undefined: all is well. Never throws: the next look tries again. */
  async look(condition: string, breach: KillBreach | undefined): Promise<void> {
    if (breach === undefined) {
      this.#lasting.delete(condition);
      return;
    }
    const { system, marketClock, log } = this.#deps;
    try {
      if (this.#lasting.has(condition) && (await system.read()).gate !== 'OPEN') return;
      const where = { ...this.#where, marketAt: marketClock.now() };
      const { gate } = await system.tripKill({ breach, ...where });
      this.#lasting.add(condition);
      log.error('KillCondition', {
        ...this.#where,
        code: breach.code,
        detail: breach.detail,
        gate,
      });
    } catch (error) {
      log.error('KillConditionNotStored', { code: breach.code, error });
    }
  }
}
