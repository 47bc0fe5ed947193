import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { spawnSync } from 'node:child_process';

export interface FoundProcess {
  readonly pid: number;
  readonly command: string;
}

/**
 * Every living process that has something to do with a folder: its command line, working directory,
 * environment or output names it. So also those are found that nobody wrote down.
 */
export function processesOfFolder(folder: string): readonly FoundProcess[] {
  if (process.platform !== 'linux') return byCommandLine(folder);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => !isZombie(name) && tracesOf(name).some((text) => text.includes(folder)))
    .map((name) => ({ pid: Number(name), command: commandOf(name) }));
}

function tracesOf(pid: string): readonly string[] {
  return [
    commandOf(pid),
    quietly(() => readlinkSync(`/proc/${pid}/cwd`)),
    quietly(() => readlinkSync(`/proc/${pid}/fd/1`)),
    quietly(() => readFileSync(`/proc/${pid}/environ`, 'utf8')),
  ];
}

function commandOf(pid: string): string {
  return quietly(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
}

function isZombie(pid: string): boolean {
  return /\) [ZX] /.test(quietly(() => readFileSync(`/proc/${pid}/stat`, 'utf8')));
}

/** A process that goes while it is looked at leaves no trace. */
function quietly(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

function byCommandLine(folder: string): readonly FoundProcess[] {
  const { stdout } = spawnSync('ps', ['-axwwo', 'pid=,command='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter((line) => line.includes(folder))
    .map((line) => ({ pid: Number.parseInt(line, 10), command: line.trim() }));
}
