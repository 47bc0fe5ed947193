import { setTimeout as wait } from 'node:timers/promises';

/**
 * Repeats `check` until it neither throws nor returns false, and gives its value. Never a fixed
 * sleep: the test goes on as soon as the thing is true. @throws the last failure at the deadline
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  options: { readonly timeoutMs?: number; readonly everyMs?: number } = {},
): Promise<Exclude<T, false>> {
  const deadline = performance.now() + (options.timeoutMs ?? 5000);
  for (;;) {
    let failure: unknown;
    try {
      const value = await check();
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- narrowed one line above
      if (value !== false) return value as Exclude<T, false>;
      failure = new Error(`still false after ${options.timeoutMs ?? 5000} ms: ${check.toString()}`);
    } catch (error) {
      failure = error;
    }
    if (performance.now() >= deadline) throw failure;
    await wait(options.everyMs ?? 10);
  }
}
