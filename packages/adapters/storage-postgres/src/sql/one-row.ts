import { StorageError } from '../storage-error.ts';

/** The only row of a statement that must give one. @throws StorageError BAD_ROW */
export function oneRow<Row>(result: { readonly rows: readonly Row[] }, what: string): Row {
  const [row] = result.rows;
  if (row === undefined || result.rows.length > 1) {
    throw new StorageError('BAD_ROW', `${what}: ${result.rows.length} rows instead of one`);
  }
  return row;
}
