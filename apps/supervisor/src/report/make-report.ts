import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { LagMonitor } from '@fleet/observability';
import type { DayCounts, DaySettlement, Run, TradeResult } from '@fleet/service-layer';
import type { PostgresStores } from '../bootstrap/adapters.ts';
import type { TradeDate } from '@fleet/krx';
import type { DayReport, LagReport } from './day-report.ts';

export interface ReportDependencies {
  readonly run: Run;
  readonly tradeDate: TradeDate;
  readonly stores: PostgresStores;
  readonly probeFile: string;
  /** Why a leftover position could not be sold; undefined when nothing says that it could not. */
  readonly unsellableReason: (symbol: string) => Promise<string | undefined>;
}

const ProbeFile = z.object({ process: z.string(), encoded: z.string(), skipped: z.number() });

/** The day as JSON (`--report`), from the tables and the settlement. */
export async function makeReport(
  deps: ReportDependencies,
  settled: DaySettlement,
): Promise<DayReport> {
  const { run, tradeDate, stores } = deps;
  const counts = await stores.report.readCounts(tradeDate);
  const { summary, tieOut } = settled;
  const openPositions = settled.positions.map(({ symbol, quantity }) => ({ symbol, quantity }));
  return {
    runId: run.runId,
    tradeDate,
    mode: run.mode,
    seed: run.parameters['seed'] === undefined ? null : Number(run.parameters['seed']),
    workers: counts.workers.map((worker) => ({
      workerId: worker.workerId,
      pid: worker.pid,
      capital: worker.capital.toNumber(),
      trades: worker.trades,
      realizedPnl: worker.realizedPnl.toNumber(),
    })),
    orders: counts.orders,
    fills: counts.fills,
    trades: summary.tradesCount,
    realizedPnl: settled.realizedPnl.toNumber(),
    commission: settled.commission.toNumber(),
    transactionTax: settled.transactionTax.toNumber(),
    ...extremes(counts),
    winRate: Number(summary.winRate),
    maxLoss: summary.maxLoss.toNumber(),
    tieOut: {
      cashDifference: tieOut.cashDifference.toNumber(),
      holdingsDifferences: tieOut.holdingsDifferences,
      ok: tieOut.ok,
      findings: tieOut.findings,
    },
    openPositions,
    openOrders: counts.openOrders,
    stockLocks: counts.stockLocks,
    unsellable: await nameUnsellable(deps, openPositions),
    events: await stores.events.countByType(tradeDate),
    lag: await readLags(deps),
  };
}

function extremes({
  bestTrade,
  worstTrade,
}: DayCounts): Pick<DayReport, 'bestTrade' | 'worstTrade'> {
  if (!bestTrade || !worstTrade) return {};
  return { bestTrade: plainTrade(bestTrade), worstTrade: plainTrade(worstTrade) };
}

function plainTrade({ symbol, pnl }: TradeResult): { symbol: string; pnl: number } {
  return { symbol, pnl: pnl.toNumber() };
}

async function nameUnsellable(deps: ReportDependencies, positions: DayReport['openPositions']) {
  const named: DayReport['unsellable'][number][] = [];
  for (const { symbol, quantity } of positions) {
    const reason = await deps.unsellableReason(symbol);
    if (reason !== undefined) named.push({ symbol, quantity, reason });
  }
  return named;
}

/** Lags by process; restarts of a process add up, and the idle probe stands beside them. */
async function readLags(deps: ReportDependencies): Promise<Record<string, LagReport>> {
  const suffix = `@${deps.tradeDate}`;
  const rows = (await deps.stores.lags.readAll())
    .filter((row) => row.process.endsWith(suffix))
    .map((row) => ({ ...row, process: row.process.slice(0, -suffix.length) }));
  const lags: Record<string, LagReport> = {};
  for (const row of rows) lags[row.process] = figuresOf(row.encodedHistogram, row.skipped);
  const probe = readProbe(deps.probeFile);
  if (probe) lags['idle-probe'] = figuresOf(probe.encoded, probe.skipped);
  return lags;
}

function figuresOf(encoded: string, skipped: number): LagReport {
  const lag = new LagMonitor();
  lag.add(encoded, skipped);
  const { count, p50Ms, p99Ms, maxMs } = lag.figures();
  return { count, p50Ms, p99Ms, maxMs };
}

function readProbe(file: string): z.infer<typeof ProbeFile> | undefined {
  if (!existsSync(file)) return undefined;
  const parsed = ProbeFile.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return parsed.success ? parsed.data : undefined;
}

export function writeReport(file: string, reports: readonly DayReport[]): void {
  const [only] = reports;
  writeFileSync(file, `${JSON.stringify(reports.length === 1 ? only : reports, undefined, 2)}\n`);
}
