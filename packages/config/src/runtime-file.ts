import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { SettingsError } from './settings-error.ts';

const FILE_NAME = 'runtime.json';

/** The address holds the database's password and the file says who to kill: for its owner alone. */
const OWNER_ONLY = 0o600;

/** One process of the fleet. A pid alone may be reused: boot id and start time name it for good. */
const RuntimeProcess = z.object({
  role: z.enum(['postgres', 'simulator', 'gateway', 'supervisor', 'worker', 'idle-probe']),
  name: z.string().min(1),
  pid: z.int().positive(),
  /** Absent: the host that the file is on. */
  hostId: z.string().min(1).optional(),
  bootId: z.string(),
  startedAt: z.string(),
});

const RuntimeFileShape = z.object({
  version: z.literal(1),
  runId: z.string().min(1),
  mode: z.enum(['SIM', 'PAPER', 'LIVE']),
  fleetDbUrl: z.string().min(1),
  schema: z.string().min(1),
  simulatorDbUrl: z.string().min(1).optional(),
  gatewayAddress: z.string().min(1),
  marketClockUrl: z.string().min(1).optional(),
  simulator: z
    .object({ restUrl: z.string(), wsUrl: z.string(), controlUrl: z.string() })
    .optional(),
  processes: z.array(RuntimeProcess),
});

export type RuntimeProcess = z.infer<typeof RuntimeProcess>;

/** Where the running fleet of a data folder is found: databases, addresses, processes. */
export type RuntimeFile = z.infer<typeof RuntimeFileShape>;

export function runtimeFilePath(dataDir: string): string {
  return join(dataDir, FILE_NAME);
}

/** @throws SettingsError naming the file and its first wrong field */
export function parseRuntimeFile(text: string, path: string = FILE_NAME): RuntimeFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SettingsError([`${path} is not JSON: remove it and start the supervisor again`]);
  }
  const parsed = RuntimeFileShape.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') || 'content';
  throw new SettingsError([
    `${path}: ${field} ${issue?.message ?? 'is wrong'}; remove it and start the supervisor again`,
  ]);
}

/** Undefined: no fleet was started with this data folder. @throws SettingsError when it cannot be read */
export function readRuntimeFile(dataDir: string): RuntimeFile | undefined {
  const path = runtimeFilePath(dataDir);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new SettingsError([`${path} cannot be read: ${String(error)}`]);
  }
  return parseRuntimeFile(text, path);
}

/** Replaces the file in one step: a reader sees the old or the new one, never a half of it. */
export function writeRuntimeFile(dataDir: string, file: RuntimeFile): void {
  mkdirSync(dataDir, { recursive: true });
  const path = runtimeFilePath(dataDir);
  const draft = `${path}.${randomUUID()}`;
  try {
    writeFileSync(draft, `${JSON.stringify(RuntimeFileShape.parse(file), undefined, 2)}\n`, {
      mode: OWNER_ONLY,
    });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** The fleet of this folder is down in order: nobody joins it any more. */
export function removeRuntimeFile(dataDir: string): void {
  rmSync(runtimeFilePath(dataDir), { force: true });
}

function isMissing(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  return error.code === 'ENOENT' || error.code === 'ENOTDIR';
}
