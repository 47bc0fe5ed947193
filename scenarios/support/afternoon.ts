import { expect } from '@jest/globals';
import {
  type FleetFolder,
  readSettledDay,
  type RunBooks,
  type StartedCommand,
} from '../../packages/testkit/src/index.ts';
import { type InventedStock, inventedDay } from './invented-day.ts';

/** The end of a trading day on an invented market; five minutes of it are one second. */
export function afternoon(from = '14:00'): readonly string[] {
  const day = ['--day', 'generated:1', '--from', '2026-03-12', '--at', from];
  return [...day, '--speed', '300', '--workers', '3'];
}

/** The end of a day whose stocks the scenario invents. */
export function inventedAfternoon(
  folder: FleetFolder,
  stocks: readonly InventedStock[],
  how: { readonly at: string; readonly speed: number; readonly workers: number },
): readonly string[] {
  const file = folder.file('day_20260312.csv', inventedDay(stocks));
  const pace = ['--speed', String(how.speed), '--workers', String(how.workers)];
  return ['--day', file, '--at', how.at, ...pace];
}

/** Starting fleets and waiting for half a day, on a slow machine. */
export const SCENARIO_MS = 240_000;

/** A worker that has just bought: it will hold for a while. */
export async function awaitHolder(
  folder: FleetFolder,
): Promise<{ workerId: string; pid: number; symbol: string }> {
  const row = await folder.awaitRow(
    `select w.worker_id, w.pid, w.current_symbol from workers w
     join positions p on p.symbol = w.current_symbol and p.qty > 0
     where w.status = 'HOLD' and not exists (select from orders o
       where o.symbol = p.symbol and o.status in ('NEW', 'SENT', 'PARTIAL'))
     order by p.entered_at desc limit 1`,
  );
  return {
    workerId: String(row['worker_id']),
    pid: Number(row['pid']),
    symbol: String(row['current_symbol']),
  };
}

/** The day went on to its end, every rule about the tables holds, and both sides' fills agree. */
export async function expectSettled(
  folder: FleetFolder,
  supervisor: StartedCommand,
  alsoRead?: (books: RunBooks) => Promise<void>,
): Promise<void> {
  const code = await supervisor.end();
  expect({ code, errors: supervisor.errors }).toEqual({ code: 0, errors: '' });
  await folder.awaitNothingLeft();
  const day = await readSettledDay(folder.dataDir, alsoRead);
  expect(day.broken).toEqual([]);
  expect(day.ourFills).toEqual(day.exchangeFills);
  expect(day.trades).toBeGreaterThan(0);
  expect(folder.report()).toMatchObject({
    trades: day.trades,
    tieOut: { ok: true, cashDifference: 0, holdingsDifferences: [], findings: [] },
    openOrders: 0,
    openPositions: [],
    stockLocks: 0,
  });
}

/** Like `expectSettled` for a day that may have nothing to buy. */
export async function expectSettledOrFlat(
  folder: FleetFolder,
  supervisor: StartedCommand,
): Promise<void> {
  const code = await supervisor.end();
  expect({ code, output: supervisor.output }).toMatchObject({ code: 0 });
  await folder.awaitNothingLeft();
  const day = await readSettledDay(folder.dataDir);
  expect(day.broken).toEqual([]);
  expect(day.ourFills).toEqual(day.exchangeFills);
}
