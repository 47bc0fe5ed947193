import { type ChildProcess, execFile, spawn } from 'node:child_process';
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
  readonly findings: readonly { id: string; status: string; detail: string; advice?: string }[];
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

describe.each(['live', 'paper'])('doctor at the simulator, profile %s', (profile) => {
  let folder: string;
  let child: ChildProcess;
  let addresses: Addresses;
  let environment: Record<string, string>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'doctor-'));
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
    const stdio = ['ignore', 'pipe', 'inherit'] as const;
    const started = spawn(process.execPath, [SIMULATOR, '--json', '--admin', ...flags], {
      stdio: [...stdio],
    });
    child = started;
    addresses = await new Promise<Addresses>((resolve, reject) => {
      createInterface(started.stdout).once('line', (line) => resolve(JSON.parse(line)));
      started.once('exit', (code) => reject(new Error(`the simulator ended with ${code}`)));
    });
    environment = {
      MODE: 'SIM',
      KIS_PROFILE: profile,
      KIS_APP_KEY: APP_KEY,
      KIS_APP_SECRET: APP_SECRET,
      KIS_ACCOUNT: ACCOUNT,
      KIS_HTS_ID: 'HTSID01',
      KIS_CALLS_PER_SECOND: '50',
      KIS_REST_BASE_URL: addresses.restUrl,
      KIS_WS_URL: addresses.wsUrl,
      KIS_MASTER_URL: `${addresses.restUrl}/common/master`,
      MARKET_CLOCK_URL: `${addresses.controlUrl}/clock`,
    };
  }, 60_000);

  afterAll(async () => {
    const ended = new Promise((resolve) => void child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  const report = async (
    changes: Record<string, string> = {},
    args: readonly string[] = [],
  ): Promise<{ ran: Ran; report: Report }> => {
    const ran = await doctor(['--json', '--watch', '3', ...args], { ...environment, ...changes });
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
    const { ran, report: found } = await report();
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
      feed: 'failed',
    });
    const token = found.findings.find(({ id }) => id === 'token');
    expect(token?.detail).toContain('EGW00103');
    expect(token?.advice).toContain('KIS_APP_KEY');
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
    expect(ran.out).not.toContain('NOBODY01');
  }, 60_000);

  it('goes on after a list that cannot be read', async () => {
    await faults([{ kind: 'ERROR_500_WITHOUT_BODY', endpoint: 'inquire-daily-ccld' }]);
    const { ran, report: found } = await report();
    await faults([]);
    expect(ran.exitCode).toBe(1);
    expect(statuses(found)).toMatchObject({ orders: 'failed', balance: 'ok', feed: 'ok' });
  }, 60_000);

  it('says which settings are missing, exit 2, and needs no database', async () => {
    const { KIS_ACCOUNT: _account, MODE: _mode, ...rest } = environment;
    const ran = await doctor([], { ...rest, MODE: 'PAPER', KIS_ACCOUNT: '' });
    expect([ran.exitCode, ran.out]).toEqual([2, '']);
    expect(ran.error).toBe('KIS_ACCOUNT is missing\n');
    expect((await doctor(['--watch', 'soon'], environment)).exitCode).toBe(2);
  });
});
