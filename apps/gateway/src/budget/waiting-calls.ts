import type { CallLane } from '@fleet/service-layer';

/** Most urgent first. */
const LANES: readonly CallLane[] = ['cancel', 'exit', 'entry', 'reconcile', 'scan', 'backfill'];

export interface WaitingCall {
  readonly lane: CallLane;
  /** The process that asked, so that one which asks much does not push the others out. */
  readonly client: string;
  grant(): void;
}

/** One lane: clients take turns, each client's calls in the order they came. */
class Lane {
  /** Insertion order is whose turn it is. */
  readonly #byClient = new Map<string, WaitingCall[]>();

  get isEmpty(): boolean {
    return this.#byClient.size === 0;
  }

  add(call: WaitingCall): void {
    const own = this.#byClient.get(call.client);
    if (own) own.push(call);
    else this.#byClient.set(call.client, [call]);
  }

  take(): WaitingCall | undefined {
    const [turn] = this.#byClient;
    if (!turn) return undefined;
    const [client, calls] = turn;
    const call = calls.shift();
    this.#byClient.delete(client);
    // Whose turn it was goes to the back.
    if (calls.length > 0) this.#byClient.set(client, calls);
    return call;
  }

  remove(call: WaitingCall): boolean {
    const own = this.#byClient.get(call.client);
    const index = own?.indexOf(call) ?? -1;
    if (!own || index === -1) return false;
    own.splice(index, 1);
    if (own.length === 0) this.#byClient.delete(call.client);
    return true;
  }
}

/** Calls that wait for their slot: strictly by lane, and fair inside a lane. */
export class WaitingCalls {
  readonly #lanes = new Map(LANES.map((lane) => [lane, new Lane()] as const));
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(call: WaitingCall): void {
    this.#lanes.get(call.lane)?.add(call);
    this.#size += 1;
  }

  /** The lane whose turn it is; undefined when nobody waits. */
  topLane(): CallLane | undefined {
    return LANES.find((lane) => this.#lanes.get(lane)?.isEmpty === false);
  }

  take(lane: CallLane): WaitingCall | undefined {
    const call = this.#lanes.get(lane)?.take();
    if (call) this.#size -= 1;
    return call;
  }

  remove(call: WaitingCall): void {
    if (this.#lanes.get(call.lane)?.remove(call)) this.#size -= 1;
  }
}
