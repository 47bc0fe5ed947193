import type { Decimal } from 'decimal.js';
import { InvariantViolation } from '../errors.ts';
import type { ParameterDeclaration, ParameterValues } from './strategy.ts';

export function integer(
  min: number,
  max: number,
  value: number,
  about: string,
): ParameterDeclaration {
  return { kind: 'integer', min, max, default: value, about };
}

/** Rates are fractions: '0.015' is 1.5 %. */
export function decimal(
  min: string,
  max: string,
  value: string,
  about: string,
): ParameterDeclaration {
  return { kind: 'decimal', min, max, default: value, about };
}

/** @throws InvariantViolation when the values were not validated */
export function parameter(values: ParameterValues, name: string): Decimal {
  const value = values[name];
  if (value === undefined) throw new InvariantViolation('parameters were not validated', { name });
  return value;
}
