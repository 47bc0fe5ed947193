import type { Instrument } from '../exchange/types.ts';
import { code, flag, record } from './fixed-width.ts';
import { securityGroup } from './instrument-codes.ts';
import {
  creditFlags,
  type MasterFacts,
  nameFields,
  preferredClass,
  statementFields,
  tradingFields,
} from './record-fields.ts';

const RECORD_BYTES = 245;

/** One record of konex_code.mst: 61 bytes of names, a tail of 184. */
export function konexRecord(instrument: Instrument, facts: MasterFacts): Buffer {
  return record(
    [
      ...nameFields(instrument, 40),
      code(securityGroup(instrument.kind)),
      ...tradingFields(instrument, facts),
      preferredClass(instrument),
      flag(false),
      flag(false),
      flag(false),
      ...statementFields(instrument),
      ...creditFlags(),
    ],
    RECORD_BYTES,
  );
}
