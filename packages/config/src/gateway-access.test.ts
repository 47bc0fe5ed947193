import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { exposureProblem } from './gateway-access.ts';
import { loadFleetSettings } from './fleet-settings.ts';
import { SettingsError } from './settings-error.ts';

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadFleetSettings(env);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

describe('a gateway on other hosts', () => {
  it.each([
    'ws://127.0.0.1:7070',
    'ws://127.1.2.3:7070',
    'ws://localhost:7070',
    'ws://[::1]:7070',
    'wss://trading.example:7070',
    'unix:/run/gateway.sock',
    String.raw`\\.\pipe\gateway`,
  ])('%s carries nothing in the clear beyond this host', (address) => {
    expect(exposureProblem(address, 'public')).toBeUndefined();
    expect(problemsOf({ GATEWAY_ADDRESS: address })).toEqual([]);
  });

  it.each([
    'ws://0.0.0.0:7070',
    'ws://10.0.0.5:7070',
    'ws://gateway:7070',
    'ws://localhost.evil.example:7070',
    'ws://127.0.0.1.evil.example:7070',
    'ws://[::]:7070',
  ])('%s is refused without TLS, unless the owner calls the network private', (address) => {
    expect(problemsOf({ GATEWAY_ADDRESS: address })).toEqual([
      expect.stringContaining('in the clear'),
    ]);
    expect(problemsOf({ GATEWAY_ADDRESS: address, GATEWAY_NETWORK: 'private' })).toEqual([]);
  });

  it('reads certificate, key and authority from the files that are named', () => {
    const folder = mkdtempSync(join(tmpdir(), 'config-tls-'));
    const file = (name: string): string => {
      writeFileSync(join(folder, name), `pem of ${name}`);
      return join(folder, name);
    };
    const settings = loadFleetSettings({
      GATEWAY_TLS_CERTIFICATE: file('certificate'),
      GATEWAY_TLS_KEY: file('key'),
      GATEWAY_TLS_CA: file('authority'),
    });
    expect(settings.gatewayTls).toEqual({
      ca: 'pem of authority',
      server: { certificate: 'pem of certificate', key: 'pem of key' },
    });
    expect(loadFleetSettings({}).gatewayTls).toEqual({ ca: undefined, server: undefined });
  });

  it('says which file is missing', () => {
    expect(problemsOf({ GATEWAY_TLS_CERTIFICATE: '/nowhere/cert.pem' })).toEqual([
      'GATEWAY_TLS_CERTIFICATE: /nowhere/cert.pem cannot be read',
      'GATEWAY_TLS_CERTIFICATE and GATEWAY_TLS_KEY belong together',
    ]);
  });
});
