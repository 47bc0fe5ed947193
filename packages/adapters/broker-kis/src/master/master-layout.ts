import type { Market } from '@fleet/krx';
import { KONEX_TAIL_COLUMNS } from './konex-layout.ts';
import { KOSDAQ_COLUMNS } from './kosdaq-layout.ts';
import { KOSPI_COLUMNS } from './kospi-layout.ts';
import type { MasterColumn } from './master-column.ts';

export interface MasterLayout {
  readonly market: Market;
  /** Name of the file on the server, without '.zip'. */
  readonly fileName: string;
  /** From the start of the record. */
  readonly head: readonly MasterColumn[];
  /** From its end; what lies between is the name, where the head has none. */
  readonly tail: readonly MasterColumn[];
  /** Undefined where the records' length is not documented. */
  readonly recordBytes: number | undefined;
}

const widthOf = (columns: readonly MasterColumn[]): number =>
  columns.reduce((sum, [, width]) => sum + width, 0);

export const MASTER_LAYOUTS: Readonly<Record<Market, MasterLayout>> = {
  KOSPI: {
    market: 'KOSPI',
    fileName: 'kospi_code.mst',
    head: KOSPI_COLUMNS,
    tail: [],
    recordBytes: widthOf(KOSPI_COLUMNS),
  },
  KOSDAQ: {
    market: 'KOSDAQ',
    fileName: 'kosdaq_code.mst',
    head: KOSDAQ_COLUMNS,
    tail: [],
    recordBytes: widthOf(KOSDAQ_COLUMNS),
  },
  KONEX: {
    market: 'KONEX',
    fileName: 'konex_code.mst',
    head: [
      ['mksc_shrn_iscd', 9],
      ['stnd_iscd', 12],
    ],
    tail: KONEX_TAIL_COLUMNS,
    recordBytes: undefined,
  },
};
