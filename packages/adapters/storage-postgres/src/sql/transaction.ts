import type { Client, Pool } from '../make-pool.ts';

const TRIES_MAX = 4;
/** Deadlock, serialization failure, lock timeout: nothing was written, so the whole is done again. */
const REPEATABLE: ReadonlySet<unknown> = new Set(['40P01', '40001', '55P03']);

/**
 * One transaction. Only for work that may be repeated as a whole: it is, a few times, when the
 * database gave it up for another. @throws the last error, with everything rolled back
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      broken = await client.query('ROLLBACK').then(
        () => undefined,
        (failure: unknown) => (failure instanceof Error ? failure : new Error(String(failure))),
      );
      if (tries >= TRIES_MAX || !REPEATABLE.has(sqlState(error))) throw error;
    } finally {
      // A connection whose state is unknown is closed; the server rolls back what it had.
      client.release(broken);
    }
  }
}

/** The SQLSTATE of a database error; undefined for all others. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

export const LOCK_NOT_AVAILABLE = '55P03';
export const UNIQUE_VIOLATION = '23505';
/** Raised by require_term(). */
export const TERM_FOLLOWED = 'FL001';
