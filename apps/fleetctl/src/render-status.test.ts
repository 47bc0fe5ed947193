import { describe, expect, it } from '@jest/globals';
import type { FleetStatus } from './fleet-status.ts';
import { renderStatus } from './render-status.ts';
import { textsOf } from './texts.ts';

const status: FleetStatus = {
  fleet: 'run-1',
  mode: 'SIM',
  schema: 'run_1',
  state: 'TRADING',
  gate: 'EXIT_ONLY',
  gateReason: 'FLATTEN',
  tradeDate: '2026-11-20',
  marketAt: 1_795_137_821_000,
  recoveryStatus: 'SUCCESS',
  trades: 12,
  realizedPnl: '-1234567',
  winRate: '0.25',
  workers: [
    {
      workerId: 'w',
      pid: 77,
      life: 'dead',
      state: 'HOLD',
      symbol: '900001',
      unrealizedPnl: '-5000',
      trades: 3,
      realizedPnl: '12000',
      lastEvent: null,
    },
  ],
  positions: [{ symbol: '900001', quantity: 10, averageEntryPrice: '10005.5', workerId: 'w' }],
  openOrders: [
    {
      orderId: 'o',
      symbol: '900001',
      side: 'SELL',
      quantity: 10,
      filledQuantity: 4,
      status: 'SENT',
      unanswered: true,
    },
  ],
  stockLocks: ['900001'],
  frozen: [],
  foreignOrders: [],
  foreignHoldings: [],
  processes: [{ role: 'gateway', name: 'gateway', pid: 78, life: 'unknown' }],
};

describe('status for a person', () => {
  it('tells all in English', () => {
    expect(renderStatus(status, textsOf('en'), false)).toEqual([
      'fleet run-1 · SIM · schema run_1',
      'trade date 2026-11-20 10:23:41 KST',
      'system: TRADING',
      'gate: EXIT_ONLY (FLATTEN)',
      'realised today -1,234,567 won in 12 trades, 25.0% won',
      'workers:',
      '  77 HOLD 900001 (-5,000) · 3 / 12,000 · DEAD',
      'positions:',
      '  900001 10 shares @ 10,005.5',
      'open orders:',
      '  900001 SELL 4/10 SENT · unanswered',
      'stock locks:',
      '  900001',
      'processes:',
      '  gateway 78 on another host',
    ]);
  });

  it('tells of frozen stocks and of what is foreign only when there is some', () => {
    const candidates = [
      { number: '7', quantity: 10, filledQuantity: 4, price: '10005' },
      { number: '8', quantity: 10, filledQuantity: 0, price: null },
    ];
    const more = {
      ...status,
      frozen: [{ symbol: '900002', orderId: 'o', candidates }],
      foreignOrders: [
        { number: '9', symbol: '900003', side: 'SELL', quantity: 5, filledQuantity: 5 },
      ],
      foreignHoldings: [{ symbol: '900004', quantity: 3 }],
    };
    expect(renderStatus(more, textsOf('en'), false)).toEqual(
      expect.arrayContaining([
        'frozen stocks (orders it may be):',
        '  900002: #7 4/10 @ 10,005, #8 0/10',
        'orders and shares that are not this fleet’s:',
        '  900003 SELL 5/5 #9',
        '  900004 3 shares',
      ]),
    );
  });

  it('tells it in Korean, and says where there is nothing', () => {
    const idle = { ...status, workers: [], positions: [], openOrders: [], stockLocks: [] };
    const lines = renderStatus({ ...idle, tradeDate: null }, textsOf('ko'), false);
    expect(lines).toContain('아직 거래일이 없습니다');
    expect(lines).toContain('작업자: 없음');
    expect(lines).toContain('오늘 실현손익 -1,234,567원, 매매 12회, 승률 25.0%');
  });

  it('has the same words in both languages', () => {
    expect(Object.keys(textsOf('ko')).toSorted()).toEqual(Object.keys(textsOf('en')).toSorted());
  });
});
