/** Which calls of a fake fail next: by method, so many times. */
export class Failures {
  readonly #left = new Map<string, { count: number; error: () => Error }>();

  next(method: string, count = 1, error: () => Error = () => new Error(`${method} failed`)): void {
    this.#left.set(method, { count, error });
  }

  throwIfDue(method: string): void {
    const due = this.#left.get(method);
    if (!due || due.count === 0) return;
    due.count -= 1;
    throw due.error();
  }
}
