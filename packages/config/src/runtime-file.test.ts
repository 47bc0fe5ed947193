import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  parseRuntimeFile,
  readRuntimeFile,
  type RuntimeFile,
  runtimeFilePath,
  writeRuntimeFile,
} from './runtime-file.ts';

const file: RuntimeFile = {
  version: 1,
  runId: 'run-1',
  mode: 'SIM',
  fleetDbUrl: 'postgresql://fleet:secret@127.0.0.1:5433/fleet',
  schema: 'run_1',
  simulatorDbUrl: 'postgresql://fleet:secret@127.0.0.1:5433/simulator',
  gatewayAddress: 'unix:/tmp/gateway.sock',
  marketClockUrl: 'http://127.0.0.1:9001/clock',
  simulator: {
    restUrl: 'http://127.0.0.1:9001',
    wsUrl: 'ws://127.0.0.1:9002',
    controlUrl: 'http://127.0.0.1:9003',
  },
  processes: [{ role: 'worker', name: 'worker-1', pid: 42, bootId: 'boot', startedAt: '123' }],
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runtime-file-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('runtime file', () => {
  it('comes back as it was written', () => {
    writeRuntimeFile(join(folder, 'new'), file);
    expect(readRuntimeFile(join(folder, 'new'))).toEqual(file);
  });

  it('is readable by its owner alone, for it holds a password', () => {
    writeRuntimeFile(folder, file);
    // Windows has no such bits; there the folder's own rights count.
    const bits = process.platform === 'win32' ? 0o600 : statSync(runtimeFilePath(folder)).mode;
    expect(bits & 0o777).toBe(0o600);
  });

  it('replaces an earlier file and leaves no draft behind', () => {
    writeRuntimeFile(folder, file);
    writeRuntimeFile(folder, { ...file, runId: 'run-2' });
    expect(readRuntimeFile(folder)?.runId).toBe('run-2');
    expect(readdirSync(folder)).toEqual(['runtime.json']);
  });

  it('keeps the earlier file when the new one is wrong', () => {
    writeRuntimeFile(folder, file);
    expect(() => writeRuntimeFile(folder, { ...file, runId: '' })).toThrow(/runId/);
    expect(readRuntimeFile(folder)?.runId).toBe('run-1');
    expect(readdirSync(folder)).toEqual(['runtime.json']);
  });

  it('is undefined where no fleet was started', () => {
    expect(readRuntimeFile(join(folder, 'nowhere'))).toBeUndefined();
  });

  it('names the file and the field that is wrong', () => {
    writeFileSync(runtimeFilePath(folder), '{');
    expect(() => readRuntimeFile(folder)).toThrow(/runtime\.json is not JSON/);
    expect(() => parseRuntimeFile(JSON.stringify({ ...file, mode: 'REAL' }), 'x.json')).toThrow(
      /x\.json: mode/,
    );
  });
});
