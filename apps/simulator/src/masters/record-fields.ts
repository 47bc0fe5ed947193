import { compactDate } from '@fleet/krx';
import type { Instrument } from '../exchange/types.ts';
import { blank, code, type FixedField, flag, padded, zeroed } from './fixed-width.ts';
import { isinOf, securityGroup } from './instrument-codes.ts';

/** What a record says beside the instrument itself. */
export interface MasterFacts {
  readonly halted: boolean;
}

/** Short code, ISIN, name. */
export function nameFields(instrument: Instrument, nameWidth: number): readonly FixedField[] {
  const short = instrument.kind === 'ETN' ? `Q${instrument.symbol}` : instrument.symbol;
  return [
    padded(short, 9),
    padded(isinOf(instrument.symbol), 12),
    padded(instrument.name, nameWidth),
  ];
}

/** Group, size class, three sector codes. */
export function groupFields(instrument: Instrument): readonly FixedField[] {
  return [
    code(securityGroup(instrument.kind)),
    code('0'),
    code('0000'),
    code('0000'),
    code('0000'),
  ];
}

/** ETP class: 2 trust type for ETF, 3 ETN, 0 none. */
export function etpClass(instrument: Instrument): FixedField {
  if (instrument.kind === 'ETN') return code('3');
  return code(instrument.kind === 'ETF' ? '2' : '0');
}

/** From the reference price to the offer price: the same run in all three files. */
export function tradingFields(instrument: Instrument, facts: MasterFacts): readonly FixedField[] {
  return [
    zeroed(instrument.referencePrice, 9),
    zeroed(1, 5),
    zeroed(1, 5),
    flag(facts.halted),
    flag(false),
    flag(false),
    code('00'),
    flag(false),
    flag(false),
    flag(false),
    code('00'),
    code('00'),
    code('00'),
    zeroed(20, 3),
    flag(true),
    zeroed(90, 3),
    zeroed(instrument.previousVolume, 12),
    zeroed(5000, 12),
    code(compactDate(instrument.listedOn)),
    zeroed(instrument.listedShares / 1000, 15),
    zeroed(instrument.listedShares * 5000, 21),
    code('12'),
    blank(7),
  ];
}

/** 0 common, 1 preferred. */
export function preferredClass(instrument: Instrument): FixedField {
  return code(instrument.kind === 'PREFERRED' ? '1' : '0');
}

/** Sales, three profits, net, ROE, date of the statements, market value: none are simulated. */
export function statementFields(instrument: Instrument): readonly FixedField[] {
  const value = (instrument.referencePrice * instrument.listedShares) / 100_000_000;
  return [
    zeroed(0, 9),
    zeroed(0, 9),
    zeroed(0, 9),
    zeroed(0, 5),
    code('000000.00'),
    blank(8),
    zeroed(value, 9),
  ];
}

/** Company credit limit reached, usable as collateral, lendable. */
export function creditFlags(): readonly FixedField[] {
  return [flag(false), flag(true), flag(false)];
}
