import { userInfo } from 'node:os';
import { SettingsError } from '@fleet/config';
import type { Gate } from '@fleet/domain';
import type { FleetAccess } from './bootstrap.ts';
import type { GateChange, GateCommand } from './gate-change.ts';
import type { Texts } from './texts.ts';

/** Workers sell all, and the supervisor stops after it, by this very word. */
const FLATTEN = 'FLATTEN';

const GATE_OF: Readonly<Record<GateCommand, Gate>> = {
  stop: 'STOPPED',
  resume: 'OPEN',
  flatten: 'EXIT_ONLY',
};

const DEFAULT_REASON: Readonly<Record<GateCommand, string>> = {
  stop: 'STOPPED_BY_PERSON',
  resume: 'RESUMED_BY_PERSON',
  flatten: FLATTEN,
};

/** Nobody may trade an account that is not the configured one, told or not. */
const WRONG_ACCOUNT = 'WRONG_ACCOUNT';

/**
 * A person moves the gate: once this returns, nothing that it forbids can be stored any more.
 * Repeatable. The command itself is recorded with who gave it.
 * @throws SettingsError when the wish cannot be granted
 */
export async function changeGate(
  command: GateCommand,
  wish: { readonly reason: string | undefined },
  { stores, marketNow }: FleetAccess,
  texts: Texts,
): Promise<GateChange> {
  const before = await stores.system.read();
  if (command !== 'stop' && before.gateReason === WRONG_ACCOUNT) {
    throw new SettingsError([texts.wrongAccount]);
  }
  const { reason } = wish;
  if (command !== 'flatten' && reason === FLATTEN) throw new SettingsError([texts.reasonTaken]);
  const gateReason = command === 'flatten' ? FLATTEN : (reason ?? DEFAULT_REASON[command]);
  // A stop outlives a dead exchange: then the last instant that the day knows is recorded.
  const marketAt = (await marketNow()) ?? before.marketOpenAt ?? 0;
  const done = await stores.system.setGate({
    gate: GATE_OF[command],
    reason: gateReason,
    by: 'person',
    marketAt,
  });
  const payload = { command, reason: reason ?? DEFAULT_REASON[command], user: userName() };
  await stores.events.append([{ type: 'OperatorCommandEvent', level: 'WARN', marketAt, payload }]);
  return {
    command,
    changed: done.changed,
    from: before.gate,
    gate: done.gate,
    gateReason,
    state: before.state,
  };
}

export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // True now: this host has no name for the user, as in some containers.
    return 'unknown';
  }
}
