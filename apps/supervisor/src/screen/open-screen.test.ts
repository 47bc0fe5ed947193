import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { openScreen, type Screen, type ScreenStream } from './open-screen.ts';
import { at, dayReport, snapshot } from './testing/samples.ts';

class FakeStream extends PassThrough implements ScreenStream {
  readonly isTTY: boolean;
  readonly columns = 80;
  readonly rows = 40;
  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }
  text(): string {
    const chunk: unknown = this.read();
    return Buffer.isBuffer(chunk) ? chunk.toString('utf8') : '';
  }
}

function open(isTTY: boolean, environment: Record<string, string> = {}) {
  const stdout = new FakeStream(isTTY);
  return { stdout, screen: openScreen({ stdout, locale: 'en', environment }) };
}

function walkDay(screen: Screen): void {
  screen.banner({ mode: 'SIM', dataDir: '.data' });
  screen.run({ runId: 'run-1', tradeDate: '2026-11-20', resumed: false });
  screen.step('LOAD_SETTINGS', 1, 9);
  screen.show(snapshot());
  screen.line('died', 'worker-1');
  screen.show(snapshot({ marketAt: at('10:24:00') }));
  screen.step('CLOSING', 1, 8);
  screen.card(dayReport(), { reportFile: undefined });
  screen.close();
}

const ESCAPE = '\u001B';

describe('screen', () => {
  it('prints plain lines where there is no terminal: no colours, no cursor moves', () => {
    const { stdout, screen } = open(false);
    walkDay(screen);
    const text = stdout.text();
    expect(text).not.toContain(ESCAPE);
    const lines = text.split('\n');
    expect(lines.slice(0, 3)).toEqual([
      ' SIM  KIS fleet · SIM simulation · data in .data',
      'starting 2026-11-20 (run-1)',
      'opening 1/9 checking settings',
    ]);
    expect(lines).toContain('worker-1 died: starting it again');
    expect(lines).toContain('closing 1/8 no new trades');
    expect(lines.filter((line) => line.includes('P&L +123,456'))).toHaveLength(1);
    expect(text).toContain('The day 2026-11-20');
  });

  it('redraws its block on a terminal and keeps notices above it', () => {
    const { stdout, screen } = open(true);
    walkDay(screen);
    const text = stdout.text();
    expect(text).toContain(ESCAPE);
    expect(text).toContain('10:23:41 KST');
    expect(text).toContain('10:24:00 KST');
    expect(text.indexOf('worker-1 died')).toBeGreaterThan(text.indexOf('10:23:41'));
    expect(text.indexOf('The day 2026-11-20')).toBeGreaterThan(text.indexOf('10:24:00'));
  });

  it('uses no colours under NO_COLOR', () => {
    const { stdout, screen } = open(true, { NO_COLOR: '1' });
    screen.banner({ mode: 'LIVE', dataDir: '.data' });
    expect(stdout.text()).toBe(' LIVE  KIS fleet · LIVE real money · data in .data\n');
  });

  it('takes a dumb terminal for no terminal', () => {
    const { stdout, screen } = open(true, { TERM: 'dumb' });
    screen.show(snapshot());
    screen.show(snapshot());
    expect(stdout.text()).not.toContain(ESCAPE);
  });

  it('starts the lines anew on another day', () => {
    const { stdout, screen } = open(false);
    screen.show(snapshot());
    stdout.text();
    screen.show(snapshot({ tradeDate: '2026-11-23' }));
    expect(stdout.text()).toContain('system: trading');
  });

  it('may be closed twice', () => {
    const { screen } = open(true);
    screen.show(snapshot());
    screen.close();
    expect(() => screen.close()).not.toThrow();
  });
});
