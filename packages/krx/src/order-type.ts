/** Order types, and their code in the broker's ORD_DVSN / ODER_KIND. */
const CODES = {
  LIMIT: '00',
  MARKET: '01',
  CONDITIONAL_LIMIT: '02',
  BEST_LIMIT: '03',
  TOP_LIMIT: '04',
  PRE_OPEN_CLOSING_PRICE: '05',
  POST_CLOSE_CLOSING_PRICE: '06',
  AFTER_HOURS_SINGLE_PRICE: '07',
  LIMIT_IOC: '11',
  LIMIT_FOK: '12',
  MARKET_IOC: '13',
  MARKET_FOK: '14',
  BEST_IOC: '15',
  BEST_FOK: '16',
  MID_PRICE: '21',
  STOP_LIMIT: '22',
  MID_PRICE_IOC: '23',
  MID_PRICE_FOK: '24',
} as const;

export type OrderType = keyof typeof CODES;

/** All of them, in the order of their codes. */
export const ORDER_TYPES: readonly OrderType[] = Object.keys(CODES).filter(isOrderType);

const PRICED: ReadonlySet<OrderType> = new Set([
  'LIMIT',
  'CONDITIONAL_LIMIT',
  'AFTER_HOURS_SINGLE_PRICE',
  'LIMIT_IOC',
  'LIMIT_FOK',
  'STOP_LIMIT',
]);

const TYPE_OF_CODE: ReadonlyMap<string, OrderType> = new Map(
  ORDER_TYPES.map((type) => [CODES[type], type]),
);

/** The two digits that KIS calls ORD_DVSN. */
export function orderTypeCode(type: OrderType): string {
  return CODES[type];
}

/** Undefined for codes that are not for order entry (08–10, 51–80). */
export function orderTypeOfCode(code: string): OrderType | undefined {
  return TYPE_OF_CODE.get(code);
}

/** Whether the order carries a price; all others are sent with price 0. */
export function needsPrice(type: OrderType): boolean {
  return PRICED.has(type);
}

function isOrderType(name: string): name is OrderType {
  return Object.hasOwn(CODES, name);
}
