import { describe, expect, it } from '@jest/globals';
import { type RawOptions, readSettings } from '../../src/control/simulator-settings.ts';

const ENGLISH = { FLEET_LOCALE: 'en' };

const RAW: RawOptions = {
  dataDir: '.data',
  host: '127.0.0.1',
  restPort: '0',
  wsPort: '0',
  controlPort: '0',
  day: 'generated',
  speed: '1',
  profile: 'live',
  account: '50012345-01',
  htsId: 'simuser1',
  cash: '100000000',
  seed: '1',
  participation: '0.2',
  slotLinger: '5',
  bookColumns: '59',
  noticeColumns: '26',
};

describe('settings of the simulator', () => {
  it('takes defaults, with keys of the real lengths that the seed decides', () => {
    const settings = readSettings(RAW, ENGLISH);
    expect(settings).toMatchObject({
      account: '5001234501',
      cash: 100_000_000,
      day: { kind: 'GENERATED', seed: 1 },
      slotLingerMs: 5000,
      bookWidth: 59,
      noticeWidth: 26,
      areInvented: true,
      faults: undefined,
    });
    expect(settings.profile.callsPerSecond).toBe(20);
    expect(settings.credentials.appKey).toHaveLength(36);
    expect(settings.credentials.appSecret).toHaveLength(180);
    expect(readSettings(RAW, ENGLISH).credentials).toEqual(settings.credentials);
    expect(readSettings({ ...RAW, seed: '2' }, ENGLISH).credentials).not.toEqual(
      settings.credentials,
    );
  });

  it('takes keys from options, then from the environment', () => {
    const environment = { SIM_APP_KEY: 'key-e', SIM_APP_SECRET: 'secret-e' };
    const fromEnvironment = readSettings(RAW, environment);
    const fromOption = readSettings({ ...RAW, appKey: 'key-o' }, environment);
    expect(fromEnvironment.credentials).toEqual({ appKey: 'key-e', appSecret: 'secret-e' });
    expect(fromOption.credentials).toEqual({ appKey: 'key-o', appSecret: 'secret-e' });
    expect(fromEnvironment.areInvented).toBe(false);
  });

  it.each([
    [{ day: 'generated:7' }, { day: { kind: 'GENERATED', seed: 7 } }],
    [{ profile: 'paper', rateLimit: '1' }, { profile: { name: 'paper', callsPerSecond: 1 } }],
    [{ admin: true }, { faults: { seed: 1, rules: [] } }],
    [{ bookColumns: '62' }, { bookWidth: 62 }],
    [{ slotLinger: '0' }, { slotLingerMs: 0 }],
  ])('reads %j', (change, expected) => {
    expect(readSettings({ ...RAW, ...change }, ENGLISH)).toMatchObject(expected);
  });

  it.each([
    [{ restPort: '70000' }, '--rest-port 70000: a whole number from 0 to 65535'],
    [{ speed: '0' }, '--speed 0: a number above 0 and at most 600'],
    [{ speed: 'fast' }, '--speed fast: a number above 0 and at most 600'],
    [{ day: 'generated:x' }, '--day generated:x: generated, generated:SEED or a file'],
    [{ day: 'nowhere.csv' }, '--day nowhere.csv: no such file'],
    [{ from: '2026-03-14' }, '--from 2026-03-14: closed that day'],
    [{ from: 'soon' }, '--from soon: YYYY-MM-DD'],
    [{ marketEvents: 'package.json' }, '--market-events package.json: market events: unknown key'],
    [{ marketEvents: 'nowhere.json' }, '--market-events nowhere.json: no such file'],
    [{ at: '25:00' }, '--at 25:00: HH:MM'],
    [{ host: '' }, '--host : a value'],
    [{ htsId: ' ' }, '--hts-id  : a value'],
    [{ profile: 'real' }, '--profile real: live or paper'],
    [{ account: '123' }, '--account 123: 50012345-01'],
    [{ schema: 'public' }, '--schema public: sim_ and letters'],
    [{ participation: '2' }, '--participation 2: a number above 0 and at most 1'],
    [{ tlsCert: 'package.json' }, '--tls-cert package.json: needs --tls-key too'],
    [{ tlsKey: 'package.json' }, '--tls-key package.json: needs --tls-cert too'],
    [{ noticeColumns: '24' }, '--notice-columns 24: 23 or 26'],
    [{ faults: 'package.json' }, '--faults package.json: faults: unknown key'],
    [{ faults: 'apps' }, '--faults apps: cannot be read'],
    [{ marketEvents: 'apps' }, '--market-events apps: cannot be read'],
    [
      { tlsCert: 'package.json', tlsKey: 'package.json' },
      '--tls-cert package.json: not a PEM certificate that goes with --tls-key package.json',
    ],
  ])('refuses %j with one line', (change, line) => {
    expect(() => readSettings({ ...RAW, ...change }, ENGLISH)).toThrow(line);
  });

  it.each([
    [{ restPort: 'x' }, '--rest-port x: 0부터 65535까지의 정수여야 합니다'],
    [{ day: 'nowhere.csv' }, '--day nowhere.csv: 그런 파일이 없습니다'],
    [{ marketEvents: 'package.json' }, '시장 이벤트: 모르는 키가 있습니다'],
    [{ faults: 'apps' }, '--faults apps: 읽을 수 없는 파일입니다'],
    [{ faults: 'package.json' }, '--faults package.json: 장애 규칙: 모르는 키가 있습니다'],
  ])('refuses %j in Korean for a Korean', (change, line) => {
    expect(() => readSettings({ ...RAW, ...change }, { FLEET_LOCALE: 'ko' })).toThrow(line);
  });

  it('tells of every wrong option at once', () => {
    const wrong = { ...RAW, restPort: 'x', speed: '0', profile: 'real' };
    expect(() => readSettings(wrong, ENGLISH)).toThrow(
      /--rest-port.*\n--profile|--profile.*\n--rest-port/,
    );
  });
});
