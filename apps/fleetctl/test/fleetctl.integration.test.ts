import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type RuntimeFile, writeRuntimeFile } from '@fleet/config';
import { won } from '@fleet/domain';
import { identifySelf } from '@fleet/host';
import { makePostgresStores, type PostgresStores } from '@fleet/storage-postgres';
import {
  aBaseline,
  aBrokerOrder,
  anIntent,
  aProcess,
  newId,
  TEST_DATE,
  TEST_MARKET_AT,
  withDatabase,
} from '@fleet/testkit';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

const database = withDatabase();
let folder: string;
let stores: PostgresStores;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fleetctl-'));
  const { pool, url, schema } = database;
  stores = makePostgresStores(pool, { url, schema });
  await stores.system.setGate({
    gate: 'OPEN',
    reason: 'test',
    by: 'person',
    marketAt: TEST_MARKET_AT,
  });
});
afterEach(async () => {
  await stores.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly error: string;
}

/** The command as a person runs it: a process of its own. */
function fleetctl(args: readonly string[], environment: Record<string, string> = {}): Promise<Ran> {
  const env = { PATH: process.env['PATH'], FLEET_LOCALE: 'en', ...environment };
  return new Promise((resolve) => {
    const command = [MAIN, ...args, '--data-dir', folder];
    execFile(process.execPath, ['--no-warnings', ...command], { env }, (failure, out, error) => {
      const exitCode = failure === null ? 0 : Number(failure.code);
      resolve({ exitCode, out, error });
    });
  });
}

function writeRunning(over: Partial<RuntimeFile> = {}): void {
  writeRuntimeFile(folder, {
    version: 1,
    runId: 'sim-20261120-0001',
    mode: 'PAPER',
    fleetDbUrl: database.url,
    schema: database.schema,
    gatewayAddress: 'unix:/tmp/none.sock',
    processes: [
      { role: 'simulator', name: 'simulator', ...identifySelf() },
      { role: 'worker', name: 'worker-1', ...aProcess() },
    ],
    ...over,
  });
}

async function gateNow(): Promise<string> {
  const { gate, gateReason } = await stores.system.read();
  return `${gate} ${gateReason ?? ''}`;
}

describe('fleetctl', () => {
  it('says in one line that there is no fleet, exit 2', async () => {
    const ran = await fleetctl(['status']);
    expect(ran).toMatchObject({ exitCode: 2, out: '' });
    expect(ran.error).toMatch(
      /^no running fleet \(.*runtime\.json\): start .*supervisor" first\n$/,
    );
  });

  it('says so in Korean, too', async () => {
    const { error } = await fleetctl(['status'], { FLEET_LOCALE: 'ko' });
    expect(error).toContain('실행 중인 플릿이 없습니다');
  });

  it('says that a fleet has gone when its database does not answer, exit 2', async () => {
    writeRunning({ fleetDbUrl: 'postgresql://fleet:secret@127.0.0.1:1/fleet' });
    const ran = await fleetctl(['stop']);
    expect(ran.exitCode).toBe(2);
    expect(ran.error).toMatch(/^the database of fleet sim-20261120-0001 does not answer.*\n$/);
    expect(ran.error).not.toContain('secret');
  });

  it('says that a schema holds no fleet, exit 2', async () => {
    const elsewhere = { MODE: 'PAPER', DB_URL: database.url, DB_SCHEMA: 'elsewhere' };
    const ran = await fleetctl(['status'], elsewhere);
    expect(ran.exitCode).toBe(2);
    expect(ran.error).toBe('no fleet in schema elsewhere: look at DB_SCHEMA\n');
  });

  it('refuses wrong use with exit 2', async () => {
    for (const args of [['sttaus'], ['status', '--reason', 'x'], ['stop', 'now']]) {
      const { exitCode, error } = await fleetctl(args);
      expect(exitCode).toBe(2);
      expect(error.trim()).not.toBe('');
    }
  });

  it('needs no key of the broker, only the address', async () => {
    const named = { MODE: 'LIVE', DB_URL: database.url, DB_SCHEMA: database.schema };
    const { exitCode, out } = await fleetctl(['status', '--json'], named);
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ mode: 'LIVE', gate: 'OPEN' });
  });

  it('stops, resumes and flattens as a person, and says who asked', async () => {
    writeRunning();
    expect(await fleetctl(['stop', '--reason', 'news'])).toMatchObject({ exitCode: 0 });
    expect(await gateNow()).toBe('STOPPED news');
    expect(await fleetctl(['resume'])).toMatchObject({ exitCode: 0 });
    expect(await gateNow()).toBe('OPEN RESUMED_BY_PERSON');
    const flatten = await fleetctl(['flatten', '--reason', 'holiday', '--json']);
    expect(JSON.parse(flatten.out)).toEqual({
      command: 'flatten',
      changed: true,
      from: 'OPEN',
      gate: 'EXIT_ONLY',
      gateReason: 'FLATTEN',
      state: 'OFFLINE',
    });
    expect(await gateNow()).toBe('EXIT_ONLY FLATTEN');
    const told = (await stores.events.readAfter('', 1_000)).filter(
      ({ type }) => type === 'OperatorCommandEvent',
    );
    expect(told.map(({ payload }) => payload?.['command'])).toEqual(['stop', 'resume', 'flatten']);
    expect(told.at(-1)?.payload?.['reason']).toBe('holiday');
  });

  it('flattens also when the gate stands at EXIT_ONLY for another reason', async () => {
    writeRunning();
    const loss = { gate: 'EXIT_ONLY', reason: 'DAILY_LOSS_LIMIT' } as const;
    await stores.system.setGate({ ...loss, by: 'system', marketAt: TEST_MARKET_AT });
    await fleetctl(['flatten']);
    expect(await gateNow()).toBe('EXIT_ONLY FLATTEN');
  });

  it('does not open an account that is not the configured one', async () => {
    writeRunning();
    const wrong = { gate: 'OBSERVE', reason: 'WRONG_ACCOUNT' } as const;
    await stores.system.setGate({ ...wrong, by: 'system', marketAt: TEST_MARKET_AT });
    for (const command of ['resume', 'flatten']) {
      expect(await fleetctl([command])).toMatchObject({ exitCode: 2 });
    }
    expect(await gateNow()).toBe('OBSERVE WRONG_ACCOUNT');
    expect(await fleetctl(['stop'])).toMatchObject({ exitCode: 0 });
  });

  it('stops a simulation whose exchange is dead, at the last instant that the day knows', async () => {
    writeRunning({ mode: 'SIM', marketClockUrl: 'http://127.0.0.1:1/clock' });
    expect(await fleetctl(['stop'])).toMatchObject({ exitCode: 0 });
    expect(await gateNow()).toBe('STOPPED STOPPED_BY_PERSON');
  });

  it('does not take FLATTEN for a reason of another command', async () => {
    writeRunning();
    expect(await fleetctl(['resume', '--reason', 'FLATTEN'])).toMatchObject({ exitCode: 2 });
    expect(await gateNow()).toBe('OPEN test');
  });

  it('tells workers, processes and what lives', async () => {
    writeRunning();
    await stores.system.startTerm((await takeSupervisor()).term, TEST_DATE, TEST_MARKET_AT);
    const workerId = newId();
    await stores.workers.register({
      workerId,
      process: identifySelf(),
      capitalLimit: won(1_000_000),
      strategyName: 'momentum-breakout',
      marketAt: TEST_MARKET_AT,
    });
    const json = await fleetctl(['status', '--json']);
    expect(JSON.parse(json.out)).toMatchObject({
      fleet: 'sim-20261120-0001',
      state: 'OFFLINE',
      tradeDate: TEST_DATE,
      trades: 0,
      realizedPnl: '0',
      openOrders: [],
      positions: [],
      stockLocks: [],
      workers: [{ workerId, pid: process.pid, life: 'alive', state: 'IDLE', symbol: null }],
      processes: [
        { role: 'supervisor', name: 'supervisor', pid: process.pid, life: 'alive' },
        { role: 'simulator', name: 'simulator', pid: process.pid, life: 'alive' },
      ],
    });
    const { out } = await fleetctl(['status']);
    expect(out).toContain(`fleet sim-20261120-0001 · PAPER · schema ${database.schema}`);
    expect(out).toContain(`${process.pid} IDLE · 0 / 0 · alive`);
    expect(out).toContain('positions: none');
  });
});

async function takeSupervisor() {
  const holder = { name: 'supervisor', holder: 'test', process: identifySelf() } as const;
  const lease = await stores.leases.acquire({ ...holder, ttlMs: 60_000 });
  if (!lease) throw new Error('somebody holds the lease');
  return lease;
}

/** A stock whose order was sent, not answered, and fits two rows of the broker's list. */
async function freeze(symbol: string): Promise<string> {
  const workerId = newId();
  const marketAt = TEST_MARKET_AT;
  const worker = { workerId, process: aProcess(), capitalLimit: won(50_000_000), marketAt };
  await stores.workers.register({ ...worker, strategyName: 'test-strategy' });
  const lock = { symbol, workerId, ttlMs: 60_000, graceMs: 5_000, marketAt };
  const claim = await stores.locks.claim({ ...lock, purpose: 'ENTRY' });
  if (!claim.granted) throw new Error(claim.reason);
  await stores.settlement.saveBaseline(aBaseline(), marketAt);
  const intent = anIntent({ symbol, workerId, fence: claim.fence });
  const { orderId } = intent;
  expect(await stores.orders.storeIntent(intent)).toMatchObject({ outcome: 'stored' });
  // oxlint-disable-next-line no-restricted-globals -- the wall clock that the database compares with
  const requestedAt = Date.now();
  await stores.orders.markSent({ orderId, requestedAt, sendDeadlineMs: 3_000, marketAt });
  const key = { date: TEST_DATE, branch: '00950' };
  const rows = [`${Number(symbol)}7`, `${Number(symbol)}8`].map((number) =>
    aBrokerOrder({ symbol, key: { ...key, number } }),
  );
  await stores.orders.freezeStock({ symbol, orderId, rows, marketAt });
  return orderId;
}

describe('fleetctl unfreeze', () => {
  it('takes the order that a person names, and only one that it may be', async () => {
    writeRunning();
    const orderId = await freeze('000001');
    const { out } = await fleetctl(['status', '--json']);
    expect(JSON.parse(out).frozen).toMatchObject([{ symbol: '000001', orderId }]);
    for (const answer of [[], ['--order', '99'], ['--none', '--order', '0000017']]) {
      const wrong = await fleetctl(['unfreeze', '000001', ...answer]);
      expect(wrong).toMatchObject({ exitCode: 2, out: '' });
    }
    const ran = await fleetctl(['unfreeze', '000001', '--order', '0000017', '--json']);
    expect(JSON.parse(ran.out)).toEqual({
      command: 'unfreeze',
      symbol: '000001',
      orderId,
      brokerOrderId: '17',
    });
    expect(await stores.orders.getFrozenStocks()).toEqual([]);
    expect((await fleetctl(['unfreeze', '000001', '--none'])).exitCode).toBe(2);
  });

  it('ends the order when it is none of them', async () => {
    writeRunning();
    await stores.system.setGate({
      gate: 'OPEN',
      reason: 'looked',
      by: 'person',
      marketAt: TEST_MARKET_AT,
    });
    const orderId = await freeze('000002');
    expect(await fleetctl(['unfreeze', '000002', '--none'])).toMatchObject({ exitCode: 0 });
    expect(await stores.orders.getOrder(orderId)).toMatchObject({ endReason: 'NEVER_ARRIVED' });
    expect(await stores.orders.getFrozenStocks()).toEqual([]);
  });
});
