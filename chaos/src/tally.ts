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

/** The least that a run must see for each second that was asked for, to prove anything. */
const LEAST_A_SECOND = { intents: 1.6, sends: 1.4, fills: 1 };
/** And for each kill or stop that was asked for. */
const LEAST_A_STRIKE = { takeovers: 0.12, adoptions: 0.07 };
/** Kills and stops together, as a share of what was asked for: a worker must run to be struck. */
const STRUCK_SHARE = 0.85;

/** A run that saw too little proves nothing, so it fails. */
export function checkEnough({ tally, strikes, mix }: Seen, seconds: number): readonly Violation[] {
  const problems: string[] = [];
  const asked = (mix.kills + mix.stops) * seconds;
  const demand = (name: string, count: number, least: number): void => {
    const wanted = Math.floor(least);
    if (count < wanted) problems.push(`${count} ${name}, at least ${wanted} are wanted`);
  };
  demand('intents', tally.intents, LEAST_A_SECOND.intents * seconds);
  demand('sends', tally.sends, LEAST_A_SECOND.sends * seconds);
  demand('fills', tally.fills, LEAST_A_SECOND.fills * seconds);
  demand('takeovers', tally.takeovers, LEAST_A_STRIKE.takeovers * asked);
  demand('adoptions', tally.adoptions, LEAST_A_STRIKE.adoptions * asked);
  const struck = strikes.total('KILLED') + strikes.total('STOPPED');
  demand('kills and stops', struck, asked * STRUCK_SHARE);
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
