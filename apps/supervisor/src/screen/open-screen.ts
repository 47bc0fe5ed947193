import type { Environment, Locale } from '@fleet/config';
import { CLOSING_STEPS, type DayStep } from '@fleet/service-layer';
import { createLogUpdate } from 'log-update';
import type { DayReport } from '../report/day-report.ts';
import { textsOf, wordOf } from '../texts/texts-of.ts';
import type { LineKind, Mode, Texts } from '../texts/texts.ts';
import { type CardExtra, renderCard } from './day-card.ts';
import type { FleetSnapshot } from './fleet-snapshot.ts';
import { renderBlock } from './live-block.ts';
import { allowsColor, makePalette, type Palette } from './palette.ts';
import { changesBetween } from './snapshot-changes.ts';

/** What a person sees of a day. Nothing here decides anything; a broken terminal stops no trading. */
export interface Screen {
  /** Once, first: what is about to run. */
  banner(facts: { mode: Mode; dataDir: string }): void;
  run(facts: { runId: string; tradeDate: string; resumed: boolean }): void;
  step(step: DayStep, number: number, of: number): void;
  /** A notice that stays; `text` is what the kind needs (a name, a pid, a message). */
  line(kind: LineKind, text: string): void;
  /** The newest state: redraws the live block, or prints what changed. */
  show(snapshot: FleetSnapshot): void;
  card(report: DayReport, extra: CardExtra): void;
  /** Leaves the last block standing and gives the cursor back. May be called twice. */
  close(): void;
}

/** A terminal, a pipe or a file; where it is no terminal the size is unknown. */
export type ScreenStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
};

export interface ScreenOptions {
  readonly stdout: ScreenStream;
  readonly locale: Locale;
  readonly environment: Environment;
}

const COLUMNS_DEFAULT = 80;
const ROWS_DEFAULT = 24;
const COLUMNS_MAX = 120;

/** Where the lines go: above a live block, or simply out. */
interface Output {
  print(lines: readonly string[]): void;
  show(snapshot: FleetSnapshot): void;
  close(): void;
}

/** A live block on a terminal, plain lines anywhere else. */
export function openScreen({ stdout, locale, environment }: ScreenOptions): Screen {
  const texts = textsOf(locale);
  const isTerminal = stdout.isTTY === true && environment['TERM'] !== 'dumb';
  const palette = makePalette(allowsColor(stdout.isTTY === true, environment));
  const output = isTerminal ? liveOutput(stdout, texts, palette) : plainOutput(stdout, texts);
  return {
    banner: ({ mode, dataDir }) => {
      const line = texts.banner({ mode: texts.modes[mode], dataDir });
      output.print([palette.mode[mode](` ${mode} `) + ` ${line}`]);
    },
    run: (facts) => output.print([texts.run(facts)]),
    step: (step, number, of) => output.print([stepLine(texts, step, number, of)]),
    line: (kind, text) => {
      const line = texts.lines[kind](text);
      output.print([isAlarming(kind) ? palette.alarm(line) : line]);
    },
    show: (snapshot) => output.show(snapshot),
    card: (report, extra) => {
      output.close();
      const columns = columnsOf(stdout);
      output.print(renderCard(report, extra, { texts, palette, columns }));
    },
    close: () => output.close(),
  };
}

function stepLine(texts: Texts, step: DayStep, number: number, of: number): string {
  const isClosing = CLOSING_STEPS.some((closing) => closing === step);
  const name = wordOf(texts.steps, step);
  return `${isClosing ? texts.closing : texts.opening} ${texts.step(name, number, of)}`;
}

function isAlarming(kind: LineKind): boolean {
  return kind === 'died' || kind === 'failure';
}

function columnsOf(stdout: ScreenStream): number {
  return Math.min(COLUMNS_MAX, stdout.columns ?? COLUMNS_DEFAULT);
}

function liveOutput(stdout: ScreenStream, texts: Texts, palette: Palette): Output {
  // The cursor stays: a killed process must not leave the terminal without one.
  const update = createLogUpdate(stdout, { showCursor: true });
  let block = '';
  return {
    print(lines) {
      update.clear();
      stdout.write(`${lines.join('\n')}\n`);
      if (block !== '') update(block);
    },
    show(snapshot) {
      // One column less than the terminal has: a full line would wrap on some.
      const columns = columnsOf(stdout) - 1;
      const rows = stdout.rows ?? ROWS_DEFAULT;
      block = renderBlock(snapshot, { texts, palette, columns, rows }).join('\n');
      update(block);
    },
    close() {
      if (block !== '') update.done();
      block = '';
    },
  };
}

function plainOutput(stdout: ScreenStream, texts: Texts): Output {
  let before: FleetSnapshot | undefined;
  const print = (lines: readonly string[]): void => {
    if (lines.length > 0) stdout.write(`${lines.join('\n')}\n`);
  };
  return {
    print,
    show(snapshot) {
      // Another day of the same run starts its lines anew.
      const earlier = before?.tradeDate === snapshot.tradeDate ? before : undefined;
      print(changesBetween(earlier, snapshot, texts));
      before = snapshot;
    },
    close: () => undefined,
  };
}
