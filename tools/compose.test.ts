import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { loadFleetSettings, SETTING_NAMES } from '../packages/config/src/index.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const FILES = ['docker-compose.yml', 'infra/compose.paper.yml'];
const text = new Map(FILES.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
const base = text.get('docker-compose.yml') ?? '';

function compose(args: readonly string[], env: Record<string, string> = {}) {
  const given = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env };
  return spawnSync('docker', ['compose', ...args], { cwd: root, env: given, encoding: 'utf8' });
}

const isComposeThere = compose(['version']).status === 0;
const withCompose = isComposeThere ? describe : describe.skip;

/** A value of the environment by its name, as the simulation's file has it. */
function valueOf(name: string): string {
  const value = new RegExp(String.raw`^\s+${name}: (.+)$`, 'm').exec(base)?.[1] ?? '';
  const anchor = /^\*([\w-]+)$/.exec(value)?.[1];
  if (anchor === undefined) return value.replace(/^\$\{\w+:-(.*)\}$/, '$1');
  return new RegExp(String.raw`&${anchor} (\S+)`).exec(base)?.[1] ?? '';
}

withCompose('docker compose (skipped where it is not installed)', () => {
  it('accepts the file with nothing configured', () => {
    expect(compose(['config', '-q'])).toMatchObject({ status: 0, stderr: '' });
  });

  it('accepts the paper override once its keys are there', () => {
    const names = ['GATEWAY_TOKEN', 'KIS_APP_KEY', 'KIS_APP_SECRET', 'KIS_ACCOUNT', 'KIS_HTS_ID'];
    const files = FILES.flatMap((file) => ['-f', file]);
    const env = Object.fromEntries(names.map((name) => [name, 'x'.repeat(16)]));
    expect(compose([...files, 'config', '-q'], env)).toMatchObject({ status: 0, stderr: '' });
    expect(compose([...files, 'config', '-q']).status).not.toBe(0);
  });
});

describe('docker-compose.yml', () => {
  it('runs files that are there, directly', () => {
    const started = [...base.matchAll(/apps\/(\w+)\/src\/main\.ts/g)].map(([path]) => path);
    expect(new Set(started).size).toBe(5);
    for (const path of started) expect(existsSync(join(root, path))).toBe(true);
  });

  it('gives the gateway settings that the fleet accepts', () => {
    const names = [...base.matchAll(/^\s+([A-Z][A-Z_]+): /gm)].map(([, name]) => name ?? '');
    const fleet = names.filter((name) => !/^(POSTGRES|SIM)_/.test(name));
    const settings = loadFleetSettings(
      Object.fromEntries(fleet.map((name) => [name, valueOf(name)])),
    );
    expect(settings.mode).toBe('SIM');
    expect(settings.gatewayToken).toBeDefined();
    expect(settings.kis?.appKey).toBe(valueOf('SIM_APP_KEY'));
  });

  it('gives every setting of the fleet on, in one of the files', () => {
    const both = [...text.values()].join('\n');
    // Those who are not on the inner network reach this gateway over wss://; nobody of these files does.
    const named = SETTING_NAMES.filter((name) => !name.startsWith('GATEWAY_TLS_'));
    const missing = named.filter((name) => !new RegExp(`^ +${name}:`, 'm').test(both));
    expect(missing).toEqual([]);
  });

  it('keeps every secret of a real account outside', () => {
    const paper = text.get('infra/compose.paper.yml') ?? '';
    for (const name of ['KIS_APP_KEY', 'KIS_APP_SECRET', 'KIS_ACCOUNT', 'GATEWAY_TOKEN']) {
      const [line = ''] = new RegExp(String.raw`^ +${name}: .*$`, 'm').exec(paper) ?? [];
      expect(line).toMatch(new RegExp(String.raw`: \$\{${name}:\?[^}]+\}$`));
    }
    expect(base).toMatch(/app-key (SIMULATEDAPPKEY)+/);
    expect(base).not.toMatch(/PASSWORD: *\S/);
  });

  it('gives the app key to the gateway and the simulator alone', () => {
    const services = base.slice(base.indexOf('\nservices:')).split(/\n {2}(?=\w+:\n)/);
    const holders = services.filter((service) => service.includes('app-secret'));
    expect(holders.map((service) => service.split(':')[0])).toEqual(['simulator', 'gateway']);
  });
});
