import { describe, expect, it } from '@jest/globals';
import { won } from '@fleet/domain';
import stringWidth from 'string-width';
import { textsOf } from '../texts/texts-of.ts';
import { type BlockStyle, renderBlock } from './live-block.ts';
import { makePalette } from './palette.ts';
import { holding, snapshot, workerLine } from './testing/samples.ts';

function style(locale: 'ko' | 'en', over: Partial<BlockStyle> = {}): BlockStyle {
  return { texts: textsOf(locale), palette: makePalette(false), columns: 80, rows: 40, ...over };
}

const crowded = snapshot({
  speed: 600,
  gate: 'EXIT_ONLY',
  gateReason: 'AMBIGUOUS_ORDER 900001',
  realizedPnl: won('-1234567890'),
  workers: [
    holding({
      instrumentName: '아주아주아주아주아주긴이름의종목우선주제일호스팩',
      unrealizedPnl: won('-999999999999'),
      realizedPnl: won('999999999999'),
      trades: 123_456,
      lastEvent: 'OrderAnswerContradictedEvent',
    }),
    workerLine({ pid: 4_194_304 }),
  ],
  gatewayAlive: false,
  alarms: ['StockFrozenEvent 900001', 'x'.repeat(300)],
});

describe('live block', () => {
  it('says in Korean what a person wants to know', () => {
    const [head, gate, counts, , columns, worker] = renderBlock(snapshot(), style('ko'));
    expect(head).toBe(' SIM  2026-11-20 10:23:41 KST ×60 · 접속매매 · 거래 중');
    expect(gate).toBe('게이트: 열림 - 매수·매도 가능');
    expect(counts).toBe(
      '실현손익 +123,456원 · 보유 1 · 미체결 0 · 매매 12회 · 승률 58.3% · 신호 4/312',
    );
    expect(columns).toMatch(/^작업자\s+상태\s+종목\s+평가손익\s+매매\s+실현손익\s+최근$/);
    expect(worker).toMatch(
      /^12345\s+보유\s+900001 가나다라…?.*-12,300\s+4\s+\+33,210\s+매수 완료$/,
    );
  });

  it('says the same in English', () => {
    const [head, gate, counts, , , worker] = renderBlock(snapshot(), style('en'));
    expect(head).toBe(' SIM  2026-11-20 10:23:41 KST ×60 · continuous · trading');
    expect(gate).toBe('Gate: open - buys and sells');
    expect(counts).toContain('P&L +123,456 won · 1 held · 0 open orders · 12 trades');
    expect(worker).toMatch(/hold\s+900001.*-12,300\s+4\s+\+33,210\s+bought$/);
  });

  it('says why the gate is not open, with the stock that the reason names', () => {
    const [, gate] = renderBlock(crowded, style('ko'));
    expect(gate).toBe('게이트: 매도만 - 새로 사지 않음 (결과를 가릴 수 없는 주문 900001)');
  });

  it.each([
    ['ko', 80],
    ['en', 80],
    ['ko', 79],
    ['ko', 60],
    ['en', 44],
    ['ko', 120],
  ] as const)('fits %s into %i columns, whatever it has to show', (locale, columns) => {
    for (const shown of [snapshot(), crowded, snapshot({ workers: [] })]) {
      const widths = renderBlock(shown, style(locale, { columns })).map((line) =>
        stringWidth(line),
      );
      expect(Math.max(...widths)).toBeLessThanOrEqual(columns);
    }
  });

  it('shows every amount in full at 80 columns for a usual day', () => {
    const worker = holding({ unrealizedPnl: won(-1_234_567), realizedPnl: won(12_345_678) });
    const text = renderBlock(snapshot({ workers: [worker] }), style('ko')).join('\n');
    expect(text).toContain('-1,234,567');
    expect(text).toContain('+12,345,678');
  });

  it('keeps the columns of Korean and Latin names in line', () => {
    const workers = [
      holding({ instrumentName: '가나다' }),
      holding({ workerId: 'b', pid: 2, instrumentName: 'ABC Corp' }),
    ];
    const lines = renderBlock(snapshot({ workers }), style('ko')).slice(5, 7);
    const ends = lines.map((line) => stringWidth(line.slice(0, line.indexOf('-12,300'))));
    expect(ends[0]).toBe(ends[1]);
  });

  it('shows those that hold first when the terminal is too low, and counts the rest', () => {
    const idle = Array.from({ length: 9 }, (_, n) => workerLine({ workerId: `w${n}`, pid: n + 1 }));
    const lines = renderBlock(
      snapshot({ workers: [...idle, holding()] }),
      style('en', { rows: 16 }),
    );
    expect(lines[5]).toContain('900001');
    expect(lines.at(-1)).toBe('… 6 more workers');
  });

  it('tells two workers of the same pid apart, as in containers', () => {
    const workers = [
      workerLine({ pid: 1, workerId: 'x-aaaaaa' }),
      workerLine({ pid: 1, workerId: 'x-bbbbbb' }),
    ];
    const text = renderBlock(snapshot({ workers }), style('en')).join('\n');
    expect(text).toContain('aaaaaa');
    expect(text).toContain('bbbbbb');
  });

  it('says that nothing can be sent while the gateway is down', () => {
    const lines = renderBlock(crowded, style('en'));
    expect(lines).toContain('! The gateway is down: no order leaves until it is back.');
    expect(lines).toContain('! stock frozen 900001');
  });

  it('paints a gain red and a loss blue, as Korean boards do', () => {
    const text = renderBlock(snapshot(), style('ko', { palette: makePalette(true) })).join('\n');
    expect(text).toContain('\u001B[31m실현손익 +123,456원');
    expect(text).toContain('\u001B[34m    -12,300');
  });
});
