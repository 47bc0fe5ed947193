import type { Market } from '@fleet/krx';
import { zipSync } from 'fflate';
import type { Exchange, Instrument } from '../exchange/types.ts';
import { konexRecord } from './konex-record.ts';
import { kosdaqRecord } from './kosdaq-record.ts';
import { kospiRecord } from './kospi-record.ts';
import type { MasterFacts } from './record-fields.ts';

export interface MasterFile {
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

interface Layout {
  readonly market: Market;
  record(instrument: Instrument, facts: MasterFacts): Buffer;
}

const LAYOUTS: Readonly<Record<string, Layout>> = {
  'kospi_code.mst': { market: 'KOSPI', record: kospiRecord },
  'kosdaq_code.mst': { market: 'KOSDAQ', record: kosdaqRecord },
  'konex_code.mst': { market: 'KONEX', record: konexRecord },
};

const LINE_END = Buffer.from('\n');
// A ZIP needs a time of its own; the files carry none. 1980 is the format's first year.
const ZIP_EPOCH = '1980-01-01T00:00:00';

/** The symbol master files of the present trading day, plain and zipped. */
export class MasterFiles {
  readonly #exchange: Exchange;
  readonly #zipped = new Map<string, { readonly day: string; readonly bytes: Uint8Array }>();

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /** By file name, with or without '.zip'; undefined when there is no such file. */
  file(name: string): MasterFile | undefined {
    const isZip = name.endsWith('.zip');
    const inner = isZip ? name.slice(0, -'.zip'.length) : name;
    const layout = LAYOUTS[inner];
    if (layout === undefined) return undefined;
    return isZip
      ? { contentType: 'application/zip', bytes: this.#zip(inner, layout) }
      : { contentType: 'application/octet-stream', bytes: this.#plain(layout) };
  }

  #plain(layout: Layout): Uint8Array {
    const lines = this.#exchange
      .instruments()
      .filter((instrument) => instrument.market === layout.market)
      .toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1))
      .flatMap((instrument) => {
        const halted = this.#exchange.quote(instrument.symbol)?.halted ?? false;
        return [layout.record(instrument, { halted }), LINE_END];
      });
    return Buffer.concat(lines);
  }

  /** Kept for the day and count of instruments: KIS makes the file before the session too. */
  #zip(inner: string, layout: Layout): Uint8Array {
    const day = `${this.#exchange.tradeDate()}/${this.#exchange.instruments().length}`;
    const kept = this.#zipped.get(inner);
    if (kept?.day === day) return kept.bytes;
    const bytes = zipSync({ [inner]: [this.#plain(layout), { mtime: ZIP_EPOCH }] });
    this.#zipped.set(inner, { day, bytes });
    return bytes;
  }
}
