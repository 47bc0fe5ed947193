import { quantity, sumWon, won, type Won } from '@fleet/domain';
import { BrokerError, type BrokerBalance, type BrokerHolding } from '@fleet/service-layer';
import * as z from 'zod';
import { type ReplyRow, rowsOf } from '../rest/envelope.ts';
import { parseReply, quantityField, textField, wonField } from '../rest/fields.ts';
import type { AccountParts } from '../settings.ts';
import { symbolOf } from '../symbol-spelling.ts';

const holdingRow = z.object({
  pdno: textField,
  hldg_qty: quantityField,
  ord_psbl_qty: quantityField,
  pchs_avg_pric: wonField,
  pchs_amt: wonField,
  thdt_buyqty: quantityField,
  thdt_sll_qty: quantityField,
});

const totalsRow = z.object({
  dnca_tot_amt: wonField,
  prvs_rcdl_excc_amt: wonField,
  thdt_buy_amt: wonField,
  thdt_sll_amt: wonField,
  thdt_tlex_amt: wonField,
});

type HoldingRow = z.infer<typeof holdingRow>;

export function balanceQuery(account: AccountParts): Record<string, string> {
  return {
    CANO: account.number,
    ACNT_PRDT_CD: account.product,
    AFHR_FLPR_YN: 'N',
    OFL_YN: '',
    INQR_DVSN: '02',
    UNPR_DVSN: '01',
    FUND_STTL_ICLD_YN: 'N',
    FNCG_AMT_AUTO_RDPT_YN: 'N',
    PRCS_DVSN: '00',
  };
}

/**
 * Stocks sold to the last share stay listed with quantity 0 until they settle; they are left out.
 * @throws BrokerError BAD_REPLY, also when the totals row is missing
 */
export function parseBalance(pages: readonly ReplyRow[]): BrokerBalance {
  // The last page's totals are the newest.
  const totals = pages.flatMap((page) => rowsOf(page['output2'])).at(-1);
  if (totals === undefined) throw new BrokerError('BAD_REPLY', 'balance: no totals row');
  const cash = parseReply(totalsRow, totals, 'balance totals');
  return {
    holdings: parseHoldings(pages.flatMap((page) => rowsOf(page['output1']))),
    cashDeposit: cash.dnca_tot_amt,
    settledCashD2: cash.prvs_rcdl_excc_amt,
    boughtTodayAmount: cash.thdt_buy_amt,
    soldTodayAmount: cash.thdt_sll_amt,
    costsToday: cash.thdt_tlex_amt,
  };
}

function parseHoldings(lines: readonly ReplyRow[]): readonly BrokerHolding[] {
  const bySymbol = new Map<string, HoldingRow[]>();
  for (const line of lines) {
    const fields = parseReply(holdingRow, line, 'balance row');
    const symbol = symbolOf(fields.pdno);
    if (!/^[0-9A-Z]{6,12}$/.test(fields.pdno)) {
      throw new BrokerError('BAD_REPLY', 'balance row: pdno is not readable');
    }
    if (symbol === undefined || fields.hldg_qty === 0) continue;
    bySymbol.set(symbol, [...(bySymbol.get(symbol) ?? []), fields]);
  }
  return [...bySymbol].map(([symbol, rows]) => holdingOf(symbol, rows));
}

/** A stock bought for cash and on credit comes as two rows. */
function holdingOf(symbol: string, rows: readonly HoldingRow[]): BrokerHolding {
  const total = (read: (line: HoldingRow) => number) =>
    quantity(rows.reduce((sum, line) => sum + read(line), 0));
  const held = total((line) => line.hldg_qty);
  return {
    symbol,
    quantity: held,
    sellableQuantity: total((line) => line.ord_psbl_qty),
    averagePrice: averagePrice(rows, held),
    boughtToday: total((line) => line.thdt_buyqty),
    soldToday: total((line) => line.thdt_sll_qty),
  };
}

function averagePrice(rows: readonly HoldingRow[], held: number): Won {
  const [only, ...others] = rows;
  if (only !== undefined && others.length === 0) return only.pchs_avg_pric;
  return won(
    sumWon(rows.map((line) => line.pchs_amt))
      .div(held)
      .toDecimalPlaces(4),
  );
}
