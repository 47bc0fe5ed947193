/** A fault rule as the simulator's control port takes it (apps/simulator/README.md). */
export interface SimulatorFault {
  readonly kind: string;
  readonly endpoint?: string;
  readonly trId?: string;
  readonly rate?: number;
  readonly at?: readonly number[];
  readonly times?: number;
  /** Market milliseconds. */
  readonly delayMs?: number;
  readonly code?: string;
}

/** What a fault did. */
export interface SimulatorFaultTrace {
  readonly sequence: number;
  readonly kind: string;
  readonly rule: number;
  readonly subject: string;
  readonly marketMs: number;
}

/** Counters of the rules begin again; traces stay. @throws when the simulator does not take them */
export async function setFaults(
  controlUrl: string,
  rules: readonly SimulatorFault[],
): Promise<void> {
  await call(controlUrl, { method: 'POST', body: faultScript(rules) });
}

export async function readFaultTraces(controlUrl: string): Promise<readonly SimulatorFaultTrace[]> {
  const reply = await call(controlUrl, { method: 'GET' });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the simulator's documented shape
  return ((await reply.json()) as { traces: readonly SimulatorFaultTrace[] }).traces;
}

/** The text of a `--sim-faults` file. */
export function faultScript(rules: readonly SimulatorFault[]): string {
  return JSON.stringify({ seed: 1, rules });
}

async function call(controlUrl: string, request: RequestInit): Promise<Response> {
  const reply = await fetch(`${controlUrl}/faults`, {
    ...request,
    signal: AbortSignal.timeout(10_000),
  });
  if (!reply.ok) throw new Error(`the simulator's faults: ${reply.status} ${await reply.text()}`);
  return reply;
}
