import { type Environment, localeOf, SettingsError } from '@fleet/config';
import { type FleetAccess, openFleet } from './bootstrap.ts';
import { changeGate } from './change-gate.ts';
import { findFleet, type FleetAddress, nameOf } from './fleet-address.ts';
import type { GateChange, GateCommand } from './gate-change.ts';
import { readStatus } from './read-status.ts';
import { renderStatus } from './render-status.ts';
import { type Texts, textsOf } from './texts.ts';
import { unfreezeStock } from './unfreeze-stock.ts';

export interface CommandFlags {
  readonly dataDir: string;
  readonly json: boolean;
  readonly reason: string | undefined;
}

export interface CommandSurroundings {
  readonly environment: Environment;
  readonly isTerminal: boolean;
  readonly print: (line: string) => void;
}

/** Nobody listens there: what the owner can put right, unlike everything else that goes wrong. */
const NOBODY_THERE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOENT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ETIMEDOUT',
]);
/** PostgreSQL: no such table, schema or database. */
const NOTHING_THERE: ReadonlySet<string> = new Set(['42P01', '3F000', '3D000']);

/** @throws SettingsError for wrong use and where there is no fleet */
export async function runCommand(
  command: 'status' | GateCommand,
  flags: CommandFlags,
  surroundings: CommandSurroundings,
): Promise<void> {
  await withFleet(flags, surroundings, async (access, texts, address) => {
    if (command === 'status') {
      const status = await readStatus(address, access);
      const withColor = surroundings.isTerminal && !surroundings.environment['NO_COLOR'];
      tell(flags, surroundings, status, () => renderStatus(status, texts, withColor));
      return;
    }
    const change = await changeGate(command, flags, access, texts);
    tell(flags, surroundings, change, () => changeLines(change, texts));
  });
}

async function withFleet(
  flags: CommandFlags,
  surroundings: CommandSurroundings,
  work: (access: FleetAccess, texts: Texts, address: FleetAddress) => Promise<void>,
): Promise<void> {
  const texts = textsOf(localeOf(surroundings.environment));
  const address = findFleet(surroundings.environment, flags.dataDir, texts);
  const access = openFleet(address);
  try {
    await work(access, texts, address);
  } catch (error) {
    if (isCode(error, NOTHING_THERE)) throw new SettingsError([texts.noFleetThere(address.schema)]);
    if (isCode(error, NOBODY_THERE)) throw new SettingsError([texts.unreachable(nameOf(address))]);
    throw error;
  } finally {
    await closeQuietly(access);
  }
}

/** @throws SettingsError as `runCommand` */
export async function runUnfreeze(
  symbol: string,
  flags: CommandFlags & { readonly order: string | undefined; readonly none: boolean },
  surroundings: CommandSurroundings,
): Promise<void> {
  await withFleet(flags, surroundings, async (access, texts) => {
    const done = await unfreezeStock(symbol, flags, access, texts);
    tell(flags, surroundings, done, () => [texts.unfrozen(symbol, done.brokerOrderId)]);
  });
}

function tell(
  { json }: CommandFlags,
  { print }: CommandSurroundings,
  value: object,
  lines: () => readonly string[],
): void {
  if (json) print(JSON.stringify(value, undefined, 2));
  else for (const line of lines()) print(line);
}

function changeLines(change: GateChange, texts: Texts): readonly string[] {
  const needsRestart = change.command !== 'stop' && change.state === 'STOPPED';
  return [texts.done(change), ...(needsRestart ? [texts.restartNeeded] : [])];
}

/** The code of an error, of what caused it, or of every attempt that it sums up. */
function isCode(error: unknown, codes: ReadonlySet<string>): boolean {
  if (error instanceof AggregateError) return error.errors.every((each) => isCode(each, codes));
  if (typeof error !== 'object' || error === null) return false;
  if ('code' in error && typeof error.code === 'string' && codes.has(error.code)) return true;
  return 'cause' in error && isCode(error.cause, codes);
}

async function closeQuietly(access: FleetAccess): Promise<void> {
  // True now: the answer is known already, and this process ends.
  await access.close().catch(() => undefined);
}
