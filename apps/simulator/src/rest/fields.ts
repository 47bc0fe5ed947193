/** How KIS writes values: every one is a string. */

/** '0' for nothing. */
export function whole(value: number | undefined): string {
  return String(value ?? 0);
}

/** Fixed decimals, never '-0.00'. */
export function fixed(value: number, decimals = 2): string {
  const text = (Number.isFinite(value) ? value : 0).toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

/** part / base in percent; 0 when there is no base. */
export function percent(part: number, base: number, decimals = 2): string {
  return fixed(base === 0 ? 0 : (part / base) * 100, decimals);
}

/** numerator / denominator; 0 when there is no denominator. */
export function ratio(numerator: number, denominator: number, decimals = 2): string {
  return fixed(denominator === 0 ? 0 : numerator / denominator, decimals);
}

/** An exact quotient of two integers, cut down to `decimals` digits. */
export function quotient(numerator: number, denominator: number, decimals: number): string {
  if (denominator === 0) return fixed(0, decimals);
  const scale = 10n ** BigInt(decimals);
  const scaled = (BigInt(numerator) * scale) / BigInt(denominator);
  const negative = scaled < 0n;
  const digits = String(negative ? -scaled : scaled).padStart(decimals + 1, '0');
  const sign = negative ? '-' : '';
  const cut = digits.length - decimals;
  return decimals === 0
    ? `${sign}${digits}`
    : `${sign}${digits.slice(0, cut)}.${digits.slice(cut)}`;
}

/** Zeros in front, as in notices: '0000000001'. */
export function zeros(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

/** PRDY_VRSS_SIGN: 1 upper limit, 2 up, 3 flat, 4 lower limit, 5 down. */
export function changeSign(
  price: number,
  reference: number,
  limits?: { readonly upperLimit: number; readonly lowerLimit: number },
): string {
  if (limits !== undefined && price === limits.upperLimit && price > reference) return '1';
  if (limits !== undefined && price === limits.lowerLimit && price < reference) return '4';
  if (price > reference) return '2';
  return price < reference ? '5' : '3';
}

/** psearch numbers: 16 characters with 4 decimals, padded with blanks. */
export function sixteen(value: number): string {
  return fixed(value, 4).padStart(16, ' ');
}

/** psearch prices: zeros in front, '00000138600.0000'. */
export function sixteenZeros(value: number): string {
  return fixed(value, 4).padStart(16, '0');
}

/** Y or N. */
export function yesNo(value: boolean): string {
  return value ? 'Y' : 'N';
}

/** An object whose keys are `names` and whose values are all `value`. */
export function filled(names: readonly string[], value: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, value]));
}
