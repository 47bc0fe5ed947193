import { percentile } from './percentile.ts';

/** A figure beside its yardstick, both measured in the same run. */
export interface Row {
  readonly figure: string;
  readonly unit: string;
  readonly ours: number;
  /** Undefined where a figure has no other side, such as a count of losses. */
  readonly yardstick: { readonly name: string; readonly value: number } | undefined;
  /** What the figure (`value`) or its ratio to the yardstick (`ratio`) should not exceed or fall below. */
  readonly aim?: Aim;
}

export interface Aim {
  readonly of: 'value' | 'ratio';
  readonly atMost?: number;
  readonly atLeast?: number;
}

export function ratioOf({ ours, yardstick }: Row): number | undefined {
  return yardstick && yardstick.value !== 0 ? ours / yardstick.value : undefined;
}

/** Undefined without an aim, or without the ratio that it speaks of. */
export function isMet(row: Row): boolean | undefined {
  const { aim } = row;
  const value = aim?.of === 'ratio' ? ratioOf(row) : row.ours;
  if (!aim || value === undefined || Number.isNaN(value)) return undefined;
  const { atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY } = aim;
  return value <= atMost && value >= atLeast;
}

const PERCENTILES = { p50: 0.5, p99: 0.99, max: 1 } as const;

/** Rows p50, p99 and max of two sets of samples. */
export function percentileRows(spec: {
  readonly figure: string;
  readonly unit: string;
  readonly ours: readonly number[];
  readonly yardstick: { readonly name: string; readonly samples: readonly number[] };
  readonly aims?: Partial<Record<keyof typeof PERCENTILES, Aim>>;
}): readonly Row[] {
  const { figure, unit, ours, yardstick, aims = {} } = spec;
  return (['p50', 'p99', 'max'] as const).map((name) => {
    const aim = aims[name];
    return {
      figure: `${figure} ${name}`,
      unit,
      ours: percentile(ours, PERCENTILES[name]),
      yardstick: {
        name: yardstick.name,
        value: percentile(yardstick.samples, PERCENTILES[name]),
      },
      ...(aim ? { aim } : {}),
    };
  });
}
