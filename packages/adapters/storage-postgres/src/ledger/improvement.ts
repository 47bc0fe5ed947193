import {
  amountOf,
  type Price,
  sumWon,
  type Trade,
  type WhyNot,
  type Won,
  won,
} from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import type { Client } from '../make-pool.ts';
import { numeric, optional, priceOf } from '../sql/row-values.ts';

/** What a closed trade was entered on and by, and what the market made of its orders. */
export interface TradeFacts {
  readonly strategyName: string;
  readonly strategyVersion: string;
  readonly paramsVersion: number;
  /** The reasons of its entry's signal; empty for an entry that left none. */
  readonly reasons: readonly WhyNot[];
  /** Best ask when it was decided. */
  readonly ask: Price | undefined;
  /** Sells that ended with shares unsold. */
  readonly unfilledSells: number;
}

/** Orders of a day that the market did not take as they were. */
export interface OrderFacts {
  readonly partialOrders: number;
  readonly expiredOrders: number;
  readonly rejectedOrders: number;
  /** EC-003: times that a sell ended with shares unsold (`ExitIncompleteEvent`), and shares left then. */
  readonly incompleteExits: number;
  readonly sharesNotTaken: number;
}

const ORDERS = {
  name: 'read_order_facts',
  text: `
  SELECT o.*, e.*
  FROM (SELECT count(*) FILTER (WHERE filled_qty > 0 AND filled_qty < qty AND ended_at IS NOT NULL) AS partial,
          count(*) FILTER (WHERE end_reason = 'EXPIRED') AS expired,
          count(*) FILTER (WHERE end_reason = 'REJECTED_BY_BROKER') AS rejected
        FROM orders WHERE trade_date = $1 AND request = 'PLACE') o,
    (SELECT count(*) AS incomplete_exits,
       coalesce(sum((payload->>'quantity')::bigint - (payload->>'filledQuantity')::bigint), 0)::bigint AS not_taken
     FROM events WHERE trade_date = $1 AND type = 'ExitIncompleteEvent') e`,
};

interface OrderFactsRow {
  readonly partial: number;
  readonly expired: number;
  readonly rejected: number;
  readonly incomplete_exits: number;
  readonly not_taken: number;
}

const TRADES = {
  name: 'read_trade_facts',
  text: `
  SELECT t.trade_id, t.strategy_name, t.strategy_version, t.params_version, e.reasons, e.ask,
    (SELECT count(*) FROM orders o WHERE o.symbol = t.symbol AND o.side = 'SELL' AND o.request = 'PLACE'
       AND o.trade_date = $1 AND o.status = 'CANCELED' AND o.sent_at IS NOT NULL
       AND o.created_market_at BETWEEN t.entered_at AND t.exited_at) AS unfilled_sells
  FROM trades t LEFT JOIN LATERAL (
    SELECT s.reasons, s.ask FROM fills f JOIN entry_signals s ON s.order_id = f.order_id
    WHERE f.trade_id = t.trade_id AND f.side = 'BUY' ORDER BY f.booking_number LIMIT 1) e ON true
  WHERE t.closed_on = $1`,
};

interface TradeFactsRow {
  readonly trade_id: string;
  readonly strategy_name: string;
  readonly strategy_version: string;
  readonly params_version: number;
  readonly reasons: readonly WhyNot[] | null;
  readonly ask: string | null;
  readonly unfilled_sells: number;
}

export async function readOrderFacts(client: Client, date: TradeDate): Promise<OrderFacts> {
  const { rows } = await client.query<OrderFactsRow>({ ...ORDERS, values: [date] });
  return {
    partialOrders: rows[0]?.partial ?? 0,
    expiredOrders: rows[0]?.expired ?? 0,
    rejectedOrders: rows[0]?.rejected ?? 0,
    incompleteExits: rows[0]?.incomplete_exits ?? 0,
    sharesNotTaken: rows[0]?.not_taken ?? 0,
  };
}

/** By trade, of those that the day closed. */
export async function readTradeFacts(
  client: Client,
  date: TradeDate,
): Promise<ReadonlyMap<string, TradeFacts>> {
  const { rows } = await client.query<TradeFactsRow>({ ...TRADES, values: [date] });
  return new Map(
    rows.map((row) => [
      row.trade_id,
      {
        strategyName: row.strategy_name,
        strategyVersion: row.strategy_version,
        paramsVersion: row.params_version,
        reasons: row.reasons ?? [],
        ask: optional(row.ask, priceOf),
        unfilledSells: row.unfilled_sells,
      },
    ]),
  );
}

/**
 * SC-011: what the next day's parameters can learn from. Which signals, exits and parameters paid,
 * what a lack of liquidity cost, what mandatory liquidation cost. Made anew from the rows each time, so
 * that nothing counts twice.
 */
export function improvementOf(
  trades: readonly Trade[],
  factsOf: ReadonlyMap<string, TradeFacts>,
  orders: OrderFacts,
): Readonly<Record<string, unknown>> {
  const facts = (trade: Trade): TradeFacts | undefined => factsOf.get(trade.tradeId);
  const paramsOf = (trade: Trade): string => {
    const { strategyName = 'NONE', strategyVersion = '', paramsVersion = 0 } = facts(trade) ?? {};
    return `${strategyName} ${strategyVersion} params ${paramsVersion}`;
  };
  const liquidated = trades.filter((trade) => trade.exitReason === 'MANDATORY_LIQUIDATION');
  return {
    bySignal: bySignal(trades, facts),
    byExitReason: grouped(trades, (trade) => trade.exitReason ?? 'NONE'),
    byStrategy: grouped(trades, (trade) => facts(trade)?.strategyName ?? 'NONE'),
    byParameters: grouped(trades, paramsOf),
    illiquidity: {
      ...orders,
      slippage: slippageOf(trades, facts),
      hardExits: totals(trades.filter((trade) => (facts(trade)?.unfilledSells ?? 0) > 0)),
    },
    liquidation: {
      ...totals(liquidated),
      losing: liquidated.filter(isLost).length,
      loss: numeric(total(liquidated.filter(isLost))),
    },
  };
}

type Facts = (trade: Trade) => TradeFacts | undefined;

/** Per reason code: what its trades came to, and the mean of its number where they won and lost. */
function bySignal(trades: readonly Trade[], facts: Facts): Record<string, unknown> {
  const codes = new Set(trades.flatMap((t) => facts(t)?.reasons.map(({ code }) => code) ?? []));
  return Object.fromEntries(
    [...codes].toSorted().map((code) => {
      const actual = (trade: Trade): string | undefined =>
        facts(trade)?.reasons.find((reason) => reason.code === code)?.actual;
      const members = trades.filter((trade) => actual(trade) !== undefined);
      return [
        code,
        {
          ...totals(members),
          meanWhenWon: mean(members.filter(isWon).map(actual)),
          meanWhenLost: mean(members.filter(isLost).map(actual)),
        },
      ];
    }),
  );
}

/** What entries cost above the best ask that they were decided on. */
function slippageOf(trades: readonly Trade[], facts: Facts): Record<string, unknown> {
  const worse = trades.flatMap((trade) => {
    const ask = facts(trade)?.ask;
    if (ask === undefined) return [];
    const over = trade.boughtAmount.minus(amountOf(ask, trade.boughtQuantity));
    return over.gt(0) ? [won(over)] : [];
  });
  return { trades: worse.length, cost: numeric(sumWon(worse)) };
}

function grouped(trades: readonly Trade[], key: (trade: Trade) => string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(Object.groupBy(trades, key)).map(([name, members = []]) => [
      name,
      totals(members),
    ]),
  );
}

function totals(trades: readonly Trade[]): { trades: number; wins: number; pnl: string } {
  return {
    trades: trades.length,
    wins: trades.filter(isWon).length,
    pnl: numeric(total(trades)),
  };
}

const MEAN_DECIMALS = 6;

/** Null without a number to take it of. */
function mean(texts: readonly (string | undefined)[]): string | null {
  const values = texts.flatMap((text) =>
    text !== undefined && NUMBER.test(text) ? [won(text)] : [],
  );
  if (values.length === 0) return null;
  return sumWon(values).div(values.length).toDecimalPlaces(MEAN_DECIMALS).toFixed();
}

const NUMBER = /^-?\d+(\.\d+)?$/;
const isWon = (trade: Trade): boolean => trade.pnl?.gt(0) === true;
const isLost = (trade: Trade): boolean => trade.pnl?.lt(0) === true;

function total(trades: readonly Trade[]): Won {
  return sumWon(trades.map((trade) => trade.pnl).filter((pnl) => pnl !== undefined));
}
