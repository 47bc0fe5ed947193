import { kstTime } from '@fleet/krx';
import stringWidth from 'string-width';
import { eventWords, reasonWords } from '../texts/texts-of.ts';
import type { Texts } from '../texts/texts.ts';
import { paintBySign, percentText, signedWon } from './amounts.ts';
import type { FleetSnapshot, WorkerLine } from './fleet-snapshot.ts';
import type { Palette } from './palette.ts';
import { cutTo, padEnd, padStart } from './text-width.ts';
import { workerName } from './worker-names.ts';

export interface BlockStyle {
  readonly texts: Texts;
  readonly palette: Palette;
  /** No line is longer. */
  readonly columns: number;
  /** Rows of the terminal; with more workers than fit, those that hold come first. */
  readonly rows: number;
}

/** Lines that are not workers: head, gate, counts, rule, header, alarms and room to breathe. */
const OTHER_ROWS = 12;
const WORKERS_MIN = 3;
const COLUMNS_MIN = 40;
const WIDTHS = { worker: 7, state: 5, unrealized: 11, trades: 6, realized: 12 } as const;
const GAPS = 6;
/** What is left of the line goes to the stock and to the last event. */
const STOCK_SHARE = 0.6;

/** The live block, one text a line. */
export function renderBlock(snapshot: FleetSnapshot, style: BlockStyle): readonly string[] {
  const width = Math.max(COLUMNS_MIN, style.columns);
  return [
    headLine(snapshot, style, width),
    gateLine(snapshot, style, width),
    countsLine(snapshot, style, width),
    style.palette.faint('─'.repeat(width)),
    ...workerTable(snapshot, style, width),
    ...alarmLines(snapshot, style, width),
  ];
}

function headLine(snapshot: FleetSnapshot, style: BlockStyle, width: number): string {
  const { texts, palette } = style;
  const badge = ` ${snapshot.mode} `;
  const pace = snapshot.speed === 1 ? '' : ` ×${snapshot.speed}`;
  const clock = `${snapshot.tradeDate} ${kstTime(snapshot.marketAt)} KST${pace}`;
  const where = `${texts.phases[snapshot.phase]} · ${texts.states[snapshot.state]}`;
  const rest = cutTo(` ${clock} · ${where}`, width - stringWidth(badge));
  return palette.mode[snapshot.mode](badge) + palette.strong(rest);
}

function gateLine({ gate, gateReason }: FleetSnapshot, style: BlockStyle, width: number): string {
  const { texts, palette } = style;
  const why =
    gateReason === undefined || gate === 'OPEN'
      ? ''
      : ` (${reasonWords(texts.gateReasons, gateReason)})`;
  const line = cutTo(`${texts.screen.gate}: ${texts.gates[gate]}${why}`, width);
  if (gate === 'OPEN') return palette.good(line);
  return gate === 'STOPPED' ? palette.alarm(line) : palette.strong(line);
}

function countsLine(snapshot: FleetSnapshot, style: BlockStyle, width: number): string {
  const { texts, palette } = style;
  const pnl = `${texts.screen.pnl} ${texts.won(signedWon(snapshot.realizedPnl))}`;
  const rest = cutTo(
    countWords(snapshot, texts)
      .map((word) => ` · ${word}`)
      .join(''),
    width - stringWidth(pnl),
  );
  return paintBySign(palette, snapshot.realizedPnl, pnl) + rest;
}

/** What a person counts, in words. */
export function countWords(snapshot: FleetSnapshot, texts: Texts): readonly string[] {
  const { screen } = texts;
  const { winRate, trades, candidates } = snapshot;
  return [
    screen.held(snapshot.openPositions),
    screen.openOrders(snapshot.openOrders),
    screen.trades(trades),
    ...(winRate === undefined || trades === 0 ? [] : [screen.winRate(percentText(winRate))]),
    ...(candidates === undefined ? [] : [screen.candidates(candidates)]),
  ];
}

function workerTable(
  { workers }: FleetSnapshot,
  style: BlockStyle,
  width: number,
): readonly string[] {
  const { texts, palette, rows } = style;
  if (workers.length === 0) return [palette.faint(texts.screen.noWorkers)];
  const room = Math.max(WORKERS_MIN, rows - OTHER_ROWS);
  const shown =
    workers.length <= room
      ? workers
      : workers.toSorted((a, b) => Number(b.state === 'HOLD') - Number(a.state === 'HOLD'));
  const lines = shown.slice(0, room).map((worker) => workerLine(worker, workers, style, width));
  const hidden = workers.length - Math.min(room, workers.length);
  return [
    palette.faint(headerLine(texts, width)),
    ...lines,
    ...(hidden > 0 ? [palette.faint(texts.screen.moreWorkers(hidden))] : []),
  ];
}

/** Widths of the two columns that share the rest of the line. */
function wideColumns(width: number): { stock: number; last: number } {
  const taken = Object.values(WIDTHS).reduce<number>((sum, columns) => sum + columns, GAPS);
  const left = Math.max(0, width - taken);
  const stock = Math.floor(left * STOCK_SHARE);
  return { stock, last: left - stock };
}

function headerLine(texts: Texts, width: number): string {
  const { columns } = texts.screen;
  const wide = wideColumns(width);
  const line = [
    padEnd(columns.worker, WIDTHS.worker),
    padEnd(columns.state, WIDTHS.state),
    padEnd(columns.stock, wide.stock),
    padStart(columns.unrealized, WIDTHS.unrealized),
    padStart(columns.trades, WIDTHS.trades),
    padStart(columns.realized, WIDTHS.realized),
    padEnd(columns.last, wide.last),
  ].join(' ');
  return cutTo(line.trimEnd(), width);
}

function workerLine(
  worker: WorkerLine,
  all: readonly WorkerLine[],
  { texts, palette }: BlockStyle,
  width: number,
): string {
  const wide = wideColumns(width);
  const { unrealizedPnl, realizedPnl } = worker;
  const last = worker.lastEvent === undefined ? '' : eventWords(texts, worker.lastEvent);
  const start = [
    padEnd(workerName(worker, all), WIDTHS.worker),
    padEnd(texts.workerStates[worker.state], WIDTHS.state),
    padEnd(stockText(worker), wide.stock),
  ].join(' ');
  const unrealized = padStart(
    unrealizedPnl === undefined ? '-' : signedWon(unrealizedPnl),
    WIDTHS.unrealized,
  );
  const realized = padStart(signedWon(realizedPnl), WIDTHS.realized);
  // Too narrow a terminal loses the last columns, never the line's end.
  const plain = [start, unrealized, padStart(String(worker.trades), WIDTHS.trades), realized, last];
  if (wide.last === 0) return cutTo(plain.join(' '), width);
  return [
    start,
    unrealizedPnl === undefined ? unrealized : paintBySign(palette, unrealizedPnl, unrealized),
    padStart(String(worker.trades), WIDTHS.trades),
    paintBySign(palette, realizedPnl, realized),
    cutTo(last, wide.last),
  ].join(' ');
}

/** Code and name; '-' without a stock. */
export function stockText({ symbol, instrumentName }: WorkerLine): string {
  if (symbol === undefined) return '-';
  // A day file without names calls a stock by its code: once is enough.
  const isNamed = instrumentName !== undefined && !instrumentName.includes(symbol);
  return isNamed ? `${symbol} ${instrumentName}` : symbol;
}

function alarmLines(
  { alarms, gatewayAlive }: FleetSnapshot,
  { texts, palette }: BlockStyle,
  width: number,
): readonly string[] {
  const words = alarms.map((alarm) => eventWords(texts, alarm));
  const all = gatewayAlive ? words : [texts.screen.gatewayDead, ...words];
  return all.map((alarm) => palette.alarm(cutTo(`! ${alarm}`, width)));
}
