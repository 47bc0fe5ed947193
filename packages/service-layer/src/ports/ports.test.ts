import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const here = new URL('.', import.meta.url);
const files = readdirSync(here).filter((name) => /^[a-z-]+\.ts$/.test(name));
/** `BrokerError` is what reads throw, and part of the promise. */
const WITH_CODE: Readonly<Record<string, readonly string[]>> = { 'broker.ts': ['BrokerError'] };

describe('ports', () => {
  it('are found', () => expect(files).toContain('order-store.ts'));

  it.each([...files, '../orders/submitter.ts'])('%s promises, and does nothing', async (name) => {
    const port: object = await import(new URL(name, here).href);
    expect(Object.keys(port)).toEqual(WITH_CODE[name] ?? []);
  });
});
