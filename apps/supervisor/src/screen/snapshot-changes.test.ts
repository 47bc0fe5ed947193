import { describe, expect, it } from '@jest/globals';
import { won } from '@fleet/domain';
import { textsOf } from '../texts/texts-of.ts';
import { changesBetween } from './snapshot-changes.ts';
import { at, holding, snapshot, workerLine } from './testing/samples.ts';

const ko = textsOf('ko');
const en = textsOf('en');
const calm = snapshot();

describe('plain lines', () => {
  it('say nothing when nothing changed', () => {
    const later = snapshot({
      marketAt: at('10:29:59'),
      workers: [holding({ unrealizedPnl: won(5) })],
    });
    expect(changesBetween(calm, later, ko)).toEqual([]);
  });

  it('give a heartbeat each half hour of market time', () => {
    const lines = changesBetween(calm, snapshot({ marketAt: at('10:30:02') }), en);
    expect(lines).toEqual([
      '10:30:02 continuous · P&L +123,456 won · 1 held · 0 open orders · 12 trades · 58.3% won · 4/312 signals',
    ]);
  });

  it('tell of an entry and of an exit with its result', () => {
    const scanning = snapshot({ workers: [workerLine({ trades: 4, realizedPnl: won(33_210) })] });
    expect(changesBetween(scanning, calm, ko)).toEqual([
      '10:23:41 작업자 12345 보유 시작: 900001 가나다라전자',
    ]);
    const sold = workerLine({ trades: 5, realizedPnl: won(30_000) });
    expect(changesBetween(calm, snapshot({ workers: [sold] }), ko)).toEqual([
      '10:23:41 작업자 12345 매도 완료: 900001 가나다라전자 -3,210원',
    ]);
  });

  it('tell of both when a worker sold one stock and bought another between two looks', () => {
    const other = holding({
      symbol: '900002',
      instrumentName: 'B',
      trades: 5,
      realizedPnl: won(0),
    });
    const lines = changesBetween(calm, snapshot({ workers: [other] }), en);
    expect(lines).toEqual([
      '10:23:41 worker 12345 sold 900001 가나다라전자 -33,210 won',
      '10:23:41 worker 12345 holds 900002 B',
    ]);
  });

  it('do not tell the history of a worker seen for the first time as news', () => {
    const lines = changesBetween(snapshot({ workers: [] }), calm, en);
    expect(lines).toEqual([
      '10:23:41 worker 12345 joined',
      '10:23:41 worker 12345 holds 900001 가나다라전자',
    ]);
    expect(changesBetween(calm, snapshot({ workers: [] }), en)).toEqual([
      '10:23:41 worker 12345 left',
    ]);
  });

  it('tell of the gate with its reason, of the state and of the gateway', () => {
    const shut = snapshot({
      gate: 'STOPPED',
      gateReason: 'by hand',
      state: 'CLOSING',
      gatewayAlive: false,
    });
    expect(changesBetween(calm, shut, en)).toEqual([
      '10:23:41 system: closing',
      '10:23:41 gate: stopped - cancels only; a person reopens it (by hand)',
      '10:23:41 the gateway is down: no order leaves until it is back',
    ]);
    expect(changesBetween(shut, calm, en)).toContain('10:23:41 the gateway is back');
  });

  it('tell each alarm once, also when the list has dropped older ones', () => {
    const before = snapshot({ alarms: ['OrderUnknownEvent 1', 'StopModeEvent'] });
    const now = snapshot({ alarms: ['StopModeEvent', 'StockFrozenEvent 900001'] });
    expect(changesBetween(before, now, ko)).toEqual(['10:23:41 경보: 종목 동결 900001']);
    expect(changesBetween(now, now, ko)).toEqual([]);
  });

  it('begin with where the day stands', () => {
    expect(changesBetween(undefined, calm, en).slice(0, 2)).toEqual([
      '10:23:41 system: trading',
      '10:23:41 gate: open - buys and sells',
    ]);
  });
});
