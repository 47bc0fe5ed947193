import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const APPS = fileURLToPath(new URL('../..', import.meta.url));
export const KEYS = { appKey: 'K'.repeat(36), appSecret: 'S'.repeat(180) };
const ACCOUNT = '50012345-01';
export const HTS_ID = 'HTSID01';

export interface SimulatorProcess {
  readonly restUrl: string;
  readonly wsUrl: string;
  readonly controlUrl: string;
  readonly tradeDate: string;
  stop(): Promise<void>;
}

export interface GatewayProcess {
  readonly address: string;
  readonly pid: number;
  /** What it wrote so far, for a failing test. */
  readonly lines: readonly string[];
  /** kill -9. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** Lines of standard output, and the first one that is `wanted`. */
async function firstLine(
  child: ChildProcess,
  lines: string[],
  wanted: (line: string) => boolean,
): Promise<string> {
  if (!child.stdout) throw new Error('no output to read');
  const found = Promise.withResolvers<string>();
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line);
    if (wanted(line)) found.resolve(line);
  });
  child.once('exit', (code) => found.reject(new Error(`ended with ${code}: ${lines.join('\n')}`)));
  return await found.promise;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
  return child.exitCode;
}

/** A generated day at 10:00, twenty times as fast. @param changes options of the simulator */
export async function startSimulator(
  dbUrl: string,
  changes: Readonly<Record<string, string>> = {},
): Promise<SimulatorProcess> {
  const options = Object.entries({
    profile: 'live',
    at: '10:00',
    speed: '20',
    day: 'generated:7',
    account: ACCOUNT,
    'hts-id': HTS_ID,
    // Three real seconds: longer than a gateway takes to come back.
    'slot-linger': '60',
    ...changes,
  }).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(
    process.execPath,
    [join(APPS, 'simulator/src/main.ts'), '--json', '--admin', ...options],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        SIM_DB_URL: dbUrl,
        SIM_APP_KEY: KEYS.appKey,
        SIM_APP_SECRET: KEYS.appSecret,
      },
    },
  );
  const ready = JSON.parse(await firstLine(child, [], () => true));
  return { ...ready, stop: async () => void (await end(child, 'SIGTERM')) };
}

export function newAddress(): string {
  return join(mkdtempSync(join(tmpdir(), 'gateway-')), 'gateway.sock');
}

export async function startGatewayProcess(settings: {
  simulator: SimulatorProcess;
  dbUrl: string;
  schema: string;
  address: string;
  /** Settings besides. */
  env?: Readonly<Record<string, string>>;
}): Promise<GatewayProcess> {
  const { simulator, dbUrl, schema, address, env } = settings;
  const lines: string[] = [];
  const child = spawn(process.execPath, [join(APPS, 'gateway/src/main.ts'), '--address', address], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      MODE: 'SIM',
      LOG_LEVEL: 'DEBUG',
      DB_URL: dbUrl,
      DB_SCHEMA: schema,
      MARKET_CLOCK_URL: `${simulator.controlUrl}/clock`,
      KIS_APP_KEY: KEYS.appKey,
      KIS_APP_SECRET: KEYS.appSecret,
      KIS_ACCOUNT: ACCOUNT,
      KIS_HTS_ID: HTS_ID,
      KIS_REST_BASE_URL: simulator.restUrl,
      KIS_WS_URL: simulator.wsUrl,
      KIS_MASTER_URL: `${simulator.restUrl}/common/master`,
      ANSWER_DEADLINE_MS: '1500',
      ...env,
    },
  });
  const ready = JSON.parse(await firstLine(child, lines, (line) => line.includes('GatewayReady')));
  return {
    address: ready.address,
    pid: ready.pid,
    lines,
    kill: async () => void (await end(child, 'SIGKILL')),
    stop: () => end(child, 'SIGTERM'),
  };
}
