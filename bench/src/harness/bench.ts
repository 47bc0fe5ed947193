import type { BenchChild } from './bench-child.ts';
import type { Row } from './row.ts';

export interface BenchContext {
  /** Length of one measuring round. */
  readonly seconds: number;
  /** How often each side is measured; the sides take turns. */
  readonly rounds: number;
  /**
   * Starts a file of this package as a process that dies with the run.
   * @param config what `serveBench` of the file is given; plain data
   */
  fork(file: URL, config: unknown): Promise<BenchChild>;
}

/** What a file `src/<name>.bench.ts` exports as `bench`. */
export interface Bench {
  /** One line above its table. */
  readonly title: string;
  run(context: BenchContext): Promise<readonly Row[]>;
}

/**
 * Measures the sides in turns (A B A B), so that what the machine does besides falls on both.
 * @returns per side the results of its rounds
 */
export async function interleave<T, K extends string>(
  rounds: number,
  sides: Readonly<Record<K, () => Promise<T>>>,
): Promise<ReadonlyMap<K, readonly T[]>> {
  const results = new Map<K, T[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const name in sides) {
      const earlier = results.get(name) ?? [];
      results.set(name, [...earlier, await sides[name]()]);
    }
  }
  return results;
}
