import type { ChaosOptions, ChaosResult } from './run-chaos.ts';
import { PLACES } from './strike-log.ts';

const SHOWN_OF_A_KIND = 5;

/** The table at the end of a run. */
export function report(options: ChaosOptions, result: ChaosResult): string {
  const { tally, strikes, evidence } = result;
  const strikesAt = PLACES.map((place) => [
    place,
    strikes.count('KILLED', place),
    strikes.count('STOPPED', place),
  ]);
  const { kills, stops, gateway, faults } = options.mix;
  const again = `pnpm chaos --seconds ${options.seconds} --seed ${options.seed} --workers ${options.workers} --stocks ${options.stocks} --mix kills=${kills},stops=${stops},gateway=${gateway},faults=${faults}`;
  return [
    '',
    table(
      ['struck at', 'kill -9', 'SIGSTOP'],
      [
        ...strikesAt,
        ['elsewhere', strikes.elsewhere('KILLED'), strikes.elsewhere('STOPPED')],
        ['all', strikes.total('KILLED'), strikes.total('STOPPED')],
      ],
    ),
    '',
    table(
      ['seen', 'times'],
      [
        ['seconds', result.lasted],
        ['intents', tally.intents],
        ['sends that arrived', tally.sends],
        ['fills', tally.fills],
        ['takeovers', tally.takeovers],
        ['adoptions', tally.adoptions],
        ['workers started', result.workersStarted],
        ['gateway kills', strikes.gatewayKills],
        ['  while an order was under way', strikes.gatewayKillsWhileSending],
      ],
    ),
    '',
    table(['fault of the broker', 'times'], Object.entries(tally.faults)),
    '',
    table(
      ['refused by', 'times'],
      [['trust window', result.trustRefusals], ...Object.entries(evidence.refusals)],
    ),
    '',
    ...violationLines(result),
    '',
    `again: ${again}`,
  ].join('\n');
}

function violationLines({ violations }: ChaosResult): readonly string[] {
  if (violations.length === 0) return ['violations: none'];
  const byKind = Map.groupBy(violations, ({ kind }) => kind);
  return [...byKind].flatMap(([kind, ofKind]) => [
    `violated: ${kind}, ${ofKind.length} times`,
    ...ofKind.slice(0, SHOWN_OF_A_KIND).map(({ what }) => `  ${what}`),
  ]);
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const lines = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? '').length)),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}
