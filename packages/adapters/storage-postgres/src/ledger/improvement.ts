import { sumWon, type Trade, type Won } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import type { Client } from '../make-pool.ts';
import { numeric } from '../sql/row-values.ts';

/** Orders of a day that the market did not take as they were. */
export interface ImprovementFacts {
  readonly partialOrders: number;
  readonly expiredOrders: number;
  readonly rejectedOrders: number;
}

const FACTS = {
  name: 'read_improvement_facts',
  text: `
  SELECT count(*) FILTER (WHERE filled_qty > 0 AND filled_qty < qty AND ended_at IS NOT NULL) AS partial,
    count(*) FILTER (WHERE end_reason = 'EXPIRED') AS expired,
    count(*) FILTER (WHERE end_reason = 'REJECTED_BY_BROKER') AS rejected
  FROM orders WHERE trade_date = $1 AND request = 'PLACE'`,
};

export async function readImprovementFacts(
  client: Client,
  date: TradeDate,
): Promise<ImprovementFacts> {
  const { rows } = await client.query<{ partial: number; expired: number; rejected: number }>({
    ...FACTS,
    values: [date],
  });
  return {
    partialOrders: rows[0]?.partial ?? 0,
    expiredOrders: rows[0]?.expired ?? 0,
    rejectedOrders: rows[0]?.rejected ?? 0,
  };
}

/**
 * SC-011: what the next day's parameters can learn from. Which exits and strategies paid, whether
 * orders found no counterpart, what liquidation cost.
 */
export function improvementOf(
  trades: readonly Trade[],
  strategies: ReadonlyMap<string, string>,
  facts: ImprovementFacts,
): Readonly<Record<string, unknown>> {
  const liquidated = trades.filter((trade) => trade.exitReason === 'MANDATORY_LIQUIDATION');
  const losing = liquidated.filter((trade) => trade.pnl?.lt(0));
  return {
    byExitReason: grouped(trades, (trade) => trade.exitReason ?? 'NONE'),
    byStrategy: grouped(trades, (trade) => strategies.get(trade.tradeId) ?? 'NONE'),
    illiquidity: { ...facts },
    liquidation: {
      trades: liquidated.length,
      losing: losing.length,
      loss: numeric(total(losing)),
    },
  };
}

function grouped(
  trades: readonly Trade[],
  key: (trade: Trade) => string,
): Record<string, { trades: number; wins: number; pnl: string }> {
  const groups = Object.groupBy(trades, key);
  return Object.fromEntries(
    Object.entries(groups).map(([name, members = []]) => [
      name,
      {
        trades: members.length,
        wins: members.filter((trade) => trade.pnl?.gt(0)).length,
        pnl: numeric(total(members)),
      },
    ]),
  );
}

function total(trades: readonly Trade[]): Won {
  return sumWon(trades.map((trade) => trade.pnl).filter((pnl) => pnl !== undefined));
}
