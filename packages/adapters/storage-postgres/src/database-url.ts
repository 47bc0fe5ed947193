import { readFileSync } from 'node:fs';
import { StorageError } from './storage-error.ts';

export interface ConnectionTarget {
  readonly connectionString: string;
  readonly ssl: false | { readonly rejectUnauthorized: boolean; readonly ca?: string };
}

// `postgresql+psycopg://` and the like name a driver of another language.
const SCHEME = /^(postgres(?:ql)?)(?:\+[a-z0-9_]+)?:\/\//i;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\]|)$/i;

/**
 * Reads DB_URL. Beyond loopback TLS is demanded: certificates are verified (`sslrootcert=FILE` names
 * a private authority) unless `sslmode=require` or `no-verify` asks for encryption alone.
 * @throws StorageError BAD_URL, TLS_REQUIRED; the password is never in the message
 */
export function parseDatabaseUrl(text: string): ConnectionTarget {
  const scheme = SCHEME.exec(text);
  if (scheme === null || !URL.canParse(text.replace(SCHEME, 'postgresql://'))) {
    throw new StorageError(
      'BAD_URL',
      'DB_URL must look like postgresql://user:password@host:5432/database',
    );
  }
  const url = new URL(text.replace(SCHEME, 'postgresql://'));
  const mode = url.searchParams.get('sslmode');
  const authority = url.searchParams.get('sslrootcert');
  const host = url.searchParams.get('host') ?? url.hostname;
  for (const name of ['sslmode', 'sslrootcert']) url.searchParams.delete(name);
  const connectionString = url.href;
  const local = LOOPBACK.test(host) || host.startsWith('/');
  if (local && (mode === null || mode === 'disable' || mode === 'prefer')) {
    return { connectionString, ssl: false };
  }
  if (mode === 'disable' || mode === 'allow' || mode === 'prefer') {
    throw new StorageError(
      'TLS_REQUIRED',
      `the database on ${host} must be reached over TLS: remove sslmode=${mode} from DB_URL`,
    );
  }
  return {
    connectionString,
    ssl: {
      rejectUnauthorized: mode !== 'require' && mode !== 'no-verify',
      ...(authority === null ? {} : { ca: readFileSync(authority, 'utf8') }),
    },
  };
}
