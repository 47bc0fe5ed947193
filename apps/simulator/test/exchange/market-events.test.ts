import { KRX_CALENDAR, kstInstant } from '@fleet/krx';
import { describe, expect, it } from '@jest/globals';

import { generateDays } from '../../src/day/generated/generated-days.ts';
import { parseMarketEvents, withMarketEvents } from '../../src/day/market-events.ts';
import { makeManualExchange } from './manual-exchange.ts';
import { afterOpen, flat, makeTestInput, TEST_DATE } from './test-day.ts';

const SYMBOL = '123450';
const INPUT = makeTestInput({
  [SYMBOL]: { bars: Array.from({ length: 380 }, (_, minute) => flat(minute, 10_000, 1000)) },
});

function fingerprintOf(events: object): string {
  return withMarketEvents(INPUT, parseMarketEvents(JSON.stringify(events))).fingerprint;
}

function marketWith(events: object) {
  const input = withMarketEvents(INPUT, parseMarketEvents(JSON.stringify(events)));
  return makeManualExchange(input.load(input.firstDate));
}

describe('ordered market events', () => {
  it('halt a stock from one time to another', () => {
    const market = marketWith({ halts: [{ symbol: SYMBOL, from: '10:00', to: '10:30:30' }] });
    const haltedAt = (instant: number) => {
      market.moveTo(instant);
      return market.exchange.quote(SYMBOL)!.halted;
    };
    expect(
      [afterOpen(60) - 1, afterOpen(60), afterOpen(90, 29), afterOpen(90, 30)].map(haltedAt),
    ).toEqual([false, true, true, false]);
  });

  it('break a market at a time, for its stage', () => {
    const market = marketWith({ circuitBreakers: [{ market: 'KOSPI', level: 1, at: '13:00' }] });
    market.moveTo(kstInstant(TEST_DATE, '13:00:01'));
    expect(market.exchange.quote(SYMBOL)!.halted).toBe(true);
    market.moveTo(kstInstant(TEST_DATE, '13:20:01'));
    expect(market.exchange.quote(SYMBOL)!.halted).toBe(false);
    expect(market.exchange.book(SYMBOL)!.expected).toBeDefined();
    market.moveTo(kstInstant(TEST_DATE, '13:31'));
    expect(market.exchange.book(SYMBOL)!.expected).toBeUndefined();
  });

  it('open a day an hour late', () => {
    const { calendar } = parseMarketEvents('{"lateOpens":[{"date":"2026-03-12"}]}');
    const late = generateDays({ seed: 1, calendar });
    const day = late.load(late.firstDate);
    expect(day.session.regular.from).toBe(
      KRX_CALENDAR.sessionOf(TEST_DATE).regular.from + 3_600_000,
    );
    const market = makeManualExchange(day);
    market.moveTo(day.session.regular.from - 1);
    expect(market.exchange.quoteAll().every(({ quote }) => quote.last === undefined)).toBe(true);
  });

  it('belong to the run: other events are another input', () => {
    expect(fingerprintOf({ halts: [] })).not.toBe(fingerprintOf({ circuitBreakers: [] }));
  });

  it('may be for one day only', () => {
    const halts = [{ symbol: SYMBOL, from: '10:00', to: '11:00', date: '2026-03-13' }];
    const input = withMarketEvents(INPUT, parseMarketEvents(JSON.stringify({ halts })));
    const next = input.nextDate(input.firstDate)!;
    const haltsOn = (date: typeof next) => input.load(date).symbols.get(SYMBOL)!.instrument.halts;
    expect([haltsOn(TEST_DATE).length, haltsOn(next).length]).toEqual([0, 1]);
  });

  it.each([
    ['[]', 'market events: not a JSON object'],
    ['{', 'market events: not a JSON object'],
    ['{"halt":[]}', 'market events: unknown key halt'],
    ['{"halts":{}}', 'market events: halts must be a list'],
    ['{"halts":[{"symbol":"1","from":"10:00","to":"9:00"}]}', 'to must be HH:MM or HH:MM:SS'],
    ['{"halts":[{"symbol":"1","from":"10:00","to":"09:00"}]}', 'ends before it begins'],
    ['{"circuitBreakers":[{"market":"KONEX","level":1,"at":"10:00"}]}', 'KOSPI or KOSDAQ'],
    ['{"circuitBreakers":[{"market":"KOSPI","level":4,"at":"10:00"}]}', 'level must be 1, 2 or 3'],
    ['{"lateOpens":[{"date":"2026-03-12","minutes":999}]}', 'minutes must be 0 to 300'],
    ['{"lateOpens":[{"date":"tomorrow"}]}', 'lateOpens #1: tomorrow is not a date'],
    ['{"shifts":[{"minutes":60}]}', 'shifts #1: date is missing'],
    ['{"halts":[{"symbol":"1","from":"10:00","to":"11:00","on":"x"}]}', 'halts #1: unknown key on'],
  ])('%s is refused', (text, message) => {
    expect(() => parseMarketEvents(text)).toThrow(message);
  });

  it('for a stock that is not listed are refused', () => {
    const halts = [{ symbol: '999990', from: '10:00', to: '11:00' }];
    expect(() => marketWith({ halts })).toThrow('999990 is not in the day');
  });
});
