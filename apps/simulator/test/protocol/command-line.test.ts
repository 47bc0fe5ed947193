import { describe, expect, it } from '@jest/globals';
import { banner, type RunningFacts } from '../../src/control/banner.ts';
import { makeCommand } from '../../src/control/command.ts';
import { type RawOptions, readSettings } from '../../src/control/simulator-settings.ts';

const FACTS: RunningFacts = {
  restUrl: 'http://127.0.0.1:9443',
  wsUrl: 'ws://127.0.0.1:21000',
  controlUrl: 'http://127.0.0.1:9500',
  tradeDate: '2026-03-12',
  schema: 'sim_x',
  isResumed: false,
  notes: [{ en: 'generated day', ko: '생성한 날' }],
  exampleSymbol: '005930',
};

function settingsOf(...flags: string[]) {
  const raw = makeCommand('en').parse(flags, { from: 'user' }).opts<RawOptions>();
  return readSettings(raw, {});
}

describe('the command line', () => {
  it('reads the flags that clients of others are told of', () => {
    const flags =
      '--rest-port 9443 --ws-port 21000 --at 10:00 --speed 1 --profile paper --app-key K ' +
      '--app-secret S --account 50012345-01 --hts-id ID --cash 100000000';
    const settings = settingsOf(...flags.split(' '));
    expect(settings).toMatchObject({
      ports: { rest: 9443, ws: 21_000 },
      at: '10:00',
      profile: { name: 'paper' },
      credentials: { appKey: 'K', appSecret: 'S' },
      account: '5001234501',
      htsId: 'ID',
      cash: 100_000_000,
    });
  });

  it.each(['en', 'ko'] as const)('describes every option in %s', (locale) => {
    const { options } = makeCommand(locale);
    const undescribed = options.filter(({ description }) => description === '');
    const inKorean = options.filter(({ description }) => /[가-힣]/.test(description));
    expect(undescribed).toEqual([]);
    expect(inKorean).toHaveLength(locale === 'ko' ? options.length : 0);
  });
});

describe('the banner', () => {
  it.each(['en', 'ko'] as const)('shows in %s all that a client wants to be told', (locale) => {
    const settings = settingsOf('--hts-id', 'ID');
    const text = banner(settings, FACTS, locale);
    const { appKey, appSecret } = settings.credentials;
    const wanted = [FACTS.restUrl, FACTS.wsUrl, '50012345-01', 'ID', appKey, appSecret];
    expect(wanted.filter((each) => !text.includes(each))).toEqual([]);
    expect(text.split('\n').filter((line) => line.includes('curl'))).toHaveLength(2);
  });

  it('does not repeat keys that were given', () => {
    const text = banner(settingsOf('--app-key', 'K-0', '--app-secret', 'S-0'), FACTS, 'en');
    expect([text.includes('K-0'), text.includes('S-0')]).toEqual([false, false]);
  });
});
