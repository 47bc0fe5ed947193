import { randomUUID } from 'node:crypto';
import { systemClock, wallMarketClock } from '@fleet/clock';
import { DEFAULT_LOCK_TIMING as TIMING, won } from '@fleet/domain';
import { LockKeeper } from '@fleet/service-layer';
import {
  makePool,
  makePostgresStores,
  type Pool,
  type PostgresStores,
} from '@fleet/storage-postgres';
import { instantMs } from '../harness/instant.ts';
import { quietLog } from '../harness/quiet-log.ts';
import { serveBench } from '../harness/serve-bench.ts';
import type { Asked, Cycles } from './cycles.ts';

interface Place {
  readonly url: string;
  readonly schema: string;
  readonly inFlight: number;
}

/** Claims a stock and gives it back; whether it was granted. */
type Cycle = (symbol: string) => Promise<{ readonly claimMs: number; readonly releaseMs: number }>;

const MARKET_AT = 0;
const CLAIM = {
  name: 'raw_claim',
  text: 'SELECT * FROM claim_stock_lock($1, $2, $3, $4, $5, $6)',
};
const RELEASE = {
  name: 'raw_release',
  text: 'SELECT release_stock_lock($1, $2, $3, $4, $5, $6) AS result',
};

/** The lock as a worker uses it: trust window, log and port included. */
function keptCycle(keeper: LockKeeper): Cycle {
  return async (symbol) => {
    const from = instantMs();
    const { granted } = await keeper.acquire(symbol, 'ENTRY');
    const claimed = instantMs();
    if (!granted) throw new Error(`${symbol} is refused`);
    await keeper.release(symbol, 'bench');
    return { claimMs: claimed - from, releaseMs: instantMs() - claimed };
  };
}

/** The yardstick: the same SQL, prepared, and nothing around it. */
function rawCycle(pool: Pool, workerId: string): Cycle {
  return async (symbol) => {
    const from = instantMs();
    const values = [symbol, workerId, 'ENTRY', TIMING.ttlMs, TIMING.graceMs, MARKET_AT];
    const { rows } = await pool.query<{ new_fence: number }>({ ...CLAIM, values });
    const claimed = instantMs();
    const fence = rows[0]?.new_fence;
    await pool.query({ ...RELEASE, values: [symbol, workerId, fence, true, 'bench', MARKET_AT] });
    return { claimMs: claimed - from, releaseMs: instantMs() - claimed };
  };
}

/** Every loop has stocks of its own: nobody waits for anybody but the database. */
async function repeat(cycles: readonly Cycle[], { seconds, symbols }: Asked): Promise<Cycles> {
  const claims: number[] = [];
  const releases: number[] = [];
  const until = instantMs() + seconds * 1_000;
  const loop = async (cycle: Cycle, offset: number): Promise<void> => {
    const mine = symbols.filter((_, index) => index % cycles.length === offset);
    for (let turn = 0; instantMs() < until; turn += 1) {
      const { claimMs, releaseMs } = await cycle(mine[turn % mine.length] ?? 'none');
      claims.push(claimMs);
      releases.push(releaseMs);
    }
  };
  await Promise.all(cycles.map(loop));
  return { claims, releases };
}

/** Asks again every 2 to 12 ms until it owns the stock, holds it for a moment, gives it back. */
async function contend(
  keeper: LockKeeper,
  { seconds, symbol, holdMs }: { seconds: number; symbol: string; holdMs: number },
): Promise<{ waits: number[]; answers: number[] }> {
  const waits: number[] = [];
  const answers: number[] = [];
  const until = instantMs() + seconds * 1_000;
  while (instantMs() < until) {
    const wanted = instantMs();
    for (;;) {
      const asked = instantMs();
      const { granted } = await keeper.acquire(symbol, 'ENTRY');
      answers.push(instantMs() - asked);
      if (granted) break;
      await systemClock.sleep(2 + ((answers.length * 7) % 11));
    }
    waits.push(instantMs() - wanted);
    await systemClock.sleep(holdMs);
    await keeper.release(symbol, 'bench');
    await systemClock.sleep(1);
  }
  return { waits, answers };
}

/** A worker claims one stock at a time, so each loop is a worker of its own. */
async function aWorker(stores: PostgresStores): Promise<LockKeeper & { readonly id: string }> {
  const workerId = randomUUID();
  await stores.workers.register({
    workerId,
    process: { pid: process.pid, hostId: 'bench', bootId: 'bench', startedAt: '0' },
    capitalLimit: won(1_000_000),
    strategyName: 'bench',
    marketAt: MARKET_AT,
  });
  const keeper = new LockKeeper({
    workerId,
    locks: stores.locks,
    timing: TIMING,
    clock: systemClock,
    marketClock: wallMarketClock,
    lag: { record: () => undefined, recordSkipped: () => undefined },
    // A refusal is what is being measured, not a warning.
    log: { ...quietLog, warn: () => undefined },
  });
  return Object.assign(keeper, { id: workerId });
}

serveBench(async ({ url, schema, inFlight }: Place) => {
  const pool = makePool({ url, schema, applicationName: 'bench', max: inFlight });
  const stores = makePostgresStores(pool, { url, schema });
  const workers = await Promise.all(Array.from({ length: inFlight }, () => aWorker(stores)));
  const [first] = workers;
  return {
    kept: (asked: Asked) => repeat(workers.map(keptCycle), asked),
    raw: (asked: Asked) =>
      repeat(
        workers.map(({ id }) => rawCycle(pool, id)),
        asked,
      ),
    contend: (asked: { seconds: number; symbol: string; holdMs: number }) =>
      first ? contend(first, asked) : undefined,
  };
});
