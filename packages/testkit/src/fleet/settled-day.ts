import { brokenRules, withBooks, type Row, type RunBooks } from './fleet-database.ts';
import { AFTER_THE_CLOSE, ALWAYS } from './ledger-invariants.ts';

/** Shares and won per stock and side, as each side's own fills say. */
const OURS = `select symbol, side, sum(qty)::text as qty, sum(amount)::text as amount
  from fills group by symbol, side order by symbol, side`;
const THE_EXCHANGES = `select o.symbol, o.side, sum(f.quantity)::text as qty,
    sum(f.quantity * f.price)::text as amount
  from fills f join orders o using (trade_date, number) group by o.symbol, o.side order by symbol, side`;

export interface SettledDay {
  /** Rules about the tables that do not hold; a day in order has none. */
  readonly broken: readonly { readonly name: string; readonly rows: readonly Row[] }[];
  readonly ourFills: readonly Row[];
  readonly exchangeFills: readonly Row[];
  readonly trades: number;
}

/** Reads the newest run of a folder after its fleet is down. */
export async function readSettledDay(
  dataDir: string,
  alsoRead: (books: RunBooks) => Promise<void> = () => Promise.resolve(),
): Promise<SettledDay> {
  return await withBooks(dataDir, async (books) => {
    await alsoRead(books);
    const [closed] = await books.query(
      'select count(*)::int as n from trades where pnl is not null',
    );
    return {
      broken: await brokenRules(books.query, [...ALWAYS, ...AFTER_THE_CLOSE]),
      ourFills: await books.query(OURS),
      exchangeFills: await books.simulator(THE_EXCHANGES),
      trades: Number(closed?.['n']),
    };
  });
}
