import { parseTradeDate, weekdayOf } from '@fleet/krx';
import type { DayReport } from '../report/day-report.ts';
import { wordOf } from '../texts/texts-of.ts';
import type { Texts } from '../texts/texts.ts';
import { frameRows, type Row } from './card-frame.ts';
import { paintBySign, percentText, signedWon, wonText } from './amounts.ts';
import type { Palette } from './palette.ts';
import { padEnd, padStart } from './text-width.ts';
import { workerName } from './worker-names.ts';

export interface CardExtra {
  readonly reportFile: string | undefined;
}

interface CardStyle {
  readonly texts: Texts;
  readonly palette: Palette;
  readonly columns: number;
}

const LABEL = 32;
const AMOUNT = 18;
const WORKER = { name: 10, capital: 16, trades: 8, realized: 16 } as const;

/** The card at the end of a day, one text a line: pleasant, and nothing left out. */
export function renderCard(
  report: DayReport,
  extra: CardExtra,
  style: CardStyle,
): readonly string[] {
  const groups = [
    resultRows(report, style),
    workerRows(report, style),
    tieOutRows(report, style),
    leftoverRows(report, style),
    nextRows(report, extra, style),
  ];
  return frameRows(groups, style);
}

/** A label at the left, an amount under the others' at the right. */
function amountRow(label: string, text: string): string {
  return padEnd(label, LABEL) + padStart(text, AMOUNT);
}

function resultRows(report: DayReport, { texts, palette }: CardStyle): readonly Row[] {
  const { card, won } = texts;
  const realized = amountRow(card.realized, won(signedWon(report.realizedPnl)));
  const title = card.title(datedTitle(report.tradeDate, texts), texts.modes[report.mode]);
  const orders = card.orders(report.orders);
  return [
    { text: title, paint: palette.strong },
    { text: realized, paint: (text) => paintBySign(palette, report.realizedPnl, text) },
    { text: amountRow(card.commission, won(wonText(report.commission))) },
    { text: amountRow(card.tax, won(wonText(report.transactionTax))) },
    ...tradeRows(report, texts),
    report.orders.unknown > 0 ? { text: orders, paint: palette.alarm } : { text: orders },
  ];
}

function tradeRows(report: DayReport, { card, won }: Texts): readonly Row[] {
  if (report.trades === 0) return [{ text: card.noTrades }];
  const { bestTrade, worstTrade } = report;
  const named = (trade: { symbol: string; pnl: number }): string =>
    `${trade.symbol} ${won(signedWon(trade.pnl))}`;
  const worst = worstTrade ? named(worstTrade) : won(signedWon(report.maxLoss));
  return [
    { text: card.trades(report.trades, percentText(report.winRate)) },
    ...(bestTrade ? [{ text: amountRow(card.best, named(bestTrade)) }] : []),
    { text: amountRow(card.worst, worst) },
  ];
}

function datedTitle(date: string, { weekdays }: Texts): string {
  return `${date} (${weekdays[weekdayOf(parseTradeDate(date))] ?? ''})`;
}

function workerRow(name: string, capital: string, trades: string, realized: string): string {
  return (
    padEnd(name, WORKER.name) +
    padStart(capital, WORKER.capital) +
    padStart(trades, WORKER.trades) +
    padStart(realized, WORKER.realized)
  );
}

function workerRows({ workers }: DayReport, { texts, palette }: CardStyle): readonly Row[] {
  if (workers.length === 0) return [];
  const { columns } = texts.card;
  return [
    {
      text: workerRow(columns.worker, columns.capital, columns.trades, columns.realized),
      paint: palette.faint,
    },
    ...workers.map((worker) => ({
      text: workerRow(
        workerName(worker, workers),
        wonText(worker.capital),
        String(worker.trades),
        signedWon(worker.realizedPnl),
      ),
      paint: (text: string) => paintBySign(palette, worker.realizedPnl, text),
    })),
  ];
}

function tieOutRows({ tieOut }: DayReport, { texts, palette }: CardStyle): readonly Row[] {
  const { card, won } = texts;
  // Remarks (foreign trades) come with a day that ties out, too.
  const findings = tieOut.findings.map((text) => ({ text: `- ${text}`, indent: 2 }));
  if (tieOut.ok) return [{ text: card.tied, paint: palette.good }, ...findings];
  const cash =
    tieOut.cashDifference === 0
      ? []
      : [{ text: card.cashDifference(won(signedWon(tieOut.cashDifference))), indent: 2 }];
  const holdings = tieOut.holdingsDifferences.map((row) => ({
    text: card.holdingDifference(row),
    indent: 2,
  }));
  return [{ text: card.notTied, paint: palette.alarm }, ...cash, ...holdings, ...findings];
}

function leftoverRows(report: DayReport, { texts, palette }: CardStyle): readonly Row[] {
  const { card } = texts;
  const named = new Set(report.unsellable.map(({ symbol }) => symbol));
  const unexplained = report.openPositions.filter(({ symbol }) => !named.has(symbol));
  const rows: Row[] = [];
  if (report.openPositions.length === 0 && report.unsellable.length === 0) {
    rows.push({ text: card.flat });
  }
  if (report.unsellable.length > 0) rows.push({ text: card.unsellable, paint: palette.strong });
  for (const row of report.unsellable) {
    const why = wordOf(texts.unsellable, row.reason);
    rows.push({ text: card.position(row, why), indent: 2 });
  }
  if (unexplained.length > 0) rows.push({ text: card.unexplained, paint: palette.alarm });
  for (const row of unexplained) {
    rows.push({ text: card.position(row, card.noReason), indent: 2 });
  }
  if (report.openOrders > 0 || report.stockLocks > 0) {
    rows.push({
      text: card.leftovers(report.openOrders, report.stockLocks),
      paint: palette.alarm,
    });
  }
  return rows;
}

function nextRows(report: DayReport, extra: CardExtra, { texts }: CardStyle): readonly Row[] {
  const { card } = texts;
  const { reportFile } = extra;
  const todo = [
    ...(report.tieOut.ok ? [] : [card.nextNotTied]),
    ...(report.openPositions.length > 0 ? [card.nextUnsellable] : []),
    ...(report.tieOut.ok ? [card.nextRun[report.mode]] : []),
  ];
  return [
    { text: reportFile === undefined ? card.noReport : card.report(reportFile) },
    { text: card.next },
    ...todo.map((text) => ({ text, indent: 2 })),
  ];
}
