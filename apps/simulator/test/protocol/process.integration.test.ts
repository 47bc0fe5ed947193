import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually, withDatabase } from '@fleet/testkit';
import { ACCOUNT_QUERY } from './rest-fixture.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const ORDER = '/uapi/domestic-stock/v1/trading/order-cash';
const CCLD = '/uapi/domestic-stock/v1/trading/inquire-daily-ccld';
const KEYS = { SIM_APP_KEY: 'K'.repeat(36), SIM_APP_SECRET: 'S'.repeat(180) };

const database = withDatabase({ migrated: false });
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

describe('the simulator as a process', () => {
  it('resumes tokens, orders and market after it was killed', async () => {
    const first = await start();
    const token = await issueToken(first.restUrl);
    const order = await post(first.restUrl, token, await symbolOf(first.restUrl));
    expect(order).toMatchObject({ rt_cd: '0', output: { ODNO: '0000000001' } });
    const before = await clock(first);
    await kill(first.child, 'SIGKILL');

    const second = await start();
    expect(second.isResumed).toBe(true);
    expect((await clock(second))['marketMs']).toBeGreaterThanOrEqual(before['marketMs']!);
    const list = await orders(second.restUrl, token);
    expect(list.map((row) => row['odno'])).toEqual(['0000000001']);
    expect(await arrivals(second)).toMatchObject([{ request: 'NEW', number: '0000000001' }]);
    expect(await kill(second.child, 'SIGTERM')).toBe(0);
  }, 60_000);

  it('waits at speed 1 until it is told to go, and stops when it is asked', async () => {
    const simulator = await start({ schema: 'sim_hold', more: ['--hold', '--speed', '60'] });
    expect((await clock(simulator))['speed']).toBe(1);
    await fetch(`${simulator.controlUrl}/clock/go`, { method: 'POST' });
    expect((await clock(simulator))['speed']).toBe(60);
    const ended = once(simulator.child, 'exit');
    await fetch(`${simulator.controlUrl}/stop`, { method: 'POST' });
    expect((await ended)[0]).toBe(0);
  }, 60_000);

  it.each([
    [['--speed', 'fast'], '--speed fast'],
    [['--day', 'nowhere.csv'], '--day nowhere.csv: no such file'],
    [['--what'], 'unknown option'],
  ])('refuses %j with one line and exit code 2', async (flags, line) => {
    const child = launch(flags);
    let text = '';
    child.stderr?.on('data', (data: Buffer) => {
      text += data.toString('utf8');
    });
    const [code] = await once(child, 'exit');
    expect([code, text.trim().split('\n').length]).toEqual([2, 1]);
    expect(text).toContain(line);
  });
});

interface Started {
  readonly child: ChildProcess;
  readonly restUrl: string;
  readonly controlUrl: string;
  readonly isResumed: boolean;
}

async function start(
  options: { schema?: string; more?: readonly string[] } = {},
): Promise<Started> {
  const { schema = 'sim_process', more = [] } = options;
  const day = ['--day', 'generated:3', '--from', '2026-03-12', '--at', '10:00'];
  const child = launch(['--db-url', database.url, '--schema', schema, '--json', ...day, ...more]);
  let text = '';
  child.stdout?.on('data', (data: Buffer) => {
    text += data.toString('utf8');
  });
  await eventually(() => expect(text).toContain('\n'), { timeoutMs: 30_000 });
  const ready = JSON.parse(text);
  expect(ready).toMatchObject({ event: 'SimulatorReady', pid: child.pid });
  return { ...ready, child };
}

function launch(flags: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, ['--no-warnings', MAIN, ...flags], {
    env: { ...process.env, ...KEYS, FLEET_LOCALE: 'en' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
}

async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<unknown> {
  const ended = once(child, 'exit');
  child.kill(signal);
  return (await ended)[0];
}

async function issueToken(restUrl: string): Promise<string> {
  const body = { appkey: KEYS.SIM_APP_KEY, appsecret: KEYS.SIM_APP_SECRET };
  const response = await fetch(`${restUrl}/oauth2/tokenP`, {
    method: 'POST',
    body: JSON.stringify({ grant_type: 'client_credentials', ...body }),
  });
  return (await json(response))['access_token'];
}

/** The first KOSPI stock of the master file. */
async function symbolOf(restUrl: string): Promise<string> {
  const response = await fetch(`${restUrl}/common/master/kospi_code.mst`);
  return (await response.text()).slice(0, 6);
}

async function post(restUrl: string, token: string, symbol: string): Promise<unknown> {
  const order = { PDNO: symbol, ORD_DVSN: '01', ORD_QTY: '1', ORD_UNPR: '0' };
  const response = await fetch(`${restUrl}${ORDER}`, {
    method: 'POST',
    headers: headers(token, 'TTTC0012U'),
    body: JSON.stringify({ ...ACCOUNT_QUERY, ...order }),
  });
  return await json(response);
}

async function orders(restUrl: string, token: string): Promise<Record<string, string>[]> {
  const query = new URLSearchParams({
    ...ACCOUNT_QUERY,
    INQR_STRT_DT: '20260312',
    INQR_END_DT: '20260312',
    SLL_BUY_DVSN_CD: '00',
    INQR_DVSN: '00',
    CCLD_DVSN: '00',
  });
  const response = await fetch(`${restUrl}${CCLD}?${query.toString()}`, {
    headers: headers(token, 'TTTC0081R'),
  });
  return (await json(response))['output1'];
}

async function clock({ controlUrl }: Started): Promise<Record<string, number>> {
  return await json(await fetch(`${controlUrl}/clock`));
}

async function arrivals({ controlUrl }: Started): Promise<unknown> {
  return (await json(await fetch(`${controlUrl}/arrivals`)))['arrivals'];
}

// oxlint-disable-next-line typescript/no-explicit-any -- replies of every shape are looked into
async function json(response: Response): Promise<any> {
  return await response.json();
}

function headers(token: string, trId: string): Record<string, string> {
  return {
    authorization: `Bearer ${token}`,
    appkey: KEYS.SIM_APP_KEY,
    appsecret: KEYS.SIM_APP_SECRET,
    tr_id: trId,
    'content-type': 'application/json',
  };
}
