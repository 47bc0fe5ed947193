import type { MarketPhase } from '@fleet/krx';

/**
 * NEW_MKOP_CLS_CODE. First: 1 before open, 2 in session, 3 after close, 4 after-hours single price;
 * second: 0 normal, 1 closing price. Auctions show '00'.
 */
export function sessionCode(phase: MarketPhase, isBeforeOpen: boolean): string {
  switch (phase) {
    case 'CONTINUOUS':
      return '20';
    case 'OPENING_AUCTION':
    case 'CLOSING_AUCTION':
      return '00';
    case 'PRE_OPEN_CLOSING_PRICE':
      return '11';
    case 'POST_CLOSE_ENTRY':
    case 'POST_CLOSE_CLOSING_PRICE':
      return '31';
    case 'AFTER_HOURS_SINGLE_PRICE':
      return '40';
    case 'CLOSED':
      return isBeforeOpen ? '10' : '30';
  }
}

/** HOUR_CLS_CODE: 0 regular, A closing auction, B opening auction, C interruption, D after hours. */
export function hourCode(phase: MarketPhase, isInterrupted: boolean): string {
  if (isInterrupted && phase === 'CONTINUOUS') return 'C';
  switch (phase) {
    case 'OPENING_AUCTION':
    case 'PRE_OPEN_CLOSING_PRICE':
      return 'B';
    case 'CLOSING_AUCTION':
      return 'A';
    case 'AFTER_HOURS_SINGLE_PRICE':
      return 'D';
    default:
      return '0';
  }
}

/** ANTC_MKOP_CLS_CODE: 311 / 112 before the open starts / ends, 121 / 129 the closing auction. */
export function expectedSessionCode(phase: MarketPhase): string {
  switch (phase) {
    case 'OPENING_AUCTION':
    case 'PRE_OPEN_CLOSING_PRICE':
      return '311';
    case 'CLOSING_AUCTION':
      return '121';
    case 'CONTINUOUS':
      return '112';
    default:
      return '129';
  }
}

const MARKET_NAMES = { KOSPI: 'KOSPI', KOSDAQ: 'KOSDAQ', KONEX: 'KONEX' } as const;

/** rprs_mrkt_kor_name. */
export function marketName(market: keyof typeof MARKET_NAMES): string {
  return MARKET_NAMES[market];
}
