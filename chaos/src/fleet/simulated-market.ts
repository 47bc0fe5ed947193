import { join } from 'node:path';
import { parseTradeDate, type TradeDate } from '@fleet/krx';
import { inventKeys, type BrokerKeys } from './broker-keys.ts';
import { Child } from './child.ts';

/** One fault rule of the simulator, as its control port takes it. */
export type FaultRule = Readonly<Record<string, string | number | boolean | readonly number[]>>;

export interface FaultTrace {
  readonly sequence: number;
  readonly kind: string;
}

/** The simulator's process: market, exchange, ledger, and the faults asked of it. */
export class SimulatedMarket {
  readonly keys: BrokerKeys;
  readonly restUrl: string;
  readonly wsUrl: string;
  readonly schema: string;
  readonly tradeDate: TradeDate;
  readonly #controlUrl: string;
  readonly #child: Child;

  private constructor(child: Child, keys: BrokerKeys, ready: Readonly<Record<string, unknown>>) {
    const text = (name: string): string => String(ready[name]);
    this.#child = child;
    this.keys = keys;
    this.restUrl = text('restUrl');
    this.wsUrl = text('wsUrl');
    this.#controlUrl = text('controlUrl');
    this.schema = text('schema');
    this.tradeDate = parseTradeDate(text('tradeDate'));
  }

  static async start(options: {
    readonly dbUrl: string;
    readonly folder: string;
    readonly cacheFolder: string;
    readonly speed: number;
    readonly seed: number;
  }): Promise<SimulatedMarket> {
    const keys = inventKeys();
    const flags = Object.entries({
      profile: 'live',
      at: '09:30',
      speed: String(options.speed),
      day: `generated:${options.seed}`,
      account: keys.account,
      'hts-id': keys.htsId,
      cash: '10000000000',
      'slot-linger': '1',
      'rate-limit': '100',
    }).flatMap(([name, value]) => [`--${name}`, value]);
    const child = Child.start(
      {
        file: 'apps/simulator/src/main.ts',
        args: ['--json', '--admin', ...flags],
        env: {
          SIM_DB_URL: options.dbUrl,
          SIM_APP_KEY: keys.appKey,
          SIM_APP_SECRET: keys.appSecret,
        },
        logFile: join(options.folder, 'simulator.log'),
        cacheFolder: options.cacheFolder,
      },
      true,
    );
    const ready: Readonly<Record<string, unknown>> = JSON.parse(await child.ready());
    return new SimulatedMarket(child, keys, ready);
  }

  get clockUrl(): string {
    return `${this.#controlUrl}/clock`;
  }

  async anchor(): Promise<{ realMs: number; marketMs: number; speed: number }> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the simulator's announced shape
    return (await this.#call('GET', '/clock')) as {
      realMs: number;
      marketMs: number;
      speed: number;
    };
  }

  async setFaults(seed: number, rules: readonly FaultRule[]): Promise<void> {
    await this.#call('POST', '/faults', JSON.stringify({ seed, rules }));
  }

  async faultTraces(since: number): Promise<readonly FaultTrace[]> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the simulator's announced shape
    const reply = (await this.#call('GET', `/faults?since=${since}`)) as {
      traces: readonly FaultTrace[];
    };
    return reply.traces;
  }

  async stop(): Promise<void> {
    this.#child.signal('SIGTERM');
    await this.#child.ended();
  }

  async #call(method: 'GET' | 'POST', path: string, body?: string): Promise<unknown> {
    const reply = await fetch(`${this.#controlUrl}${path}`, {
      method,
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(10_000),
    });
    if (!reply.ok)
      throw new Error(`simulator: ${method} ${path}: ${reply.status} ${await reply.text()}`);
    return await reply.json();
  }
}
