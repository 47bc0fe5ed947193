import { KRX_CALENDAR, kstDate, kstInstant, type TradeDate } from '@fleet/krx';
import { won } from '@fleet/domain';
import { clock } from '../bootstrap/adapters.ts';
import type { DayReport } from '../report/day-report.ts';
import { makeReport, writeReport } from '../report/make-report.ts';
import type { RunningFleet } from '../running-fleet.ts';
import type { SupervisorContext } from '../supervisor-context.ts';
import { keepShowing } from './keep-showing.ts';
import { runDay, type DayEnd } from './run-day.ts';

export interface DaysResult {
  /** False: stopped in between; the same command resumes. */
  readonly finished: boolean;
  readonly exitCode: number;
}

const WORKERS_READY_MS = 60_000;
const LOOK_MS = 50;

/** The trading days of a run, one after another. */
export async function runDays(
  context: SupervisorContext,
  fleet: RunningFleet,
): Promise<DaysResult> {
  const { flags, stop } = context;
  const reports: DayReport[] = [];
  for (;;) {
    const tradeDate = await currentDate(fleet);
    const end = (await settledAlready(fleet, tradeDate))
      ? undefined
      : await oneDay(context, fleet, tradeDate);
    if (end?.kind === 'PAUSED') return { finished: false, exitCode: 0 };
    if (end) {
      const report = await reportOf(context, fleet, tradeDate, end);
      reports.push(report);
      if (flags.report !== undefined) writeReport(flags.report, reports);
      context.screen.card(report, { reportFile: flags.report });
    }
    const last = KRX_CALENDAR.add(fleet.run.firstDate, flags.days - 1);
    if (stop.signal.aborted || tradeDate >= last || !fleet.fleet.control) break;
    await fleet.fleet.control.nextDay();
    await fleet.startGatewayAgain();
  }
  const failed = reports.some((report) => !report.tieOut.ok);
  return { finished: !stop.signal.aborted, exitCode: failed ? 1 : 0 };
}

async function currentDate(fleet: RunningFleet): Promise<TradeDate> {
  return (await fleet.fleet.control?.tradeDate()) ?? kstDate(fleet.marketClock.now());
}

/** A crash after the last closing step: the day is done, only the run is not. */
async function settledAlready(fleet: RunningFleet, tradeDate: TradeDate): Promise<boolean> {
  const system = await fleet.stores.system.read();
  return system.state === 'CLOSED' && system.tradeDate === tradeDate;
}

async function oneDay(
  context: SupervisorContext,
  fleet: RunningFleet,
  tradeDate: TradeDate,
): Promise<DayEnd> {
  const { settings, flags, log, screen, stop } = context;
  const { stores, term, gateway, marketClock, lag } = fleet;
  await awaitOpeningTime(context, fleet, tradeDate);
  await stores.system.startTerm(term, tradeDate, marketClock.now());
  fleet.wanted = { gateway: true, workers: flags.workers, dayRuns: false };
  const showing = new AbortController();
  const view = { candidates: undefined as { looked: number; signals: number } | undefined };
  void keepShowing(context, fleet, tradeDate, view, AbortSignal.any([showing.signal, stop.signal]));
  try {
    return await runDay(
      {
        settings,
        tradeDate,
        term,
        accountId: (await gateway.getStatus()).accountId,
        stores,
        gateway,
        clock,
        marketClock,
        lag,
        log,
        events: stores.events,
        onStep: (step, number, of) => screen.step(step, number, of),
        onScan: (scan) => {
          view.candidates = scan;
        },
        onReady: () => releaseDay(context, fleet),
        onClosing: () => {
          fleet.wanted = { ...fleet.wanted, workers: 0 };
        },
        onFeedDone: () => fleet.stopGateway(),
        strategies: flags.strategies?.map(({ name }) => name) ?? [settings.trading.strategyName],
        investable: won(won(flags.capital).times(flags.workers)),
        until: flags.until === undefined ? undefined : kstInstant(tradeDate, flags.until),
      },
      stop.signal,
    );
  } finally {
    showing.abort();
  }
}

/** ED-001: the market day begins at its time; SIM's exchange starts there. */
async function awaitOpeningTime(
  context: SupervisorContext,
  fleet: RunningFleet,
  tradeDate: TradeDate,
): Promise<void> {
  const { settings, screen, stop } = context;
  const opensAt = kstInstant(tradeDate, settings.marketOpenAt);
  if (fleet.marketClock.now() >= opensAt) return;
  screen.line('waitingForOpen', settings.marketOpenAt);
  await fleet.marketClock.sleepUntil(opensAt, stop.signal);
}

/** SIM's day runs at its speed once every worker scans. */
async function releaseDay(context: SupervisorContext, fleet: RunningFleet): Promise<void> {
  const giveUpAt = clock.monotonicMs() + WORKERS_READY_MS;
  while (clock.monotonicMs() < giveUpAt) {
    const living = await fleet.stores.workers.getLiving();
    const ready = living.filter((worker) => worker.status !== 'IDLE');
    if (ready.length >= context.flags.workers) break;
    await clock.sleep(LOOK_MS, context.stop.signal);
  }
  fleet.wanted = { ...fleet.wanted, dayRuns: true };
  await fleet.fleet.control?.go();
}

async function reportOf(
  context: SupervisorContext,
  fleet: RunningFleet,
  tradeDate: TradeDate,
  end: Extract<DayEnd, { kind: 'SETTLED' }>,
): Promise<DayReport> {
  await fleet.stopWorkers();
  const control = fleet.fleet.control;
  const deps = {
    run: fleet.run,
    tradeDate,
    stores: fleet.stores,
    probeFile: fleet.fleet.probeFile,
    unsellableReason: async (symbol: string) => await control?.unsellableReason(symbol),
  };
  const report = await makeReport(deps, end.settlement);
  context.log.info('DayReported', {
    tradeDate,
    trades: report.trades,
    realizedPnl: report.realizedPnl,
  });
  return report;
}
