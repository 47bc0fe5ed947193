import type { Order, Position } from '@fleet/domain';
import type { FrozenStock, WorkerRow } from '@fleet/service-layer';
import type { FleetAccess } from './bootstrap.ts';
import { type FleetAddress, nameOf } from './fleet-address.ts';
import type { FleetStatus } from './fleet-status.ts';

/** Everything that a person asks of a fleet, in a handful of reads. */
export async function readStatus(
  address: FleetAddress,
  { stores, marketNow, judge }: FleetAccess,
): Promise<FleetStatus> {
  const system = await stores.system.read();
  const { tradeDate } = system;
  const counts = tradeDate === undefined ? undefined : await stores.report.readCounts(tradeDate);
  const summary =
    tradeDate === undefined ? undefined : await stores.settlement.getSummary(tradeDate);
  const results = new Map((counts?.workers ?? []).map((worker) => [worker.workerId, worker]));
  const workers = await stores.workers.getLiving();
  const foreign = tradeDate === undefined ? undefined : await stores.account.getForeign(tradeDate);
  return {
    fleet: nameOf(address),
    mode: address.mode,
    schema: address.schema,
    state: system.state,
    gate: system.gate,
    gateReason: system.gateReason ?? null,
    tradeDate: tradeDate ?? null,
    marketAt: (await marketNow()) ?? null,
    recoveryStatus: system.recoveryStatus ?? null,
    trades: counts?.trades ?? 0,
    realizedPnl: counts?.realizedPnl.toFixed() ?? '0',
    winRate: summary?.winRate ?? null,
    workers: workers.map((worker) => ({
      ...workerStatus(worker, judge),
      trades: results.get(worker.workerId)?.trades ?? 0,
      realizedPnl: results.get(worker.workerId)?.realizedPnl.toFixed() ?? '0',
    })),
    positions: (await stores.orders.getOpenPositions()).map((position) => positionStatus(position)),
    openOrders: (await stores.orders.getOpenOrders()).map((order) => orderStatus(order)),
    stockLocks: await stores.locks.getLockedSymbols(),
    frozen: (await stores.orders.getFrozenStocks()).map((stock) => frozenStatus(stock)),
    foreignOrders: foreign?.orders ?? [],
    foreignHoldings: foreign?.holdings ?? [],
    processes: await readProcesses(address, { stores, judge }),
  };
}

function workerStatus(worker: WorkerRow, judge: FleetAccess['judge']) {
  return {
    workerId: worker.workerId,
    pid: worker.process.pid,
    life: judge(worker.process),
    state: worker.status,
    symbol: worker.currentSymbol ?? null,
    unrealizedPnl: worker.unrealizedPnl?.toFixed() ?? null,
    lastEvent: worker.lastEvent ?? null,
  };
}

function positionStatus(position: Position): FleetStatus['positions'][number] {
  return {
    symbol: position.symbol,
    quantity: position.quantity,
    averageEntryPrice: position.averageEntryPrice?.toFixed() ?? null,
    workerId: position.workerId ?? null,
  };
}

function frozenStatus({ symbol, orderId, candidates }: FrozenStock): FleetStatus['frozen'][number] {
  return {
    symbol,
    orderId,
    candidates: candidates.map(({ key, ...terms }) => ({ number: key.number, ...terms })),
  };
}

function orderStatus(order: Order): FleetStatus['openOrders'][number] {
  return {
    orderId: order.orderId,
    symbol: order.symbol,
    side: order.side,
    quantity: order.quantity,
    filledQuantity: order.filledQuantity,
    status: order.status,
    unanswered: order.status === 'SENT' && order.answeredAt === undefined,
  };
}

/** The services by their leases, the rest by the runtime file; workers have their own list. */
async function readProcesses(
  { file }: FleetAddress,
  { stores, judge }: Pick<FleetAccess, 'stores' | 'judge'>,
): Promise<FleetStatus['processes']> {
  const services: FleetStatus['processes'][number][] = [];
  for (const name of ['supervisor', 'gateway'] as const) {
    const held = await stores.leases.read(name);
    if (!held) continue;
    const life = held.expired && judge(held.process) === 'unknown' ? 'dead' : judge(held.process);
    services.push({ role: name, name, pid: held.process.pid, life });
  }
  const others = (file?.processes ?? [])
    .filter(({ role }) => role !== 'worker' && !services.some((service) => service.role === role))
    .map((entry) => {
      const { role, name, pid, bootId, startedAt, hostId } = entry;
      const identity = { pid, bootId, startedAt, hostId: hostId ?? '' };
      return { role, name, pid, life: hostId === undefined ? 'unknown' : judge(identity) } as const;
    });
  return [...services, ...others];
}
