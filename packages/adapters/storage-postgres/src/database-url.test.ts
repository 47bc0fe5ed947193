import { describe, expect, it } from '@jest/globals';
import { parseDatabaseUrl } from './database-url.ts';
import { checkedSchema, clientConfig } from './make-pool.ts';

describe('DB_URL', () => {
  it('ignores the driver of another language', () => {
    expect(parseDatabaseUrl('postgresql+psycopg://u:p@localhost:5432/fleet')).toEqual({
      connectionString: 'postgresql://u:p@localhost:5432/fleet',
      ssl: false,
    });
    expect(parseDatabaseUrl('postgres://u@127.0.0.1/fleet').ssl).toBe(false);
  });

  it('demands TLS beyond loopback, with a verified certificate unless told otherwise', () => {
    const url = 'postgresql://u:p@db.example/fleet';
    expect(parseDatabaseUrl(url).ssl).toEqual({ rejectUnauthorized: true });
    expect(parseDatabaseUrl(`${url}?sslmode=verify-full`).ssl).toEqual({
      rejectUnauthorized: true,
    });
    expect(parseDatabaseUrl(`${url}?sslmode=require`).ssl).toEqual({ rejectUnauthorized: false });
    expect(parseDatabaseUrl(`${url}?sslmode=require`).connectionString).not.toContain('sslmode');
    expect(() => parseDatabaseUrl(`${url}?sslmode=disable`)).toThrow(
      expect.objectContaining({ code: 'TLS_REQUIRED' }),
    );
  });

  it('sees a host given as a parameter', () => {
    expect(() => parseDatabaseUrl('postgresql:///fleet?host=db.example&sslmode=disable')).toThrow(
      expect.objectContaining({ code: 'TLS_REQUIRED' }),
    );
    expect(parseDatabaseUrl('postgresql:///fleet?host=/run/postgresql').ssl).toBe(false);
  });

  it.each(['', 'mysql://u:p@h/d', 'postgresql//h', 'postgresql://u:secret@h:99999999/d'])(
    'refuses %p without repeating it',
    (text) => {
      expect(() => parseDatabaseUrl(text)).toThrow(expect.objectContaining({ code: 'BAD_URL' }));
      expect(() => parseDatabaseUrl(text)).toThrow(/^(?!.*secret)/);
    },
  );
});

describe('sessions', () => {
  it('carry schema, timeouts and durability', () => {
    const { options, keepAlive, connectionTimeoutMillis } = clientConfig({
      url: 'postgresql://u@localhost/d',
      schema: 'fleet_1',
      applicationName: 'test',
    });
    expect(options).toContain('search_path=fleet_1');
    expect(options).toContain('synchronous_commit=on');
    expect(options).toContain('lock_timeout=250');
    expect(options).toContain('idle_in_transaction_session_timeout=5000');
    expect({ keepAlive, connectionTimeoutMillis }).toEqual({
      keepAlive: true,
      connectionTimeoutMillis: 2000,
    });
  });

  it.each(['Fleet', 'a b', 'a;drop', '1a', ''])('refuses the schema name %p', (schema) => {
    expect(() => checkedSchema(schema)).toThrow(expect.objectContaining({ code: 'BAD_URL' }));
  });
});
