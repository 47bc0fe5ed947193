import { kstTime } from '@fleet/krx';
import { eventWords, reasonWords } from '../texts/texts-of.ts';
import type { Texts } from '../texts/texts.ts';
import { signedWon } from './amounts.ts';
import type { FleetSnapshot, WorkerLine } from './fleet-snapshot.ts';
import { countWords, stockText } from './live-block.ts';
import { workerName } from './worker-names.ts';

const HALF_HOUR_MS = 30 * 60_000;

/** What changed between two looks, one line each, and a heartbeat every half hour of market time. */
export function changesBetween(
  before: FleetSnapshot | undefined,
  now: FleetSnapshot,
  texts: Texts,
): readonly string[] {
  const lines = [
    ...stateChanges(before, now, texts),
    ...workerChanges(before, now, texts),
    ...newAlarms(before?.alarms ?? [], now.alarms).map((alarm) =>
      texts.changes.alarm(eventWords(texts, alarm)),
    ),
    ...heartbeat(before, now, texts),
  ];
  const time = kstTime(now.marketAt);
  return lines.map((line) => `${time} ${line}`);
}

function stateChanges(
  before: FleetSnapshot | undefined,
  now: FleetSnapshot,
  { changes, states, gates, gateReasons }: Texts,
): readonly string[] {
  const lines: string[] = [];
  if (before?.state !== now.state) lines.push(changes.state(states[now.state]));
  if (before?.gate !== now.gate || before.gateReason !== now.gateReason) {
    const why = now.gate === 'OPEN' ? undefined : now.gateReason;
    lines.push(
      changes.gate(gates[now.gate], why === undefined ? why : reasonWords(gateReasons, why)),
    );
  }
  if ((before?.gatewayAlive ?? true) && !now.gatewayAlive) lines.push(changes.gatewayDead);
  if (before?.gatewayAlive === false && now.gatewayAlive) lines.push(changes.gatewayBack);
  return lines;
}

function workerChanges(
  before: FleetSnapshot | undefined,
  now: FleetSnapshot,
  texts: Texts,
): readonly string[] {
  const earlier = new Map((before?.workers ?? []).map((worker) => [worker.workerId, worker]));
  const lines = now.workers.flatMap((worker) =>
    changesOfWorker(earlier.get(worker.workerId), worker, workerName(worker, now.workers), texts),
  );
  const living = new Set(now.workers.map(({ workerId }) => workerId));
  const left = (before?.workers ?? []).filter(({ workerId }) => !living.has(workerId));
  return [
    ...lines,
    ...left.map((worker) => texts.changes.left(workerName(worker, before?.workers ?? []))),
  ];
}

function changesOfWorker(
  before: WorkerLine | undefined,
  now: WorkerLine,
  name: string,
  { changes, won }: Texts,
): readonly string[] {
  const lines = before === undefined ? [changes.joined(name)] : [];
  // A worker seen for the first time may have traded before: its history is not news.
  if (before !== undefined && now.trades > before.trades) {
    const result = signedWon(Number(now.realizedPnl.minus(before.realizedPnl).toFixed(0)));
    lines.push(changes.exited(name, stockText(before), won(result)));
  }
  const heldBefore = before?.state === 'HOLD' ? before.symbol : undefined;
  if (now.state === 'HOLD' && now.symbol !== heldBefore) {
    lines.push(changes.entered(name, stockText(now)));
  }
  return lines;
}

/** The list keeps only the newest alarms, so what is new is what follows the overlap. */
function newAlarms(before: readonly string[], now: readonly string[]): readonly string[] {
  for (let overlap = Math.min(before.length, now.length); overlap > 0; overlap -= 1) {
    const tail = before.slice(-overlap);
    if (tail.every((alarm, index) => alarm === now[index])) return now.slice(overlap);
  }
  return now;
}

function heartbeat(
  before: FleetSnapshot | undefined,
  now: FleetSnapshot,
  texts: Texts,
): readonly string[] {
  if (before !== undefined && halfHourOf(before) === halfHourOf(now)) return [];
  const pnl = `${texts.screen.pnl} ${texts.won(signedWon(now.realizedPnl))}`;
  return [[texts.phases[now.phase], pnl, ...countWords(now, texts)].join(' · ')];
}

function halfHourOf({ marketAt }: FleetSnapshot): number {
  return Math.floor(marketAt / HALF_HOUR_MS);
}
