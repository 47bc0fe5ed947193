import type { InstrumentKind } from '@fleet/krx';

const GROUPS: Readonly<Record<InstrumentKind, string>> = {
  COMMON: 'ST',
  PREFERRED: 'ST',
  SPAC: 'ST',
  ETF: 'EF',
  ETN: 'EN',
  ELW: 'EW',
  REIT: 'RT',
  OTHER: 'BC',
};

/** scrt_grp_cls_code. */
export function securityGroup(kind: InstrumentKind): string {
  return GROUPS[kind];
}

/** The ISIN of a Korean short code: KR7 + code + 00 + check digit (ISO 6166). */
export function isinOf(symbol: string): string {
  const base = `KR7${symbol}00`;
  return `${base}${checkDigit(base)}`;
}

function checkDigit(base: string): number {
  // Letters count as 10 … 35, then Luhn from the right.
  const digits = base
    .split('')
    .map((letter) => String(Number.parseInt(letter, 36)))
    .join('');
  const total = digits
    .split('')
    .toReversed()
    .reduce((sum, digit, index) => {
      const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
      return sum + (value > 9 ? value - 9 : value);
    }, 0);
  return (10 - (total % 10)) % 10;
}
