import type { Market, MarketPhase } from '@fleet/krx';

type ByPhase = Readonly<Record<MarketPhase, string>>;

const SESSION_CODES: ByPhase = {
  CLOSED: '30',
  PRE_OPEN_CLOSING_PRICE: '11',
  OPENING_AUCTION: '00',
  CONTINUOUS: '20',
  CLOSING_AUCTION: '00',
  POST_CLOSE_ENTRY: '31',
  POST_CLOSE_CLOSING_PRICE: '31',
  AFTER_HOURS_SINGLE_PRICE: '40',
};

/**
 * NEW_MKOP_CLS_CODE. First: 1 before open, 2 in session, 3 after close, 4 after-hours single price;
 * second: 0 normal, 1 closing price. Auctions show '00'.
 */
export function sessionCode(phase: MarketPhase, isBeforeOpen: boolean): string {
  return phase === 'CLOSED' && isBeforeOpen ? '10' : SESSION_CODES[phase];
}

const HOUR_CODES: ByPhase = {
  CLOSED: '0',
  PRE_OPEN_CLOSING_PRICE: 'B',
  OPENING_AUCTION: 'B',
  CONTINUOUS: '0',
  CLOSING_AUCTION: 'A',
  POST_CLOSE_ENTRY: '0',
  POST_CLOSE_CLOSING_PRICE: '0',
  AFTER_HOURS_SINGLE_PRICE: 'D',
};

/** HOUR_CLS_CODE: 0 regular, A closing auction, B opening auction, C interruption, D after hours. */
export function hourCode(phase: MarketPhase, isInterrupted: boolean): string {
  return isInterrupted && phase === 'CONTINUOUS' ? 'C' : HOUR_CODES[phase];
}

const EXPECTED_CODES: ByPhase = {
  CLOSED: '129',
  PRE_OPEN_CLOSING_PRICE: '311',
  OPENING_AUCTION: '311',
  CONTINUOUS: '112',
  CLOSING_AUCTION: '121',
  POST_CLOSE_ENTRY: '129',
  POST_CLOSE_CLOSING_PRICE: '129',
  AFTER_HOURS_SINGLE_PRICE: '129',
};

/** ANTC_MKOP_CLS_CODE: 311 / 112 before the open starts / ends, 121 / 129 the closing auction. */
export function expectedSessionCode(phase: MarketPhase): string {
  return EXPECTED_CODES[phase];
}

const MARKET_CODES: ByPhase = {
  CLOSED: '159',
  PRE_OPEN_CLOSING_PRICE: '110',
  OPENING_AUCTION: '110',
  CONTINUOUS: '112',
  CLOSING_AUCTION: '121',
  POST_CLOSE_ENTRY: '129',
  POST_CLOSE_CLOSING_PRICE: '140',
  AFTER_HOURS_SINGLE_PRICE: '150',
};

/** MKOP_CLS_CODE of H0STMKO0: 110 auction, 112 open, 121 closing auction, 129 close … */
export function marketCode(phase: MarketPhase): string {
  return MARKET_CODES[phase];
}

/** rprs_mrkt_kor_name. */
export function marketName(market: Market): string {
  return market;
}
