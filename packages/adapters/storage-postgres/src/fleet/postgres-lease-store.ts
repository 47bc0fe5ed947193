import type { Lease, LeaseName, LeaseStore, ProcessIdentity } from '@fleet/service-layer';
import type { Pool } from '../make-pool.ts';
import { oneRow } from '../sql/one-row.ts';

interface Row {
  readonly holder: string | null;
  readonly term: number;
  readonly process: ProcessIdentity;
  readonly expired: boolean;
}

/** Leases of supervisor and gateway; expiry by the database's clock, the term never falls. */
export class PostgresLeaseStore implements LeaseStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async acquire(request: {
    name: LeaseName;
    holder: string;
    process: ProcessIdentity;
    ttlMs: number;
    deadTerm?: number;
  }): Promise<Lease | undefined> {
    const { name, holder, process, ttlMs, deadTerm } = request;
    const result = await this.#pool.query<{ term: number | null }>({
      name: 'acquire_lease',
      text: 'SELECT acquire_lease($1, $2, $3, $4, $5) AS term',
      values: [name, holder, JSON.stringify(process), ttlMs, deadTerm ?? null],
    });
    const { term } = oneRow(result, 'lease');
    return term === null ? undefined : { name, holder, term };
  }

  /** An expired lease is not revived by its holder: it is acquired again, at a new term. */
  async renew(lease: Lease, ttlMs: number): Promise<boolean> {
    const { rowCount } = await this.#pool.query({
      name: 'renew_lease',
      text: `UPDATE leases SET renewed_at = clock_timestamp(),
               expires_at = clock_timestamp() + $4::int * interval '1 millisecond'
             WHERE name = $1 AND holder = $2 AND term = $3 AND expires_at > clock_timestamp()`,
      values: [lease.name, lease.holder, lease.term, ttlMs],
    });
    return rowCount === 1;
  }

  async release(lease: Lease): Promise<void> {
    await this.#pool.query(
      `UPDATE leases SET holder = NULL, expires_at = '-infinity'
       WHERE name = $1 AND holder = $2 AND term = $3`,
      [lease.name, lease.holder, lease.term],
    );
  }

  async read(
    name: LeaseName,
  ): Promise<{ lease: Lease; process: ProcessIdentity; expired: boolean } | undefined> {
    const { rows } = await this.#pool.query<Row>(
      `SELECT holder, term, process, expires_at <= clock_timestamp() AS expired
       FROM leases WHERE name = $1`,
      [name],
    );
    const [row] = rows;
    if (row === undefined || row.holder === null) return undefined;
    const { holder, term, process, expired } = row;
    return { lease: { name, holder, term }, process, expired };
  }
}
