import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Ready = z.object({ event: z.literal('SimulatorReady'), notes: z.array(z.string()) });
const PROBLEM = /^simulator: (.+)$/;

/** What the simulator says of its day: notes when it is ready, problems when it will not start. */
export class SimulatorLog {
  readonly #file: string;
  readonly #from: number;

  /** From the file's end as it is now. */
  constructor(dataDir: string) {
    this.#file = join(dataDir, 'logs', 'simulator.log');
    this.#from = existsSync(this.#file) ? statSync(this.#file).size : 0;
  }

  notes(): readonly string[] {
    return this.#lines().flatMap((line) => {
      if (!line.startsWith('{"event":"SimulatorReady"')) return [];
      const parsed = Ready.safeParse(JSON.parse(line));
      return parsed.success ? parsed.data.notes : [];
    });
  }

  problems(): readonly string[] {
    return this.#lines().flatMap((line) => PROBLEM.exec(line)?.[1] ?? []);
  }

  #lines(): readonly string[] {
    if (!existsSync(this.#file)) return [];
    return readFileSync(this.#file).subarray(this.#from).toString('utf8').split('\n');
  }
}
