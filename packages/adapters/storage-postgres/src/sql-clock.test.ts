import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * now() and its kin stand still inside a transaction, so a statement that waited for a row would judge
 * an expiry by an old time; NOTIFY makes all commits of the server queue up.
 */
const FORBIDDEN =
  /\bnow\s*\(|\bcurrent_timestamp\b|\blocaltimestamp\b|\btransaction_timestamp\s*\(|\bstatement_timestamp\s*\(|\bcurrent_date\b|\bnotify\b|\bpg_notify\s*\(/i;

function offences(text: string): string[] {
  return text.split('\n').filter((line) => {
    // Comments may speak of what is forbidden.
    const code = line.replace(/--.*$/, '').replace(/^\s*(\/\/|\*|\/\*).*$/, '');
    return FORBIDDEN.test(code);
  });
}

const SOURCES = fileURLToPath(new URL('.', import.meta.url));

describe('the clock of the SQL', () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.(sql|ts)$/.test(file) && !file.endsWith('.test.ts'),
  );

  it('finds the files it is about', () => {
    expect(files.filter((file) => file.endsWith('.sql')).length).toBeGreaterThan(5);
    expect(files).toContain(
      'locks/renew-stock-locks.ts'.replaceAll('/', SOURCES.includes('\\') ? '\\' : '/'),
    );
  });

  it.each(files)('%s uses clock_timestamp() only and never notifies', (file) => {
    expect(offences(readFileSync(`${SOURCES}${file}`, 'utf8'))).toEqual([]);
  });

  it.each([
    'SET ttl = now()',
    'WHERE ttl < NOW ( )',
    'DEFAULT current_timestamp',
    'SELECT LOCALTIMESTAMP',
    'SELECT transaction_timestamp()',
    'SELECT statement_timestamp()',
    'date = current_date',
    'NOTIFY fleet',
    "PERFORM pg_notify('fleet', '')",
  ])('bites on %s', (line) => {
    expect(offences(`SELECT 1;\n${line};`)).toHaveLength(1);
  });

  it('leaves clock_timestamp() and comments alone', () => {
    expect(
      offences('SET ttl = clock_timestamp() -- not now()\n// NOTIFY is slow\n * now()'),
    ).toEqual([]);
  });
});
