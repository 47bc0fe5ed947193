import { Decimal } from 'decimal.js';
import type { ParameterDeclaration, ParameterValues, Strategy } from './strategy.ts';

export type ParameterCheck =
  | { readonly ok: true; readonly values: ParameterValues }
  | { readonly ok: false; readonly problems: readonly string[] };

const INTEGER_TEXT = /^[+-]?\d{1,15}$/;
const DECIMAL_TEXT = /^[+-]?\d{1,15}(\.\d{1,15})?$/;

/**
 * Stored parameters -> values. Every declared parameter must be there, of its type, in its range, and
 * the strategy's own constraints must hold; unknown names are refused (a typo must not go unseen).
 */
export function validateParameters(
  strategy: Pick<Strategy, 'parameters' | 'checkParameters'>,
  raw: Readonly<Record<string, string>>,
): ParameterCheck {
  const problems = Object.keys(raw)
    .filter((name) => !Object.hasOwn(strategy.parameters, name))
    .map((name) => `${name}: the strategy has no such parameter`);
  const values: Record<string, Decimal> = {};
  for (const [name, declaration] of Object.entries(strategy.parameters)) {
    const value = readValue(declaration, Object.hasOwn(raw, name) ? raw[name] : undefined);
    if (typeof value === 'string') problems.push(`${name}: ${value}`);
    else values[name] = value;
  }
  if (problems.length > 0) return { ok: false, problems };
  const contradictions = strategy.checkParameters(values);
  return contradictions.length > 0 ? { ok: false, problems: contradictions } : { ok: true, values };
}

/**
 * Parameters that were stored for another version of the strategy: what that version did not know gets
 * its declared default. Those of its own version stay as they are, so that a missing one is refused.
 */
export function completeParameters(
  strategy: Pick<Strategy, 'version' | 'parameters'>,
  stored: { readonly strategyVersion: string; readonly values: Readonly<Record<string, string>> },
): Readonly<Record<string, string>> {
  if (stored.strategyVersion === strategy.version) return stored.values;
  return { ...defaultParameters(strategy), ...stored.values };
}

/** The declared defaults as stored text: a first start's version 1. */
export function defaultParameters(
  strategy: Pick<Strategy, 'parameters'>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(strategy.parameters).map(([name, { default: value }]) => [name, String(value)]),
  );
}

function readValue(declaration: ParameterDeclaration, text: string | undefined): Decimal | string {
  if (text === undefined) return 'missing';
  const pattern = declaration.kind === 'integer' ? INTEGER_TEXT : DECIMAL_TEXT;
  if (!pattern.test(text))
    return `not ${declaration.kind === 'integer' ? 'an integer' : 'a decimal'}: ${text}`;
  const value = new Decimal(text);
  if (value.lt(declaration.min) || value.gt(declaration.max)) {
    return `${text} is outside ${declaration.min} .. ${declaration.max}`;
  }
  return value;
}
