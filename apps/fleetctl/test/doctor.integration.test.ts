import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const SIMULATOR = fileURLToPath(new URL('../../simulator/src/main.ts', import.meta.url));
const APP_KEY = 'K'.repeat(36);
const APP_SECRET = 'S'.repeat(180);
const ACCOUNT = '50012345-01';

interface Addresses {
  readonly restUrl: string;
  readonly wsUrl: string;
  readonly controlUrl: string;
}

interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly error: string;
}

interface Report {
  readonly findings: readonly {
    id: string;
    key?: string;
    status: string;
    detail: string;
    advice?: string;
  }[];
  readonly measurements: readonly { point: string; seen: string }[];
}

function doctor(args: readonly string[], environment: Record<string, string>): Promise<Ran> {
  const env = { PATH: process.env['PATH'], FLEET_LOCALE: 'en', ...environment };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--no-warnings', MAIN, 'doctor', ...args],
      { env },
      (failure, out, error) => {
        resolve({ exitCode: failure === null ? 0 : Number(failure.code), out, error });
      },
    );
  });
}

const statuses = (report: Report): Record<string, string> =>
  Object.fromEntries(report.findings.map(({ id, status }) => [id, status]));

interface Simulator {
  readonly addresses: Addresses;
  readonly stop: () => Promise<void>;
}

async function startSimulator(profile: string): Promise<Simulator> {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  const flags = Object.entries({
    'data-dir': folder,
    profile,
    at: '10:00',
    speed: '20',
    'rate-limit': '1000',
    day: 'generated:7',
    'hts-id': 'HTSID01',
    'app-key': APP_KEY,
    'app-secret': APP_SECRET,
  }).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(process.execPath, [SIMULATOR, '--json', '--admin', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const addresses = await new Promise<Addresses>((resolve, reject) => {
    createInterface(child.stdout).once('line', (line) => resolve(JSON.parse(line)));
    child.once('exit', (code) => reject(new Error(`the simulator ended with ${code}`)));
  });
  return {
    addresses,
    async stop() {
      const ended = new Promise((resolve) => void child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const environmentOf = (
  profile: string,
  { restUrl, wsUrl, controlUrl }: Addresses,
): Record<string, string> => ({
  MODE: 'SIM',
  KIS_PROFILE: profile,
  KIS_APP_KEY: APP_KEY,
  KIS_APP_SECRET: APP_SECRET,
  KIS_ACCOUNT: ACCOUNT,
  KIS_HTS_ID: 'HTSID01',
  KIS_CALLS_PER_SECOND: '50',
  KIS_REST_BASE_URL: restUrl,
  KIS_WS_URL: wsUrl,
  KIS_MASTER_URL: `${restUrl}/common/master`,
  MARKET_CLOCK_URL: `${controlUrl}/clock`,
});

describe.each(['live', 'paper'])('doctor at the simulator, profile %s', (profile) => {
  let simulator: Simulator;
  let addresses: Addresses;
  let environment: Record<string, string>;

  beforeAll(async () => {
    simulator = await startSimulator(profile);
    ({ addresses } = simulator);
    environment = environmentOf(profile, addresses);
  }, 60_000);

  afterAll(async () => await simulator.stop(), 30_000);

  const report = async (
    changes: Record<string, string> = {},
    args: readonly string[] = [],
  ): Promise<{ ran: Ran; report: Report }> => {
    const ran = await doctor(['--json', '--watch', '1', ...args], { ...environment, ...changes });
    const found: Report = JSON.parse(ran.out);
    return { ran, report: found };
  };

  /** Requests that the exchange has been sent. */
  async function arrivals(): Promise<number> {
    const reply = await fetch(`${addresses.controlUrl}/arrivals`);
    return Object(await reply.json()).arrivals.length;
  }

  async function faults(rules: readonly object[]): Promise<void> {
    const body = JSON.stringify({ seed: 1, rules });
    const reply = await fetch(`${addresses.controlUrl}/faults`, { method: 'POST', body });
    expect(reply.status).toBe(200);
  }

  it('finds everything well, measures the open points, and sends no order', async () => {
    // Long enough for a trade and a book at this speed.
    const { ran, report: found } = await report({}, ['--watch', '3']);
    expect([ran.exitCode, ran.error]).toEqual([0, '']);
    const isLive = profile === 'live';
    expect(statuses(found)).toEqual({
      node: 'ok',
      settings: 'ok',
      clock: 'ok',
      token: 'ok',
      approvalKey: 'ok',
      balance: 'ok',
      masters: 'ok',
      buyingPower: 'ok',
      quote: 'ok',
      orderBook: 'ok',
      orders: 'ok',
      holiday: isLive ? 'ok' : 'skipped',
      feed: 'ok',
      notices: 'ok',
    });
    const seen = Object.fromEntries(
      found.measurements.map(({ point, seen: what }) => [point, what]),
    );
    expect(seen['columns of H0STASP0']).toMatch(/^\d+$/);
    expect(seen['columns of H0STCNT0']).toBe('46');
    expect(seen['encrypt of the notice answer']).toBe('Y');
    expect(seen['PINGPONG interval']).toMatch(/^[\d., s]+$|^none/);
    expect("turnover rank under the live server's TR" in seen).toBe(!isLive);
    expect(await arrivals()).toBe(0);
  }, 60_000);

  it('speaks to a person line by line, in Korean too, and shows no secret', async () => {
    const ran = await doctor(['--watch', '1'], { ...environment, FLEET_LOCALE: 'ko' });
    expect(ran.exitCode).toBe(0);
    expect(ran.out).toMatch(/^KIS (실전|모의) 점검/);
    expect(ran.out).toContain('✓ 접근토큰: 발급됨');
    expect(ran.out).toContain(profile === 'live' ? '✓ 휴장일' : '– 휴장일');
    for (const secret of [APP_KEY, APP_SECRET, '50012345', 'eyJ']) {
      expect(ran.out).not.toContain(secret);
    }
  }, 60_000);

  it('names what is wrong with a key, what to do, and does not go on asking in its name', async () => {
    const { ran, report: found } = await report({ KIS_APP_KEY: 'X'.repeat(36) });
    expect(ran.exitCode).toBe(1);
    expect(statuses(found)).toMatchObject({
      clock: 'ok',
      token: 'failed',
      balance: 'skipped',
      masters: 'ok',
      quote: 'skipped',
      approvalKey: 'failed',
      feed: 'skipped',
      notices: 'skipped',
    });
    const token = found.findings.find(({ id }) => id === 'token');
    expect(token?.detail).toContain('EGW00103');
    expect(token?.advice).toContain('KIS_APP_KEY');
    // One cause, one advice.
    const advices = found.findings.flatMap(({ advice }) => advice ?? []);
    expect(new Set(advices).size).toBe(1);
    expect(ran.out).not.toContain('XXXX');
  }, 60_000);

  it('tells a wrong account and a wrong HTS id apart from the rest', async () => {
    const { ran, report: found } = await report({
      KIS_ACCOUNT: '50099999-01',
      KIS_HTS_ID: 'NOBODY01',
    });
    expect(ran.exitCode).toBe(1);
    expect(statuses(found)).toMatchObject({
      token: 'ok',
      balance: 'failed',
      quote: 'ok',
      orderBook: 'ok',
      notices: 'failed',
    });
    const balance = found.findings.find(({ id }) => id === 'balance');
    expect(balance?.detail).toContain('inquire-balance');
    expect(balance?.advice).toContain('KIS_ACCOUNT');
    expect(ran.out).not.toContain('NOBODY01');
  }, 60_000);

  it('goes on after a list that cannot be read', async () => {
    await faults([{ kind: 'ERROR_500_WITHOUT_BODY', endpoint: 'inquire-daily-ccld' }]);
    const { ran, report: found } = await report();
    await faults([]);
    expect(ran.exitCode).toBe(1);
    expect(statuses(found)).toMatchObject({ orders: 'failed', balance: 'ok', feed: 'ok' });
  }, 60_000);

  it('knows a key of the other server by its refusals', async () => {
    const other = profile === 'live' ? 'paper' : 'live';
    const { ran, report: found } = await report({ KIS_PROFILE: other });
    expect(ran.exitCode).toBe(1);
    const balance = found.findings.find(({ id }) => id === 'balance');
    expect(balance).toMatchObject({ status: 'failed' });
    expect(balance?.advice).toMatch(/other server|belong to this server/);
  }, 60_000);

  it('says what is wrong with the settings, in both languages, and asks nothing then', async () => {
    const { MODE: _mode, ...rest } = environment;
    const wrong = { ...rest, MODE: 'PAPER', KIS_ACCOUNT: '', KIS_HTS_ID: ' ' };
    const english = await doctor([], { ...wrong, KIS_HTS_ID: '' });
    expect([english.exitCode, english.error]).toEqual([1, '']);
    expect(english.out).toContain('✗ settings: MODE=PAPER needs KIS_ACCOUNT\n  → ');
    expect(english.out).toContain('✗ settings: MODE=PAPER needs KIS_HTS_ID');
    expect(english.out).not.toContain('token');
    const korean = await doctor([], { ...wrong, FLEET_LOCALE: 'ko' });
    expect(korean.out).toContain('✗ 설정: KIS_HTS_ID: 비어 있습니다\n  → ');
    const ran = await doctor(['--json'], rest);
    const found: Report = JSON.parse(ran.out);
    expect([ran.exitCode, statuses(found)]).toEqual([1, { settings: 'failed' }]);
    expect((await doctor(['--watch', 'soon'], environment)).exitCode).toBe(2);
  }, 60_000);
});

describe('doctor with a quote key beside the trading key', () => {
  it('looks at both, and asks the quote key nothing about the account', async () => {
    const [trading, quotes] = await Promise.all([startSimulator('paper'), startSimulator('live')]);
    try {
      const environment = {
        ...environmentOf('paper', trading.addresses),
        KIS_QUOTE_APP_KEY: APP_KEY,
        KIS_QUOTE_APP_SECRET: APP_SECRET,
        KIS_QUOTE_REST_BASE_URL: quotes.addresses.restUrl,
        KIS_QUOTE_WS_URL: quotes.addresses.wsUrl,
        KIS_QUOTE_CALLS_PER_SECOND: '50',
      };
      const ran = await doctor(['--json', '--watch', '1'], environment);
      const found: Report = JSON.parse(ran.out);
      const ofQuotes = found.findings.filter(({ key }) => key === 'quotes');
      expect(Object.fromEntries(ofQuotes.map(({ id, status }) => [id, status]))).toEqual({
        clock: 'ok',
        token: 'ok',
        approvalKey: 'ok',
        quote: 'ok',
        orderBook: 'ok',
        holiday: 'ok',
        feed: 'ok',
      });
      expect(found.findings.filter(({ key }) => key === undefined)).toHaveLength(14);
      expect(ran.exitCode).toBe(0);
      const wrong = { ...environment, KIS_QUOTE_APP_SECRET: 'Z'.repeat(180), FLEET_LOCALE: 'ko' };
      const person = await doctor(['--watch', '1'], wrong);
      expect(person.exitCode).toBe(1);
      expect(person.out).toMatch(/KIS 실전 시세용 앱키 점검[^]*✗ 접근토큰/);
      expect(person.out).not.toContain('ZZZZ');
    } finally {
      await Promise.all([trading.stop(), quotes.stop()]);
    }
  }, 120_000);
});
