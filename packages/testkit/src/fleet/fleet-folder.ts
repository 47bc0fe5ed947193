import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../eventually.ts';
import { queryOnce, type Row } from './fleet-database.ts';
import { processesOfFolder, type FoundProcess } from './processes-of-folder.ts';
import type { ReportView } from './report-view.ts';
import {
  faultScript,
  readFaultTraces,
  setFaults,
  type SimulatorFault,
  type SimulatorFaultTrace,
} from './simulator-faults.ts';
import { StartedCommand } from './started-command.ts';

export type FleetRole = 'simulator' | 'gateway' | 'worker' | 'idle-probe';

/** What `runtime.json` promises to whoever looks for the running fleet. */
export interface RuntimeView {
  readonly runId: string;
  readonly mode: string;
  readonly schema: string;
  readonly fleetDbUrl: string;
  readonly simulatorDbUrl: string;
  readonly simulator: { readonly controlUrl: string };
  readonly processes: readonly { role: FleetRole; name: string; pid: number }[];
}

/** A line of a log: an event's name, its level and its fields. */
export interface LogRecord {
  readonly event: string;
  readonly level: string;
  readonly [field: string]: unknown;
}

const GONE_WITHIN_MS = 20_000;

/** A data folder of its own under the temporary folder, and whatever is started on it. */
export class FleetFolder {
  #path: string | undefined;

  /** Made when it is first asked for: a skipped scenario leaves nothing. */
  get path(): string {
    this.#path ??= mkdtempSync(join(tmpdir(), 'fleet-scenario-'));
    return this.#path;
  }

  get reportFile(): string {
    return join(this.path, 'report.json');
  }

  get dataDir(): string {
    return join(this.path, 'data');
  }

  supervisor(args: readonly string[], env: Readonly<Record<string, string>> = {}): StartedCommand {
    const all = ['--data-dir', this.dataDir, '--report', this.reportFile, ...args];
    return new StartedCommand('supervisor', all, env, this.path);
  }

  /** A further worker, as its owner would add one. */
  worker(capital: string): StartedCommand {
    const args = ['--capital', capital, '--data-dir', this.dataDir];
    return new StartedCommand('worker', args, {}, this.path);
  }

  /** Runs one operator's command to its end. @throws with its output unless it exits 0 */
  async fleetctl(...args: readonly string[]): Promise<string> {
    const all = [...args, '--data-dir', this.dataDir];
    const command = new StartedCommand('fleetctl', all, {}, this.path);
    const code = await command.end(30_000);
    if (code !== 0) throw new Error(`fleetctl ${args.join(' ')} exits ${code}: ${command.output}`);
    return command.output;
  }

  runtime(): RuntimeView | undefined {
    const file = join(this.dataDir, 'runtime.json');
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the test is about this shape
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RuntimeView) : undefined;
  }

  /** Process ids of a role, in the order they were started. */
  pids(role: FleetRole): readonly number[] {
    const processes = this.runtime()?.processes ?? [];
    return processes.filter((each) => each.role === role).map((each) => each.pid);
  }

  async query(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    const { fleetDbUrl, schema } = this.#running();
    return await queryOnce(fleetDbUrl, schema, sql, values);
  }

  async simulatorQuery(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    const { simulatorDbUrl, schema } = this.#running();
    return await queryOnce(simulatorDbUrl, schema, sql, values);
  }

  /** Writes a file into the folder. @returns its path */
  file(name: string, text: string): string {
    mkdirSync(this.path, { recursive: true });
    const path = join(this.path, name);
    writeFileSync(path, text);
    return path;
  }

  /** Flags that open the simulator's fault port, with these rules from the start. */
  faultFlags(rules: readonly SimulatorFault[] = []): readonly string[] {
    return ['--sim-faults', this.file('faults.json', faultScript(rules))];
  }

  /** Other rules from here on; for a fleet started with `faultFlags`. */
  async setFaults(rules: readonly SimulatorFault[]): Promise<void> {
    await setFaults(this.#running().simulator.controlUrl, rules);
  }

  /** How often a kind of fault has struck, and when. */
  async faultTraces(kind: string): Promise<readonly SimulatorFaultTrace[]> {
    const traces = await readFaultTraces(this.#running().simulator.controlUrl);
    return traces.filter((trace) => trace.kind === kind);
  }

  /** What a process of the fleet has logged so far, oldest first. */
  logged(process: string): readonly LogRecord[] {
    const file = join(this.dataDir, 'logs', `${process}.log`);
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.filter((line) => line.startsWith('{') && line.endsWith('}')).map(parseRecord);
  }

  /** The first row of a statement, once it gives one. */
  async awaitRow(sql: string, values: readonly unknown[] = [], timeoutMs = 90_000): Promise<Row> {
    return await eventually(
      async () => {
        const [row] = await this.query(sql, values);
        if (row === undefined) throw new Error(`still nothing from: ${sql}`);
        return row;
      },
      { timeoutMs, everyMs: 30 },
    );
  }

  /** Everything that runs on this folder. */
  living(): readonly FoundProcess[] {
    return processesOfFolder(this.path);
  }

  /** @throws naming what is still there */
  async awaitNothingLeft(timeoutMs = GONE_WITHIN_MS): Promise<void> {
    await eventually(
      () => {
        const left = this.living().map(({ pid, command }) => `${pid} ${command}`);
        if (left.length > 0) throw new Error(`still running:\n${left.join('\n')}`);
      },
      { timeoutMs, everyMs: 50 },
    );
  }

  /** All at once, the database too, as a power cut would. */
  async killEverything(): Promise<void> {
    for (const { pid } of this.living()) kill(pid);
    await eventually(
      () => {
        for (const { pid } of this.living()) kill(pid);
        return this.living().length === 0;
      },
      { timeoutMs: GONE_WITHIN_MS },
    );
  }

  /** Ends what a failed scenario left behind and removes the folder. */
  async remove(): Promise<void> {
    if (this.#path === undefined) return;
    await this.killEverything();
    if (process.env['FLEET_SCENARIO_KEEP']) return;
    rmSync(this.path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  report(): ReportView {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the test is about this shape
    return JSON.parse(readFileSync(this.reportFile, 'utf8')) as ReportView;
  }

  #running(): RuntimeView {
    const runtime = this.runtime();
    if (runtime === undefined) throw new Error(`no fleet runs on ${this.dataDir}`);
    return runtime;
  }
}

function parseRecord(line: string): LogRecord {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the shape that logs promise
  return JSON.parse(line) as LogRecord;
}

export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // True now: it is gone.
  }
}
