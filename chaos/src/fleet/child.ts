import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Whoever starts a run and dies must not leave it running. */
const living = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

export interface ChildOrder {
  /** From the checkout's root. */
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Its two streams go here. */
  readonly logFile: string;
  /** Compiled code of all children: a start costs half with it. */
  readonly cacheFolder: string;
}

/** One process of the run. */
export class Child {
  readonly pid: number;
  readonly #process: ChildProcess;
  readonly #exit: Promise<unknown>;
  #firstLine: Promise<string> | undefined;

  private constructor(process: ChildProcess, pid: number) {
    this.#process = process;
    this.pid = pid;
    this.#exit = once(process, 'exit');
    living.add(process);
    process.once('exit', () => living.delete(process));
  }

  /** @param wantsLine its first line of output is read by us instead of being logged */
  static start(order: ChildOrder, wantsLine = false): Child {
    const log = openSync(order.logFile, 'a');
    try {
      const process = spawn(
        globalThis.process.execPath,
        ['--no-warnings', join(ROOT, order.file), ...order.args],
        {
          cwd: ROOT,
          stdio: ['ignore', wantsLine ? 'pipe' : log, log],
          env: {
            PATH: globalThis.process.env['PATH'],
            NODE_COMPILE_CACHE: order.cacheFolder,
            ...order.env,
          },
        },
      );
      if (process.pid === undefined) throw new Error(`${order.file} did not start`);
      const child = new Child(process, process.pid);
      if (wantsLine) child.#firstLine = firstLine(process, order);
      return child;
    } finally {
      closeSync(log);
    }
  }

  get hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** @throws when it ends without a word */
  async ready(): Promise<string> {
    if (this.#firstLine === undefined) throw new Error('no line was asked for');
    return await this.#firstLine;
  }

  /** True when it was still there. */
  signal(name: NodeJS.Signals): boolean {
    return !this.hasEnded && this.#process.kill(name);
  }

  async ended(): Promise<number | null> {
    if (!this.hasEnded) await this.#exit;
    return this.#process.exitCode;
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended();
  }
}

async function firstLine(child: ChildProcess, order: ChildOrder): Promise<string> {
  const { stdout } = child;
  if (!stdout) throw new Error('no output to read');
  const line = Promise.withResolvers<string>();
  let text = '';
  stdout.setEncoding('utf8');
  stdout.on('data', (part: string) => {
    text += part;
    const end = text.indexOf('\n');
    if (end >= 0) line.resolve(text.slice(0, end));
  });
  child.once('exit', (code) => {
    line.reject(new Error(`${order.file} ended with ${code}; see ${order.logFile}`));
  });
  return await line.promise;
}
