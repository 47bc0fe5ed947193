import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { identifyProcess, identifySelf, judgeProcess } from './process-identity.ts';

describe('process identity', () => {
  it('knows this process as alive', () => {
    expect(judgeProcess(identifySelf())).toBe('alive');
  });

  it('proves a death by exit', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: 'pipe' });
    await once(child, 'spawn');
    const identity = identifyProcess(child.pid)!;
    expect(judgeProcess(identity)).toBe('alive');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(judgeProcess(identity)).toBe('dead');
  });

  it('does not take another process with the same pid for the first', () => {
    expect(judgeProcess({ ...identifySelf(), startedAt: '1' })).toBe('dead');
  });

  it('proves death by a reboot, and proves nothing about another host', () => {
    expect(judgeProcess({ ...identifySelf(), bootId: 'before' })).toBe('dead');
    expect(judgeProcess({ ...identifySelf(), hostId: 'elsewhere' })).toBe('unknown');
  });
});
