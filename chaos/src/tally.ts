import { matchArrivals } from './evidence/match-arrivals.ts';
import type { Evidence, Violation } from './evidence/evidence.ts';
import { FAULT_KINDS, type Mix } from './mix.ts';
import { PLACES, type StrikeLog } from './strike-log.ts';

/** How much a run has seen. */
export interface Tally {
  readonly intents: number;
  readonly sends: number;
  readonly fills: number;
  /** Grants of a stock whose last owner had not let it go himself. */
  readonly takeovers: number;
  /** Grants that came with shares or orders of ours. */
  readonly adoptions: number;
  readonly faults: Readonly<Record<string, number>>;
}

/** A run's evidence and what was done to it. */
export interface Seen {
  readonly evidence: Evidence;
  readonly tally: Tally;
  readonly strikes: StrikeLog;
  readonly mix: Mix;
}

export function tallyOf(evidence: Evidence, faults: Readonly<Record<string, number>>): Tally {
  const { locks, orders, fills, arrivals } = evidence;
  const lastRelease = new Map<string, string | undefined>();
  let takeovers = 0;
  for (const { kind, symbol, reason } of locks) {
    if (kind === 'RELEASED') lastRelease.set(symbol, reason);
    else if (isTakenAway(lastRelease.get(symbol))) takeovers += 1;
  }
  return {
    intents: orders.filter(({ continues }) => continues === undefined).length,
    sends: matchArrivals(arrivals, orders).pairs.length,
    fills: fills.length,
    takeovers,
    adoptions: locks.filter(({ kind, orphan }) => kind === 'GRANTED' && orphan).length,
    faults,
  };
}

function isTakenAway(reason: string | undefined): boolean {
  return reason === 'EXPIRED' || reason === 'PROVED_DEAD';
}

/** The least that a run must see a second, to prove anything; a loaded machine reaches it too. */
const LEAST_A_SECOND = { intents: 1.6, sends: 1.4, fills: 1, takeovers: 0.5, adoptions: 0.3 };
/** Kills and stops together, as a share of what was asked for: a worker must run to be struck. */
const STRUCK_SHARE = 0.9;

/** A run that saw too little proves nothing, so it fails. */
export function checkEnough({ tally, strikes, mix }: Seen, seconds: number): readonly Violation[] {
  const problems: string[] = [];
  for (const [name, least] of Object.entries(LEAST_A_SECOND)) {
    const wanted = Math.floor(least * seconds);
    const count = Number(Object.entries(tally).find(([key]) => key === name)?.[1]);
    if (count < wanted) problems.push(`${count} ${name}, at least ${wanted} are wanted`);
  }
  const struck = strikes.total('KILLED') + strikes.total('STOPPED');
  const asked = Math.floor((mix.kills + mix.stops) * seconds * STRUCK_SHARE);
  if (struck < asked) problems.push(`${struck} kills and stops, at least ${asked} are wanted`);
  if (mix.kills + mix.stops > 0) {
    for (const place of PLACES) {
      const count = strikes.count('KILLED', place) + strikes.count('STOPPED', place);
      if (count === 0) problems.push(`no worker was struck at ${place}`);
    }
  }
  if (mix.faults >= 1) {
    for (const kind of FAULT_KINDS) {
      if ((tally.faults[kind] ?? 0) === 0) problems.push(`the broker's fault ${kind} never struck`);
    }
  }
  if (mix.gateway * seconds >= 2 && strikes.gatewayKills === 0) {
    problems.push('the gateway was never killed');
  }
  return problems.map((what) => ({ kind: 'TOO_LITTLE_SEEN', what }));
}
