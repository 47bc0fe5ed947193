import { describe, expect, it } from '@jest/globals';
import { SettingsError } from '@fleet/config';
import { parseSupervisorFlags } from './flags.ts';

function problemsOf(...argv: string[]): readonly string[] {
  try {
    parseSupervisorFlags(argv);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

describe('supervisor flags', () => {
  it('needs none', () => {
    const flags = parseSupervisorFlags([]);
    expect(flags).toMatchObject({
      workers: 3,
      capital: '10000000',
      day: 'generated',
      days: 1,
      speed: 60,
    });
  });

  it.each([
    [['--workers', '65'], '--workers 65'],
    [['--workers', '2.5'], '--workers 2.5'],
    [['--capital', '1e6'], '--capital 1e6'],
    [['--strategies', 'momentum-breakout'], 'name:workers'],
    [['--strategies', 'momentum-breakout:1,momentum-breakout:1'], 'each name once'],
    [['--strategies', 'momentum-breakout:64,pullback-rebound:1'], '64 workers at most'],
    [['--strategies', 'no-such:1'], 'no such strategy'],
    [['--strategies', 'momentum-breakout:1', '--workers', '2'], '--workers and --strategies'],
    [['--speed', '9999'], '--speed 9999'],
    [['--day', 'generated:x'], '--day generated:x'],
    [['--day', 'nowhere.csv'], 'no such file'],
    [['--sim-faults', 'nowhere.json'], 'no such file'],
    [['--from', '2026-02-30'], '--from 2026-02-30'],
    [['--from', '2026-07-17'], 'closed'],
    [['--at', '25:00'], '--at 25:00'],
    [['--at', '11:00', '--until', '10:00'], '--until 10:00'],
  ])('refuses %j with one line', (argv, expected) => {
    expect(problemsOf(...argv)).toEqual([expect.stringContaining(expected)]);
  });

  it('shares the workers out over strategies', () => {
    const flags = parseSupervisorFlags(['--strategies', 'momentum-breakout:3,pullback-rebound:1']);
    expect(flags.workers).toBe(4);
    expect(flags.strategies).toEqual([
      { name: 'momentum-breakout', workers: 3 },
      { name: 'pullback-rebound', workers: 1 },
    ]);
  });

  it('names every wrong flag at once', () => {
    expect(problemsOf('--workers', 'x', '--speed', 'y')).toHaveLength(2);
  });
});
