import { Client, escapeIdentifier } from 'pg';

/** A client whose loss is the caller's next query's error, never the end of the process. */
export function makeClient(url: string, timeoutMs = 5000): Client {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: timeoutMs,
    application_name: 'fleet-embedded-postgres',
  });
  client.on('error', () => {});
  return client;
}

/** Creates the database unless it exists; harmless when several processes do so at once. */
export async function ensureDatabase(serverUrl: string, name: string): Promise<void> {
  const client = makeClient(serverUrl);
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) {
      await client.query(`CREATE DATABASE ${escapeIdentifier(name)}`);
    }
  } catch (error) {
    // 42P04 and 23505: somebody else was first.
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== '42P04' && code !== '23505') throw error;
  } finally {
    await client.end();
  }
}
