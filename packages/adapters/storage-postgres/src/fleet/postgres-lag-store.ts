import type { LagStore } from '@fleet/service-layer';
import type { Pool } from '../make-pool.ts';

const SAVE = {
  name: 'save_process_lag',
  text: `INSERT INTO process_lags (process, encoded_histogram, skipped) VALUES ($1, $2, $3)
         ON CONFLICT (process) DO UPDATE SET encoded_histogram = excluded.encoded_histogram,
           skipped = excluded.skipped, updated_at = clock_timestamp()`,
};

export class PostgresLagStore implements LagStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async save(process: string, encodedHistogram: string, skipped: number): Promise<void> {
    await this.#pool.query({ ...SAVE, values: [process, encodedHistogram, skipped] });
  }

  async readAll(): Promise<
    readonly { process: string; encodedHistogram: string; skipped: number }[]
  > {
    const { rows } = await this.#pool.query<{
      process: string;
      encoded_histogram: string;
      skipped: number;
    }>('SELECT process, encoded_histogram, skipped FROM process_lags ORDER BY process');
    return rows.map(({ process, encoded_histogram: encodedHistogram, skipped }) => ({
      process,
      encodedHistogram,
      skipped,
    }));
  }
}
