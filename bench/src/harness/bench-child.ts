import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** A process of a bench: it is asked for things, one reply each, and dies with its parent. */
export interface BenchChild {
  readonly pid: number;
  /** @throws Error with what the child threw, or when it is gone */
  ask<T>(command: string, argument?: unknown): Promise<T>;
  end(): Promise<void>;
}

/** Resolves when the child is ready. @throws when it ends before */
export async function forkBench(file: URL, config: unknown): Promise<BenchChild> {
  const child = fork(fileURLToPath(file), {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let lastId = 0;
  child.on('message', ({ id, result, error }: Reply) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) asked?.resolve(result);
    else asked?.reject(new Error(error));
  });
  const { promise: gone, resolve: onGone } = Promise.withResolvers<void>();
  child.once('exit', () => {
    for (const asked of waiting.values()) asked.reject(new Error(`${file.pathname} has ended`));
    onGone();
  });
  const send = <T>(command: string, argument: unknown): Promise<T> => {
    const id = (lastId += 1);
    const asked = Promise.withResolvers<unknown>();
    waiting.set(id, asked);
    child.send({ id, command, argument });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- both ends are one bench's
    return asked.promise as Promise<T>;
  };
  await send('open', config);
  return {
    pid: pidOf(child),
    ask: (command, argument) => send(command, argument),
    async end() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('a process that did not start');
  return pid;
}
