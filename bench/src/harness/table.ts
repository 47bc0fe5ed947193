import { availableParallelism, cpus, loadavg } from 'node:os';
import { type Aim, isMet, ratioOf, type Row } from './row.ts';

const HEADS = ['figure', 'ours', 'yardstick', '', 'ratio', 'aim', ''] as const;

/** The rows as lines of one width per column. */
export function renderTable(rows: readonly Row[]): string {
  const cells = [
    [...HEADS],
    ...rows.map((row) => [
      row.figure,
      `${digits(row.ours)} ${row.unit}`,
      row.yardstick ? `${digits(row.yardstick.value)} ${row.unit}` : '-',
      row.yardstick?.name ?? '',
      ratioOf(row) === undefined ? '-' : `${digits(ratioOf(row))} x`,
      row.aim ? aimText(row.aim, row.unit) : '',
      { true: 'met', false: 'MISSED', undefined: '' }[`${isMet(row)}`],
    ]),
  ];
  const widths = HEADS.map((_, column) =>
    Math.max(...cells.map((line) => line[column]?.length ?? 0)),
  );
  return cells
    .map((line) =>
      line
        .map((cell, column) => (cell ?? '').padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** What the figures were measured on. */
export function environmentLine(): string {
  const [cpu] = cpus();
  return `${availableParallelism()} cores (${cpu?.model ?? 'unknown'}), node ${process.version}, ${process.platform}`;
}

/** Who else used the machine: of the last 1, 5 and 15 minutes. */
export function loadLine(): string {
  return `load ${loadavg()
    .map((value) => value.toFixed(2))
    .join(' ')}`;
}

function aimText({ of, atMost, atLeast }: Aim, unit: string): string {
  const suffix = of === 'ratio' ? ' x' : ` ${unit}`;
  const parts = [
    atLeast === undefined ? [] : [`>= ${digits(atLeast)}${suffix}`],
    atMost === undefined ? [] : [`<= ${digits(atMost)}${suffix}`],
  ];
  return parts.flat().join(', ');
}

/** Three that mean something. */
function digits(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '-';
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
