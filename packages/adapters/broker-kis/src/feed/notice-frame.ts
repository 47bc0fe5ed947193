import type { Quantity, Side } from '@fleet/domain';
import type { ExecutionNotice } from '@fleet/service-layer';
import { orderNumberOf } from '../orders/order-number.ts';
import { quantityOf, textOf } from '../rest/fields.ts';
import { symbolOf } from '../symbol-spelling.ts';
import { type DataFrame, type Parsed, parseRecords } from './frame.ts';

/** 26 columns since the second exchange, 23 before; the first 17 have stayed. */
const WIDTH_MIN = 23;

const ACCOUNT = 1;
const ORDER_NUMBER = 2;
const ORIGINAL_NUMBER = 3;
const SIDE = 4;
const CHANGE = 5;
const SYMBOL = 8;
const NOTICE_QUANTITY = 9;
const TIME = 11;
const REFUSED = 12;
const IS_FILL = 13;
const ACCEPTANCE = 14;
const BRANCH = 15;
const ORDER_QUANTITY = 16;
const CUSTOMER = 17;

export interface AccountNotice {
  /** CANO and product, ten digits: an HTS id gets the notices of all its accounts. */
  readonly account: string;
  readonly notice: ExecutionNotice;
}

/** Of a decrypted frame. */
export function parseNoticeFrame(frame: DataFrame): Parsed<AccountNotice> {
  return parseRecords(frame, WIDTH_MIN, readNotice);
}

function readNotice(values: readonly string[]): AccountNotice | undefined {
  const account = textOf(values[ACCOUNT]);
  const orderNumber = orderNumberOf(values[ORDER_NUMBER] ?? '');
  const symbol = symbolOf(values[SYMBOL] ?? '');
  const side = readSide(textOf(values[SIDE]));
  const kind = readKind(values);
  if (kind === undefined || side === undefined || symbol === undefined) return undefined;
  const shares = readQuantity(values, kind);
  if (orderNumber === undefined || shares === undefined || !/^(\d{8}|\d{10})$/.test(account)) {
    return undefined;
  }
  if (!isInStep(values)) return undefined;
  const originalNumber = orderNumberOf(values[ORIGINAL_NUMBER] ?? '');
  return { account, notice: { kind, orderNumber, originalNumber, symbol, side, quantity: shares } };
}

/** Widths that hold in every notice, and not in one with a column too many or too few. */
function isInStep(values: readonly string[]): boolean {
  return (
    /^\d{6}$/.test(textOf(values[TIME])) &&
    /^[01YN]?$/.test(textOf(values[REFUSED])) &&
    /^\d{0,10}$/.test(textOf(values[ORIGINAL_NUMBER])) &&
    /^\d{5}$/.test(textOf(values[BRANCH])) &&
    !/^\d+$/.test(textOf(values[CUSTOMER]))
  );
}

function readKind(values: readonly string[]): ExecutionNotice['kind'] | undefined {
  const isFill = textOf(values[IS_FILL]);
  if (isFill === '2') return 'FILL';
  if (isFill !== '1') return undefined;
  // Documented as 0 and 1, seen as N and Y.
  if (['1', 'Y'].includes(textOf(values[REFUSED]))) return 'REJECTED';
  // 3: what an IOC or FOK left over is gone.
  const isChange = ['1', '2'].includes(textOf(values[CHANGE]));
  return isChange || textOf(values[ACCEPTANCE]) === '3' ? 'CHANGED' : 'ACCEPTED';
}

/** A fill's own quantity, else the order's (which old records keep in the other column). */
function readQuantity(
  values: readonly string[],
  kind: ExecutionNotice['kind'],
): Quantity | undefined {
  const ofOrder = textOf(values[ORDER_QUANTITY]);
  const isOwn = kind === 'FILL' || ofOrder === '';
  return quantityOf(isOwn ? values[NOTICE_QUANTITY] : ofOrder);
}

function readSide(code: string): Side | undefined {
  if (code === '01') return 'SELL';
  return code === '02' ? 'BUY' : undefined;
}
