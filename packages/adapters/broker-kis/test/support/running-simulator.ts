import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { AnchoredMarketClock, systemClock } from '@fleet/clock';
import type { MarketClock } from '@fleet/service-layer';
import {
  type KisAdapter,
  type KisProfile,
  type KisQuoteAccess,
  type KisSettings,
  makeKisAdapter,
  UNLIMITED_BUDGET,
} from '../../src/index.ts';
import { MemoryTokenStore } from './adapter-kit.ts';

const MAIN = fileURLToPath(new URL('../../../../../apps/simulator/src/main.ts', import.meta.url));

const CREDENTIALS = { appKey: 'K'.repeat(36), appSecret: 'S'.repeat(180) };

export interface SimulatorKit {
  readonly adapter: KisAdapter;
  readonly settings: KisSettings;
  readonly store: MemoryTokenStore;
  readonly market: MarketClock;
  readonly tradeDate: string;
  /** Replaces the simulator's fault rules. */
  faults(rules: readonly object[]): Promise<void>;
  stop(): Promise<void>;
}

interface ReadyLine {
  readonly restUrl: string;
  readonly wsUrl: string;
  readonly controlUrl: string;
  readonly tradeDate: string;
}

/**
 * The simulator as a process of its own, and an adapter that knows it only by its addresses.
 * @param quotes where the market is read instead
 */
export async function startSimulatorKit(
  profile: KisProfile,
  quotes?: KisQuoteAccess,
  flags: Readonly<Record<string, string>> = {},
): Promise<SimulatorKit> {
  const dataDir = mkdtempSync(join(tmpdir(), 'broker-kis-'));
  const options = Object.entries({
    'data-dir': dataDir,
    profile: profile.name,
    at: '10:00',
    speed: '20',
    'rate-limit': '1000',
    day: 'generated:7',
    'hts-id': 'HTSID01',
    'app-key': CREDENTIALS.appKey,
    'app-secret': CREDENTIALS.appSecret,
    ...flags,
  }).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(process.execPath, [MAIN, '--json', '--admin', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  const ready = await new Promise<ReadyLine>((resolve, reject) => {
    createInterface(child.stdout).once('line', (line) => {
      const found: ReadyLine = JSON.parse(line);
      resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`the simulator ended with ${code}`)));
  });
  const following = new AbortController();
  const market = await AnchoredMarketClock.follow(`${ready.controlUrl}/clock`, following.signal);
  const store = new MemoryTokenStore();
  const settings: KisSettings = {
    ...CREDENTIALS,
    profile,
    restUrl: ready.restUrl,
    wsUrl: ready.wsUrl,
    masterUrl: `${ready.restUrl}/common/master`,
    accountId: '50012345-01',
    htsId: 'HTSID01',
    corporate: undefined,
  };
  const adapter = makeKisAdapter(settings, {
    tokenStore: store,
    budget: UNLIMITED_BUDGET,
    ...(quotes === undefined ? {} : { quotes }),
    clock: systemClock,
    brokerClock: market,
  });
  return {
    adapter,
    settings,
    store,
    market,
    tradeDate: ready.tradeDate,
    faults: async (rules) => {
      const body = JSON.stringify({ seed: 1, rules });
      const reply = await fetch(`${ready.controlUrl}/faults`, { method: 'POST', body });
      if (!reply.ok) throw new Error(await reply.text());
    },
    stop: async () => {
      await adapter.close();
      following.abort();
      child.kill('SIGTERM');
      await ended;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
