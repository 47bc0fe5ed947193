import { kstDate, type Market } from '@fleet/krx';
import { BrokerError, type Instrument, type MarketClock } from '@fleet/service-layer';
import type { HttpTransport } from '../rest/http-transport.ts';
import { instrumentOf } from './instrument-of.ts';
import { MASTER_LAYOUTS } from './master-layout.ts';
import { isMasterStale } from './master-updates.ts';
import { parseMaster } from './parse-master.ts';
import { unpackMaster } from './unpack-master.ts';

/** A file has a megabyte at most, but the host is slow at times; real milliseconds. */
const DOWNLOAD_TIMEOUT_MS = 60_000;

export interface MasterDependencies {
  readonly masterUrl: string;
  readonly markets: readonly Market[];
  readonly transport: HttpTransport;
  readonly brokerClock: MarketClock;
}

interface Loaded {
  readonly instruments: readonly Instrument[];
  readonly readAt: number;
}

/** The symbol master files; no login, and not part of the call budget (another host). */
export class MasterFiles {
  readonly #with: MasterDependencies;
  #loaded: Loaded | undefined;
  #rejectedLines = 0;

  constructor(dependencies: MasterDependencies) {
    this.#with = dependencies;
  }

  /** Lines of the last reading that were not records. */
  rejectedLines(): number {
    return this.#rejectedLines;
  }

  /** Read again once KIS has renewed them. @throws BrokerError, also when no market has a record */
  async instruments(signal?: AbortSignal): Promise<readonly Instrument[]> {
    const now = this.#with.brokerClock.now();
    const loaded = this.#loaded;
    // Read at a later instant than now: a simulated day that has started over.
    const isOfAnotherDay = loaded !== undefined && kstDate(loaded.readAt) !== kstDate(now);
    if (loaded === undefined || isOfAnotherDay || isMasterStale(loaded.readAt, now)) {
      this.#loaded = await this.#load(now, signal);
    }
    return this.#loaded?.instruments ?? [];
  }

  async #load(now: number, signal: AbortSignal | undefined): Promise<Loaded> {
    const instruments: Instrument[] = [];
    let rejectedLines = 0;
    for (const market of this.#with.markets) {
      const layout = MASTER_LAYOUTS[market];
      const file = unpackMaster(await this.#download(layout.fileName, signal));
      const { records, rejectedLines: rejected } = parseMaster(file, layout);
      rejectedLines += rejected;
      // An empty market is one; lines of which none is a record are another layout.
      if (records.length === 0 && rejected > 0) {
        throw new BrokerError('BAD_REPLY', `${layout.fileName}: no record of the known layout`);
      }
      for (const record of records) {
        const instrument = instrumentOf(record, market, kstDate(now));
        if (instrument !== undefined) instruments.push(instrument);
      }
    }
    if (instruments.length === 0) {
      throw new BrokerError('BAD_REPLY', 'the master files of all markets are empty');
    }
    this.#rejectedLines = rejectedLines;
    return { instruments, readAt: now };
  }

  async #download(fileName: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const result = await this.#with.transport.exchange({
      url: `${this.#with.masterUrl}/${fileName}.zip`,
      method: 'GET',
      headers: {},
      timeoutMs: DOWNLOAD_TIMEOUT_MS,
      ...(signal === undefined ? {} : { signal }),
    });
    signal?.throwIfAborted();
    if (result.kind !== 'reply') {
      throw new BrokerError('UNAVAILABLE', `${fileName}: ${result.reason}`);
    }
    if (result.status !== 200) {
      throw new BrokerError('UNAVAILABLE', `${fileName}: HTTP ${result.status}`);
    }
    return result.body;
  }
}
