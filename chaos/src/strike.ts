import { systemClock } from '@fleet/clock';
import type { LockTiming } from '@fleet/domain';
import type { ChaosFleet } from './fleet/chaos-fleet.ts';
import type { Crew } from './fleet/crew.ts';
import type { Mix } from './mix.ts';
import type { Random } from './random.ts';
import type { StrikeLog } from './strike-log.ts';
import type { Step } from './worker/step-board.ts';

/** Looked for a worker at the wished step for so long, real ms; then whoever runs is struck. */
const AIM_MS = 150;
const AIM_LOOK_MS = 1;
/** The last gateway has to be up again before the next is killed, real ms. */
const GATEWAY_AIM_MS = 10_000;
/** With fewer running workers nobody would take over from whom we strike next. */
const RUNNING_MIN = 3;
/** Steps in which the gateway has something of a worker under way. */
const SENDING: readonly Step[] = ['sent', 'sell-sent'];

export interface StrikeParts {
  readonly fleet: ChaosFleet;
  readonly crew: Crew;
  readonly random: Random;
  readonly mix: Mix;
  readonly timing: LockTiming;
  readonly log: StrikeLog;
}

/** Kills and stops workers at the mix's rate, each where the fewest have been struck so far. */
export async function strikeWorkers(parts: StrikeParts, signal: AbortSignal): Promise<void> {
  const { crew, random, mix, log, timing } = parts;
  const rate = mix.kills + mix.stops;
  if (rate === 0) return;
  let due = systemClock.monotonicMs();
  while (!signal.aborted) {
    due += (1_000 / rate) * (0.5 + random.next());
    const isKill = random.next() * rate < mix.kills;
    const pause = Math.max(0, due - systemClock.monotonicMs());
    await systemClock.sleep(pause, signal).catch(() => undefined);
    if (signal.aborted) return;
    if (crew.running().length < RUNNING_MIN) {
      due = systemClock.monotonicMs();
      continue;
    }
    const slot = await aim(parts, log.leastStruck(random), signal);
    if (slot === undefined) continue;
    if (isKill) crew.kill(slot);
    else crew.stop(slot, beyondTtl(timing, random));
  }
}

/** Some come back before the takeover, some after it. */
function beyondTtl({ ttlMs, graceMs }: LockTiming, random: Random): number {
  return random.next() < 0.5
    ? ttlMs + random.between(50, 300)
    : ttlMs + graceMs + random.between(0, 600);
}

async function aim(
  { fleet, crew, random }: StrikeParts,
  step: Step,
  signal: AbortSignal,
): Promise<number | undefined> {
  const giveUpAt = systemClock.monotonicMs() + AIM_MS;
  while (!signal.aborted && systemClock.monotonicMs() < giveUpAt) {
    const there = crew.running().filter((slot) => fleet.board.step(slot) === step);
    const slot = random.pick(there);
    if (slot !== undefined) return slot;
    await systemClock.sleep(AIM_LOOK_MS);
  }
  return random.pick(crew.running());
}

/** Kills the gateway now and then, best while an order is under way. */
export async function strikeGateway(parts: StrikeParts, signal: AbortSignal): Promise<void> {
  const { fleet, crew, random, mix, log } = parts;
  if (mix.gateway === 0) return;
  while (!signal.aborted) {
    const pause = (1_000 / mix.gateway) * (0.5 + random.next());
    await systemClock.sleep(pause, signal).catch(() => undefined);
    if (signal.aborted) return;
    const giveUpAt = systemClock.monotonicMs() + GATEWAY_AIM_MS;
    const isSending = (): boolean =>
      crew.running().some((slot) => SENDING.includes(fleet.board.step(slot)));
    while (!isSending() && systemClock.monotonicMs() < giveUpAt) {
      await systemClock.sleep(AIM_LOOK_MS);
    }
    log.gatewayKilled(isSending());
    await fleet.killGateway();
  }
}
