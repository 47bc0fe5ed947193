import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

function start(address: string, env: Record<string, string>) {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, '--address', address], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...env },
  });
  return { status, lines: stderr.split('\n') };
}

describe('a gateway that others could listen to', () => {
  it('does not start: by a flag as little as by the environment', () => {
    const { status, lines } = start('ws://0.0.0.0:7070', { GATEWAY_TOKEN: 'x'.repeat(16) });
    expect(status).toBe(2);
    expect(lines).toContainEqual(expect.stringContaining('in the clear'));
  });

  it('does not start on TCP without a token, nor on wss without a certificate', () => {
    const { status, lines } = start('wss://0.0.0.0:7070', {});
    expect(status).toBe(2);
    expect(lines).toContainEqual(expect.stringContaining('needs GATEWAY_TOKEN'));
    expect(lines).toContainEqual(expect.stringContaining('GATEWAY_TLS_CERTIFICATE'));
  });
});
