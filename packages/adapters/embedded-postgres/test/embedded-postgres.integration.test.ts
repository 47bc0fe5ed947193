import { afterAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { ensureDatabase, startEmbeddedPostgres } from '../src/index.ts';

const DOOR = fileURLToPath(new URL('../src/index.ts', import.meta.url));
// A folder that only its owner may enter, as `mktemp -d` makes it.
const scratch = mkdtempSync(join(tmpdir(), 'fleet-embedded-'));
const dataDir = join(scratch, 'run', 'postgres');

interface Started {
  readonly pid: number;
  readonly port: number;
  readonly ownedByUs: boolean;
}

/** Starts the server from a process of its own, which ends at once. */
async function startFromProcess(): Promise<Started> {
  const code = `import { startEmbeddedPostgres } from ${JSON.stringify(DOOR)};
    const s = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} });
    console.log(JSON.stringify({ pid: s.pid, port: s.port, ownedByUs: s.ownedByUs }));
    process.exit(0);`;
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', code], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- printed a few lines above
  return JSON.parse(output) as Started;
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Our own ended child is a process until the event loop has heard of its end. */
async function hasEnded(pid: number): Promise<void> {
  for (let tries = 0; isAlive(pid); tries += 1) {
    if (tries === 200) throw new Error(`${pid} is still alive`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

afterAll(async () => {
  const server = await startEmbeddedPostgres({ dataDir });
  await server.stop();
  rmSync(scratch, { recursive: true, force: true });
});

describe('the embedded server', () => {
  it('is made by one of several first starts and outlives them all', async () => {
    const started = await Promise.all([startFromProcess(), startFromProcess(), startFromProcess()]);
    expect(new Set(started.map(({ pid }) => pid)).size).toBe(1);
    expect(started.filter(({ ownedByUs }) => ownedByUs)).toHaveLength(1);
    const found = await startEmbeddedPostgres({ dataDir });
    expect(found).toMatchObject({ pid: started[0].pid, port: started[0].port, ownedByUs: false });
  });

  it('is durable, speaks UTC, listens on loopback alone and keeps its password to its owner', async () => {
    const server = await startEmbeddedPostgres({ dataDir });
    expect(
      await query(
        server.url('postgres'),
        `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
           current_setting('listen_addresses') AS listens, current_setting('timezone') AS zone,
           current_setting('server_encoding') AS encoding`,
      ),
    ).toEqual([{ fsync: 'on', commit: 'on', listens: '127.0.0.1', zone: 'UTC', encoding: 'UTF8' }]);
    const others =
      process.platform === 'win32' ? 0 : statSync(join(dataDir, 'password')).mode & 0o077;
    expect(others).toBe(0);
    const wrong = new URL(server.url('postgres'));
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('makes a database once, whoever asks at once', async () => {
    const server = await startEmbeddedPostgres({ dataDir });
    const url = server.url('postgres');
    await Promise.all([1, 2, 3].map(() => ensureDatabase(url, 'the fleet"s')));
    await query(server.url('the fleet"s'), 'CREATE TABLE kept (n int)');
    await ensureDatabase(url, 'the fleet"s');
    expect(await query(server.url('the fleet"s'), 'SELECT n FROM kept')).toEqual([]);
  });

  it('keeps what was committed through a kill of everything, on the same port', async () => {
    const server = await startEmbeddedPostgres({ dataDir });
    await query(server.url('the fleet"s'), 'INSERT INTO kept VALUES (42)');
    process.kill(server.pid, 'SIGKILL');
    const log: string[] = [];
    const again = await startEmbeddedPostgres({ dataDir, log: (line) => log.push(line) });
    expect(again).toMatchObject({ ownedByUs: true, port: server.port });
    expect(again.pid).not.toBe(server.pid);
    expect(await query(again.url('the fleet"s'), 'SELECT n FROM kept')).toEqual([{ n: 42 }]);
    expect(log).toContain('recovering the local PostgreSQL after a crash');
  });

  it('does not believe a pid file whose pid is somebody else’s by now', async () => {
    const server = await startEmbeddedPostgres({ dataDir });
    await server.stop();
    await hasEnded(server.pid);
    const stranger = `${process.pid}\n${join(dataDir, 'cluster')}\n1\n${server.port}\n\n127.0.0.1\n`;
    writeFileSync(join(dataDir, 'cluster', 'postmaster.pid'), stranger);
    const again = await startEmbeddedPostgres({ dataDir });
    expect(again.ownedByUs).toBe(true);
    expect(again.pid).not.toBe(process.pid);
  });

  it('takes another port when its own is taken', async () => {
    const server = await startEmbeddedPostgres({ dataDir });
    await server.stop();
    const { createServer } = await import('node:net');
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(server.port, '127.0.0.1', resolve));
    const again = await startEmbeddedPostgres({ dataDir });
    await new Promise((resolve) => squatter.close(resolve));
    expect(again.port).not.toBe(server.port);
  });

  it('says what is wrong and where its log is when it cannot start', async () => {
    const server = await startEmbeddedPostgres({ dataDir });
    await server.stop();
    const file = join(dataDir, 'cluster', 'postgresql.conf');
    const settings = readFileSync(file, 'utf8');
    writeFileSync(file, `${settings}\nnot_a_setting = 1\n`);
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(
      /not_a_setting[\s\S]*server\.log[\s\S]*DB_URL/,
    );
    writeFileSync(file, settings);
    expect(existsSync(join(dataDir, 'server.log'))).toBe(true);
    expect((await startEmbeddedPostgres({ dataDir })).ownedByUs).toBe(true);
  });
});
