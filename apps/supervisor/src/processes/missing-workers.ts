import type { StrategyShare } from '../flags.ts';

export interface MissingWorker {
  /** A worker's name begins with it; where there are several strategies it names the worker's. */
  readonly prefix: string;
  /** What it replaces, for the backoff. */
  readonly slot: string;
  /** Undefined: the fleet's own STRATEGY. */
  readonly strategy: string | undefined;
}

export interface WishedWorkers {
  /** In all; more than the shares' sum when somebody must adopt. */
  readonly wanted: number;
  readonly strategies: readonly StrategyShare[] | undefined;
  /** STRATEGY: what a worker runs whose name does not say it. */
  readonly strategyName: string;
}

const PLAIN = 'worker-';

/**
 * Which workers to start so that as many live as are wished for. The living ones count whichever
 * command line started them: a successor may have been given another one than its predecessor.
 * @param suffixLength characters of an id that end a worker's name
 */
export function missingWorkers(
  livingNames: readonly string[],
  { wanted, strategies, strategyName }: WishedWorkers,
  suffixLength: number,
): readonly MissingWorker[] {
  if (strategies === undefined) return missing(PLAIN, undefined, livingNames.length, wanted);
  const prefixes = livingNames.map((name) => name.slice(0, -suffixLength));
  const extra = Math.max(0, wanted - strategies.reduce((sum, { workers }) => sum + workers, 0));
  return strategies.flatMap(({ name, workers }, index) => {
    const prefix = `${PLAIN}${name}-`;
    const living = prefixes.filter(
      (found) => found === prefix || (found === PLAIN && name === strategyName),
    ).length;
    return missing(prefix, name, living, Math.min(wanted, workers + (index === 0 ? extra : 0)));
  });
}

function missing(
  prefix: string,
  strategy: string | undefined,
  living: number,
  wanted: number,
): readonly MissingWorker[] {
  return Array.from({ length: Math.max(0, wanted - living) }, (_, index) => ({
    prefix,
    slot: `${prefix}slot-${living + index}`,
    strategy,
  }));
}
