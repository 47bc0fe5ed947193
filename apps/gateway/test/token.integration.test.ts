import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '@fleet/clock';
import { connectGateway } from '@fleet/gateway-client';
import { makePostgresStores, type PostgresStores } from '@fleet/storage-postgres';
import { eventually, withDatabase } from '@fleet/testkit';
import {
  type GatewayProcess,
  newAddress,
  type SimulatorProcess,
  startGatewayProcess,
  startSimulator,
} from './processes.ts';
import { recordingLog } from './recording-log.ts';
import { TokenProxy } from './token-proxy.ts';

const PATIENCE = { timeoutMs: 20_000, everyMs: 20 };

async function login({ address }: GatewayProcess): Promise<void> {
  const access = { address, processName: 'test', role: 'operator', clock: systemClock } as const;
  const client = await connectGateway({ ...access, log: recordingLog() });
  try {
    await client.login();
    expect(await client.getStatus()).toMatchObject({ loggedIn: true, feedConnected: true });
  } finally {
    await client.close();
  }
}

describe('a gateway that ends while its first token is being issued', () => {
  const database = withDatabase();
  let simulator: SimulatorProcess;
  let proxy: TokenProxy;
  let stores: PostgresStores;
  const started: GatewayProcess[] = [];

  const start = async (): Promise<GatewayProcess> => {
    const { url: dbUrl, schema } = database;
    const gateway = await startGatewayProcess({ simulator, dbUrl, schema, address: newAddress() });
    started.push(gateway);
    return gateway;
  };
  const storedToken = (): Promise<string | undefined> => stores.secrets.load('kis-access-token');
  beforeAll(async () => {
    const { pool, url, schema } = database;
    stores = makePostgresStores(pool, { url, schema });
    const real = await startSimulator(database.serverUrl);
    proxy = new TokenProxy(real.restUrl);
    simulator = { ...real, restUrl: await proxy.listen() };
    database.onDrop(() => real.stop());
    database.onDrop(() => proxy.close());
    database.onDrop(() => stores.close());
  }, 60_000);

  afterEach(async () => {
    await Promise.all(started.map((gateway) => gateway.kill()));
  });

  it('keeps it when it is asked to stop: the next one needs no call', async () => {
    const held = Promise.withResolvers<void>();
    proxy.hold = () => held.promise;
    const gateway = await start();
    await eventually(() => expect(proxy.issued).toBe(1), PATIENCE);
    const code = gateway.stop();
    expect(await storedToken()).toBeUndefined();
    held.resolve();
    expect(await code).toBe(0);
    expect(await storedToken()).toMatch(/^v1\./);
    const next = await start();
    await login(next);
    expect(await next.stop()).toBe(0);
    expect(proxy).toMatchObject({ calls: 1, issued: 1 });
  });

  it('loses it when it is killed: the next one waits out the minute of the broker and says no word', async () => {
    await database.pool.query('delete from sealed_secrets');
    const issuedBefore = proxy.issued;
    proxy.hold = () => new Promise(() => undefined);
    const gateway = await start();
    await eventually(() => expect(proxy.issued).toBe(issuedBefore + 1), PATIENCE);
    await gateway.kill();
    expect(await storedToken()).toBeUndefined();
    proxy.hold = async () => undefined;
    const next = await start();
    await login(next);
    expect(await storedToken()).toMatch(/^v1\./);
    const alarms = next.lines
      .map((line): { level?: string; event?: string } => JSON.parse(line))
      .filter(({ level }) => level === 'WARN' || level === 'ERROR');
    expect(alarms).toEqual([]);
  });
});
