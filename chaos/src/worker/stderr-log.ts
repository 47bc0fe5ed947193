import type { Log } from '@fleet/service-layer';

/** Warnings and errors as JSON lines; a worker that lives for seconds needs no more, and starts sooner. */
export class StderrLog implements Log {
  readonly #process: string;

  constructor(process: string) {
    this.#process = process;
  }

  debug(): void {}

  info(): void {}

  warn(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#write(event, fields);
  }

  error(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#write(event, fields);
  }

  #write(event: string, fields: Readonly<Record<string, unknown>>): void {
    const told = Object.entries(fields).map(([name, value]) => [
      name,
      value instanceof Error ? (value.stack ?? value.message) : value,
    ]);
    const line = { event, process: this.#process, ...Object.fromEntries(told) };
    process.stderr.write(`${JSON.stringify(line)}\n`);
  }
}
