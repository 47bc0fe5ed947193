import { systemClock } from '@fleet/clock';
import { checkLockTiming, type LockTiming } from '@fleet/domain';
import { makeTestDatabase } from '@fleet/testkit';
import { checkBooks } from './evidence/check-books.ts';
import { checkHistory } from './evidence/check-history.ts';
import { checkOrders } from './evidence/check-orders.ts';
import type { Evidence, Violation } from './evidence/evidence.ts';
import { readEvidence } from './evidence/read-evidence.ts';
import { ChaosFleet, makeRunFolder, removeRunFolder } from './fleet/chaos-fleet.ts';
import { Crew } from './fleet/crew.ts';
import { SimulatedMarket } from './fleet/simulated-market.ts';
import { faultRules, type Mix } from './mix.ts';
import { Random } from './random.ts';
import { StrikeLog } from './strike-log.ts';
import { strikeGateway, strikeWorkers } from './strike.ts';
import { checkEnough, tallyOf, type Seen } from './tally.ts';

export interface ChaosOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly mix: Mix;
  readonly workers: number;
  readonly stocks: number;
  /** Logs of the processes stay in the run's folder. */
  readonly keep?: boolean;
  readonly onProgress?: (line: string) => void;
}

export interface ChaosResult extends Seen {
  readonly violations: readonly Violation[];
  /** Seconds. */
  readonly lasted: number;
  readonly workersStarted: number;
  readonly gatewayStarts: number;
  readonly trustRefusals: number;
  readonly folder: string;
}

/** Short, and free of contradictions: the packet's flight time alone makes the grace longer than a second. */
export const CHAOS_TIMING: LockTiming = {
  ttlMs: 1_200,
  renewMs: 240,
  marginMs: 450,
  sendDeadlineMs: 350,
  graceMs: 1_400,
};
/** Real ms; a stock with an open question stands still for so long. */
const ANSWER_DEADLINE_MS = 800;
/** From 09:30 to 14:30; a faster market gives more fills and shorter questions. */
const SPEED_MAX = 20;
const MARKET_SECONDS = 18_000;
const DRAIN_MS = 60_000;
/** On a machine that is busy with other things a run goes on until it has seen enough, so much longer. */
const LONGER_MAX = 3;
/** A crew that starts at once takes its time; nothing is struck before it trades. */
const WARM_UP_MS_MAX = 60_000;

/** One seeded run: start, strike, drain, judge. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const problems = checkLockTiming(CHAOS_TIMING);
  if (problems.length > 0) throw new Error(problems.join('; '));
  const { folder, cacheFolder } = makeRunFolder();
  const broker = await makeTestDatabase();
  const speed = Math.max(1, Math.min(SPEED_MAX, Math.floor(MARKET_SECONDS / options.seconds)));
  const market = await SimulatedMarket.start({
    dbUrl: broker.serverUrl,
    folder,
    cacheFolder,
    speed,
    seed: options.seed,
  });
  try {
    const fleet = await ChaosFleet.open({
      market,
      folder,
      cacheFolder,
      timing: CHAOS_TIMING,
      slots: options.workers,
      seed: options.seed,
      stocks: { from: 0, count: options.stocks },
      answerDeadlineMs: ANSWER_DEADLINE_MS,
    });
    try {
      return await runOn(fleet, market, { ...options, folder });
    } finally {
      await fleet.close();
    }
  } finally {
    await market.stop();
    await broker.drop();
    if (options.keep !== true) removeRunFolder(folder);
  }
}

async function runOn(
  fleet: ChaosFleet,
  market: SimulatedMarket,
  options: ChaosOptions & { readonly folder: string },
): Promise<ChaosResult> {
  const { seconds, seed, mix, workers, onProgress = () => undefined } = options;
  const random = new Random(seed);
  const strikes = new StrikeLog();
  const workerSeeds = new Random(seed + 1);
  const crew = new Crew(fleet, {
    slots: workers,
    nextSeed: () => workerSeeds.between(1, 2 ** 31),
    onLanding: (landing) => strikes.landed(landing),
  });
  await firstFills(fleet);
  await market.setFaults(seed, faultRules(mix));
  const stop = new AbortController();
  const parts = { fleet, crew, random, mix, timing: CHAOS_TIMING, log: strikes };
  const striking = [
    strikeWorkers(parts, stop.signal),
    strikeGateway({ ...parts, random: new Random(seed + 2) }, stop.signal),
  ];
  const seenSoFar = async (): Promise<Seen> => {
    const found = await readEvidence(fleet, market);
    return { evidence: found, tally: tallyOf(found, await countFaults(market)), strikes, mix };
  };
  const longest = Math.min(seconds * LONGER_MAX, MARKET_SECONDS / fleet.marketClock.speed());
  let lasted = 0;
  for (let isEnough = false; !isEnough && lasted < longest;) {
    await systemClock.sleep(1_000);
    lasted += 1;
    onProgress(await progressLine(fleet, strikes, crew, { second: lasted, seconds }));
    isEnough = lasted >= seconds && checkEnough(await seenSoFar(), seconds).length === 0;
  }
  stop.abort();
  await Promise.all(striking);
  await crew.allRunning();
  await market.setFaults(seed, []);
  await fleet.flatten();
  const drained = await becomesFlat(fleet);
  onProgress(drained ? 'drained' : `not flat after ${DRAIN_MS / 1_000} s`);
  await crew.dismiss();
  const seen = await seenSoFar();
  const trustRefusals = Array.from({ length: workers }, (_, slot) =>
    fleet.board.refusals(slot),
  ).reduce((a, b) => a + b, 0);
  return {
    ...seen,
    violations: [...judge(seen.evidence, fleet), ...checkEnough(seen, seconds)],
    lasted,
    workersStarted: crew.started,
    gatewayStarts: fleet.gatewayStarts,
    trustRefusals,
    folder: options.folder,
  };
}

/** Everything that a run promises, whatever happened in it. */
export function judge(evidence: Evidence, fleet: ChaosFleet): readonly Violation[] {
  const { locks, starts } = evidence;
  const { deaths, timing } = fleet;
  return [
    ...checkHistory({ locks, starts, deaths, graceMs: timing.graceMs }),
    ...checkOrders(evidence),
    ...checkBooks(evidence),
  ];
}

/** True once nothing is held, open or locked. */
export async function becomesFlat(fleet: ChaosFleet, withinMs = DRAIN_MS): Promise<boolean> {
  const giveUpAt = systemClock.monotonicMs() + withinMs;
  while (!(await fleet.isFlat())) {
    if (systemClock.monotonicMs() > giveUpAt) return false;
    await systemClock.sleep(100);
  }
  return true;
}

async function firstFills(fleet: ChaosFleet): Promise<void> {
  const giveUpAt = systemClock.monotonicMs() + WARM_UP_MS_MAX;
  while (systemClock.monotonicMs() < giveUpAt) {
    const { rows } = await fleet.database.pool.query('SELECT FROM fills LIMIT 5');
    if (rows.length === 5) return;
    await systemClock.sleep(100);
  }
  throw new Error(`no fills within ${WARM_UP_MS_MAX} ms: nothing to strike`);
}

async function countFaults(market: SimulatedMarket): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const { kind } of await market.faultTraces(0)) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

const PROGRESS = `
  SELECT (SELECT count(*) FROM orders) AS intents,
    (SELECT count(*) FROM orders WHERE sent_at IS NOT NULL) AS sent,
    (SELECT count(*) FROM fills) AS fills,
    (SELECT coalesce(sum(fence), 0) FROM symbol_fences) AS grants,
    (SELECT count(*) FROM orders WHERE status = 'SENT' AND answered_at IS NULL) AS open_questions`;

async function progressLine(
  fleet: ChaosFleet,
  strikes: StrikeLog,
  crew: Crew,
  at: { readonly second: number; readonly seconds: number },
): Promise<string> {
  const { rows } = await fleet.database.pool.query<Record<string, unknown>>(PROGRESS);
  const seen = Object.entries(rows[0] ?? {}).map(([name, count]) => `${String(count)} ${name}`);
  const struck = `${strikes.total('KILLED')} killed, ${strikes.total('STOPPED')} stopped, ${strikes.gatewayKills} gateways`;
  return `${at.second}/${at.seconds} s  ${seen.join(', ').replaceAll('_', ' ')}  |  ${struck}  |  ${crew.running().length} running`;
}
