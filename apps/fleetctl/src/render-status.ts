import { kstTime } from '@fleet/krx';
import pc from 'picocolors';
import type { FleetStatus, Life } from './fleet-status.ts';
import type { Texts } from './texts.ts';

type Colors = ReturnType<typeof pc.createColors>;

/** The status for a person, one text a line. */
export function renderStatus(
  status: FleetStatus,
  texts: Texts,
  withColor: boolean,
): readonly string[] {
  const colors = pc.createColors(withColor);
  const { gate, gateReason, tradeDate, marketAt } = status;
  const gateText = gateReason === null ? gate : `${gate} (${gateReason})`;
  const time = marketAt === null ? undefined : kstTime(marketAt);
  return [
    colors.bold(texts.title(status.fleet, status.mode, status.schema)),
    tradeDate === null ? texts.noDay : texts.day(tradeDate, time),
    `${texts.state}: ${status.state}`,
    `${texts.gate}: ${gate === 'OPEN' ? colors.green(gateText) : colors.yellow(gateText)}`,
    texts.pnl(grouped(status.realizedPnl), status.trades, winRateOf(status)),
    ...section(texts.workers, texts, workerLines(status, texts, colors)),
    ...section(texts.positions, texts, positionLines(status, texts)),
    ...section(texts.orders, texts, orderLines(status, texts)),
    ...section(
      texts.locks,
      texts,
      status.stockLocks.length === 0 ? [] : [status.stockLocks.join(' ')],
    ),
    ...told(texts.frozen, frozenLines(status, colors)),
    ...told(texts.foreign, foreignLines(status, texts)),
    ...section(texts.processes, texts, processLines(status, texts, colors)),
  ];
}

function section(title: string, texts: Texts, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [`${title}: ${texts.none}`];
  return [`${title}:`, ...lines.map((line) => `  ${line}`)];
}

/** Shown only when there is something. */
function told(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
}

function frozenLines({ frozen }: FleetStatus, colors: Colors): readonly string[] {
  return frozen.map(({ symbol, candidates }) => {
    const rows = candidates.map(({ number, filledQuantity, quantity, price }) => {
      const at = price === null ? '' : ` @ ${grouped(price)}`;
      return `#${number} ${filledQuantity}/${quantity}${at}`;
    });
    return `${colors.red(symbol)}: ${rows.join(', ')}`;
  });
}

function foreignLines(
  { foreignOrders, foreignHoldings }: FleetStatus,
  texts: Texts,
): readonly string[] {
  return [
    ...foreignOrders.map(
      ({ number, symbol, side, filledQuantity, quantity }) =>
        `${symbol} ${side} ${filledQuantity}/${quantity} #${number}`,
    ),
    ...foreignHoldings.map(({ symbol, quantity }) => `${symbol} ${texts.shares(quantity)}`),
  ];
}

function workerLines({ workers }: FleetStatus, texts: Texts, colors: Colors): readonly string[] {
  return workers.map((worker) => {
    const unrealized = worker.unrealizedPnl === null ? '' : ` (${grouped(worker.unrealizedPnl)})`;
    const stock = worker.symbol === null ? '' : ` ${worker.symbol}${unrealized}`;
    const result = `${worker.trades} / ${grouped(worker.realizedPnl)}`;
    const life = lifeText(worker.life, texts, colors);
    return `${worker.pid} ${worker.state}${stock} · ${result} · ${life}`;
  });
}

function positionLines({ positions }: FleetStatus, texts: Texts): readonly string[] {
  return positions.map(({ symbol, quantity, averageEntryPrice }) => {
    const price = averageEntryPrice === null ? '' : ` @ ${grouped(averageEntryPrice)}`;
    return `${symbol} ${texts.shares(quantity)}${price}`;
  });
}

function orderLines({ openOrders }: FleetStatus, texts: Texts): readonly string[] {
  return openOrders.map((order) => {
    const filled = `${order.filledQuantity}/${order.quantity}`;
    const open = order.unanswered ? ` · ${texts.unanswered}` : '';
    return `${order.symbol} ${order.side} ${filled} ${order.status}${open}`;
  });
}

function processLines({ processes }: FleetStatus, texts: Texts, colors: Colors): readonly string[] {
  return processes.map(({ name, pid, life }) => `${name} ${pid} ${lifeText(life, texts, colors)}`);
}

function lifeText(life: Life, texts: Texts, colors: Colors): string {
  return life === 'dead' ? colors.red(texts.life[life]) : texts.life[life];
}

function winRateOf({ winRate, trades }: FleetStatus): string | undefined {
  if (winRate === null || trades === 0) return undefined;
  return `${(Number(winRate) * 100).toFixed(1)}%`;
}

function grouped(won: string): string {
  const [whole = '', fraction] = won.split('.');
  const text = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? text : `${text}.${fraction}`;
}
