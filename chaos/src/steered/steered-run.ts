import { systemClock } from '@fleet/clock';
import type { LockTiming, Order } from '@fleet/domain';
import type { Violation } from '../evidence/evidence.ts';
import { readEvidence } from '../evidence/read-evidence.ts';
import { ChaosFleet, type ChaosFleetOptions } from '../fleet/chaos-fleet.ts';
import type { Child } from '../fleet/child.ts';
import type { SimulatedMarket } from '../fleet/simulated-market.ts';
import { becomesFlat, CHAOS_TIMING, judge } from '../run-chaos.ts';
import { within } from '../within.ts';
import type { WorkerOrder } from '../worker/worker-order.ts';

/** The market of a file of steered runs; each takes a stock of its own. */
export interface SteeredMarket {
  readonly market: SimulatedMarket;
  readonly folder: string;
  readonly cacheFolder: string;
  /** How many runs came before. */
  runs: number;
  sealedToken: string | undefined;
}

export type Sabotage = Partial<
  Pick<ChaosFleetOptions, 'sabotage' | 'gatewayFile' | 'graceMs' | 'restUrl' | 'answerDeadlineMs'>
> & { readonly timing?: LockTiming; readonly drainMs?: number };

export interface SteeredResult {
  readonly violations: readonly Violation[];
  /** Which guards said no. */
  readonly refusals: readonly string[];
}

const OWNER = 0;
const CLEANER = 1;
const PATIENCE_MS = 30_000;
const LOOK_MS = 5;
/** A run whose guard is off may never become flat, and says so. */
const DRAIN_MS = 15_000;
const END_MS = 2_000;

/** One stock, one owner in a process of its own, and whatever the scenario does to them. */
export class SteeredRun {
  readonly fleet: ChaosFleet;
  readonly symbol: string;
  #owner: Child | undefined;

  private constructor(fleet: ChaosFleet) {
    const [symbol] = fleet.symbols;
    if (symbol === undefined) throw new Error('the market has no stock left');
    this.fleet = fleet;
    this.symbol = symbol;
  }

  /** Opens a fleet, plays the scenario, sells what is left, and judges as every chaos run is judged. */
  static async play(
    on: SteeredMarket,
    sabotage: Sabotage,
    scenario: (run: SteeredRun) => Promise<void>,
  ): Promise<SteeredResult> {
    const { market, folder, cacheFolder, sealedToken } = on;
    const { drainMs = DRAIN_MS, ...rest } = sabotage;
    const stock = on.runs;
    on.runs += 1;
    const fleet = await ChaosFleet.open({
      market,
      folder,
      cacheFolder,
      sealedToken,
      timing: CHAOS_TIMING,
      slots: 2,
      seed: stock,
      stocks: { from: stock, count: 1 },
      answerDeadlineMs: 800,
      ...rest,
    });
    try {
      on.sealedToken = await fleet.sealedToken();
      const run = new SteeredRun(fleet);
      await scenario(run);
      await market.setFaults(1, []);
      await run.#drain(drainMs);
      const evidence = await readEvidence(fleet, market);
      const trusting = fleet.board.refusals(OWNER) === 0 ? [] : ['trust window'];
      return {
        violations: judge(evidence, fleet),
        refusals: [...trusting, ...Object.keys(evidence.refusals)],
      };
    } finally {
      await fleet.close();
    }
  }

  /** The first owner of the stock. */
  startOwner(changes: Partial<WorkerOrder> = {}): Child {
    this.#owner = this.fleet.startWorker(OWNER, 1, changes);
    return this.#owner;
  }

  /** Until the owner has stopped itself at its pause point. */
  async ownerPaused(): Promise<void> {
    await until('the owner pauses', () => this.fleet.board.isPaused(OWNER));
  }

  /** Lets the owner go on, and waits until it has done what it was about to do, or has been refused. */
  async wakeOwner(): Promise<void> {
    this.#owner?.signal('SIGCONT');
    await until('the owner wakes', () => !this.fleet.board.isPaused(OWNER));
    const idle = (): boolean =>
      (this.#owner?.hasEnded ?? true) ||
      ['idle', 'answer', 'holding'].includes(this.fleet.board.step(OWNER));
    await until('the owner is done', idle);
  }

  async killOwner(): Promise<void> {
    if (this.#owner === undefined) return;
    this.fleet.killWorker(this.#owner);
    await this.#owner.ended();
  }

  /** The first order for which a condition of SQL holds (alias o), once there is one. */
  async firstOrder(condition: string): Promise<Order> {
    const { pool } = this.fleet.database;
    const sql = `SELECT order_id FROM orders o WHERE ${condition} ORDER BY created_at LIMIT 1`;
    let found: Order | undefined;
    await until(`an order with ${condition}`, async () => {
      const { rows } = await pool.query<{ order_id: string }>(sql);
      const [row] = rows;
      found = row && (await this.fleet.stores.orders.getOrder(row.order_id));
      return found !== undefined;
    });
    if (found === undefined) throw new Error('unreachable: found above');
    return found;
  }

  /** A sound worker adopts and sells whatever is left. */
  async #drain(drainMs: number): Promise<void> {
    await this.killOwner();
    await this.fleet.flatten();
    const cleaner = this.fleet.startWorker(CLEANER, 2);
    await becomesFlat(this.fleet, drainMs);
    cleaner.signal('SIGTERM');
    await within(END_MS, cleaner.ended());
    this.fleet.killWorker(cleaner);
    await cleaner.ended();
  }
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = systemClock.monotonicMs() + PATIENCE_MS;
  while (!(await holds())) {
    if (systemClock.monotonicMs() > giveUpAt)
      throw new Error(`not within ${PATIENCE_MS} ms: ${what}`);
    await systemClock.sleep(LOOK_MS);
  }
}
