import type { SecretStore } from '@fleet/service-layer';
import type { Pool } from '../make-pool.ts';

/** Secrets that their owner has sealed before they come here. */
export class PostgresSecretStore implements SecretStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async load(name: string): Promise<string | undefined> {
    const { rows } = await this.#pool.query<{ sealed: string }>(
      'SELECT sealed FROM sealed_secrets WHERE name = $1',
      [name],
    );
    return rows[0]?.sealed;
  }

  async save(name: string, sealed: string): Promise<void> {
    await this.#pool.query(
      `INSERT INTO sealed_secrets (name, sealed) VALUES ($1, $2)
       ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, updated_at = clock_timestamp()`,
      [name, sealed],
    );
  }
}
