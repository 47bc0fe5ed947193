import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually } from '../eventually.ts';

const CHECKOUT = fileURLToPath(new URL('../../../..', import.meta.url));

export type FleetApp = 'supervisor' | 'worker' | 'fleetctl';

/** Everything that would choose a mode, a database or a language is left out: a test says it. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot'];

/** One command of the fleet as its owner would start it, in a process of its own. */
export class StartedCommand {
  /** Lines of both streams, in the order they came. */
  readonly lines: string[] = [];
  readonly errorLines: string[] = [];
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;

  constructor(
    app: FleetApp,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    cwd: string,
  ) {
    const inherited = INHERITED.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    this.#child = spawn(process.execPath, [`${CHECKOUT}apps/${app}/src/main.ts`, ...args], {
      cwd,
      env: { ...Object.fromEntries(inherited), FLEET_LOCALE: 'en', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (this.#child.pid === undefined) throw new Error(`${app} did not start`);
    this.pid = this.#child.pid;
    collectLines(this.#child.stdout, [this.lines]);
    collectLines(this.#child.stderr, [this.lines, this.errorLines]);
    this.#ended = once(this.#child, 'close').then(() => this.#child.exitCode);
  }

  get output(): string {
    return this.lines.join('\n');
  }

  get errors(): string {
    return this.errorLines.join('\n');
  }

  hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): void {
    this.#child.kill(name);
  }

  /** Exit code; null after a signal. @throws with the output when it does not end in time */
  async end(timeoutMs = 180_000): Promise<number | null> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => reject(new Error(`still running after ${timeoutMs} ms:\n${this.output}`)),
        timeoutMs,
      );
    });
    try {
      return await Promise.race([this.#ended, tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** @returns the first line that matches @throws when the command ends or the time is up before */
  async awaitLine(pattern: RegExp, timeoutMs = 60_000): Promise<string> {
    return await eventually(
      () => {
        const line = this.lines.find((each) => pattern.test(each));
        if (line !== undefined) return line;
        throw new Error(`no line like ${pattern} in:\n${this.output}`);
      },
      { timeoutMs, everyMs: 20 },
    );
  }
}

function collectLines(stream: NodeJS.ReadableStream | null, into: readonly string[][]): void {
  let rest = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const lineList of into) lineList.push(...lines);
  });
  stream?.on('end', () => {
    if (rest !== '') for (const lineList of into) lineList.push(rest);
  });
}
