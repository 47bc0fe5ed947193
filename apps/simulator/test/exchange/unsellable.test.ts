import { describe, expect, it } from '@jest/globals';

import { unsellableReason } from '../../src/exchange/unsellable.ts';
import { makeManualExchange } from './manual-exchange.ts';
import {
  afterOpen,
  CLOSING,
  flat,
  makeTestDay,
  TEST_SESSION,
  type TestSymbol,
} from './test-day.ts';

const SYMBOL = '123450';
const BUSY = Array.from({ length: 380 }, (_, minute) => flat(minute, 10_000, 100));

function reasonAt(instant: number, given: TestSymbol) {
  const market = makeManualExchange(makeTestDay({ [SYMBOL]: { reference: 10_000, ...given } }));
  const { exchange } = market;
  market.moveTo(instant);
  return unsellableReason({
    quote: exchange.quote(SYMBOL)!,
    instrument: exchange.instrument(SYMBOL)!,
    session: exchange.session(),
    now: instant,
  });
}

const AFTER_CLOSE = TEST_SESSION.closingAuction.to + 60_000;

describe('a holding', () => {
  it.each([
    ['trades', afterOpen(100), { bars: BUSY }, undefined],
    ['traded at the close', AFTER_CLOSE, { bars: [...BUSY, flat(CLOSING, 10_000, 5)] }, undefined],
    ['waits in the closing auction', afterOpen(389), { bars: BUSY }, undefined],
    [
      'stands at the lower limit',
      afterOpen(100),
      { bars: [flat(0, 10_000, 5), flat(95, 7000, 5)] },
      'LOWER_LIMIT',
    ],
    [
      'closed at the lower limit',
      AFTER_CLOSE + 180_000,
      { bars: [...BUSY, flat(CLOSING, 7000, 5)] },
      'LOWER_LIMIT',
    ],
    [
      'waits for the end of an interruption',
      AFTER_CLOSE,
      { bars: [...BUSY, flat(CLOSING, 7000, 5)] },
      undefined,
    ],
    [
      'is halted',
      afterOpen(100),
      { bars: BUSY.slice(0, 50), halts: [{ from: afterOpen(50), to: afterOpen(200) }] },
      'HALTED',
    ],
    ['has not traded for a while', afterOpen(100), { bars: BUSY.slice(0, 85) }, 'NO_TRADES'],
    ['traded minutes ago', afterOpen(100), { bars: BUSY.slice(0, 95) }, undefined],
    ['has not traded today', afterOpen(100), { bars: [flat(0, 10_000, 0)] }, 'NO_TRADES'],
    ['has no closing price', AFTER_CLOSE, { bars: BUSY }, 'NO_TRADES'],
    ['has not begun', afterOpen(-5), { bars: BUSY }, undefined],
  ] as const)('that %s', (_, instant, given, reason) => {
    expect(reasonAt(instant, given)).toBe(reason);
  });
});
