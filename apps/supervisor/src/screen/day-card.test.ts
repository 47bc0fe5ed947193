import { describe, expect, it } from '@jest/globals';
import stringWidth from 'string-width';
import type { DayReport } from '../report/day-report.ts';
import { textsOf } from '../texts/texts-of.ts';
import { renderCard } from './day-card.ts';
import { makePalette } from './palette.ts';
import { dayReport } from './testing/samples.ts';

function card(report: DayReport, locale: 'ko' | 'en' = 'en', columns = 80): readonly string[] {
  const style = { texts: textsOf(locale), palette: makePalette(false), columns };
  return renderCard(report, { reportFile: '/data/r.json' }, style);
}

const red = dayReport({
  tieOut: {
    ok: false,
    cashDifference: -1,
    holdingsDifferences: [{ symbol: '900003', ours: 10, broker: 7 }],
    findings: ['cash: -1 won off'],
  },
  openPositions: [
    { symbol: '900001', quantity: 30 },
    { symbol: '900002', quantity: 5 },
  ],
  unsellable: [{ symbol: '900001', quantity: 30, reason: 'LOWER_LIMIT' }],
  orders: { total: 60, filled: 47, partial: 0, canceled: 11, rejected: 1, unknown: 1 },
  openOrders: 2,
  stockLocks: 1,
});

describe('day card', () => {
  it('tells of a good day', () => {
    const text = card(dayReport()).join('\n');
    for (const part of [
      'The day 2026-11-20 (Fri) · SIM simulation',
      '+123,456 won',
      '3,210 won',
      '40,120 won',
      '24 trades, 58.3% of them won',
      '-41,000 won',
      '12346',
      '-26,544',
      'the books agree',
      'No shares are left.',
      'Report: /data/r.json',
      'starts a new simulated day (no real money)',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain('DO NOT AGREE');
  });

  it('tells it in Korean', () => {
    const text = card(dayReport(), 'ko').join('\n');
    expect(text).toContain('2026-11-20 (금) 매매 결과 · SIM 시뮬레이션');
    expect(text).toContain('+123,456원');
    expect(text).toContain('장부 대조: 일치합니다.');
    expect(text).toContain('남은 주식이 없습니다.');
  });

  it('says loudly what does not tie out and does not suggest to go on', () => {
    const text = card(red).join('\n');
    expect(text).toContain('THE BOOKS DO NOT AGREE');
    expect(text).toContain('cash differs by -1 won');
    expect(text).toContain('900003: ours 10, broker 7');
    expect(text).toContain('find the difference before starting again');
    expect(text).not.toContain('starts a new simulated day');
    expect(text).toContain('1 unknown');
    expect(text).toContain('left over: 2 open orders, 1 locks');
  });

  it('names each unsellable position with why, and what is left without a reason', () => {
    const text = card(red).join('\n');
    expect(text).toContain('900001 30 shares - at its lower limit, no buyers');
    expect(text).toContain('Still held (nothing shows why it was not sold):');
    expect(text).toContain('900002 5 shares - reason unknown');
    expect(text).not.toContain('No shares are left.');
    const unknownWord = dayReport({
      unsellable: [{ symbol: 'A', quantity: 1, reason: 'STRANGE' }],
    });
    expect(card(unknownWord).join('\n')).toContain('A 1 shares - STRANGE');
  });

  it('names the best and the worst trade where they are known', () => {
    const report = dayReport({
      bestTrade: { symbol: '900004', pnl: 88_000 },
      worstTrade: { symbol: '900005', pnl: -41_000 },
    });
    const text = card(report).join('\n');
    expect(text).toContain('900004 +88,000 won');
    expect(text).toContain('900005 -41,000 won');
  });

  it('has words for a day without trades or workers', () => {
    const text = card(dayReport({ trades: 0, workers: [], realizedPnl: 0, winRate: 0 })).join('\n');
    expect(text).toContain('No trades today.');
    expect(text).not.toContain('NaN');
  });

  it.each([
    ['ko', 80],
    ['en', 80],
    ['ko', 60],
    ['en', 44],
  ] as const)('draws a straight frame in %s within %i columns', (locale, columns) => {
    for (const report of [dayReport(), red]) {
      const widths = new Set(card(report, locale, columns).map((line) => stringWidth(line)));
      expect([...widths]).toEqual([Math.min(78, columns)]);
    }
  });
});
