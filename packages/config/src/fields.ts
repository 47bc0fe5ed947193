import { z } from 'zod';

/** A whole number with bounds, from text. */
export function givenWholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^-?\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));
}

export function wholeNumber(min: number, max: number, fallback: number) {
  return givenWholeNumber(min, max).default(fallback);
}

/** Won as text, so that no float ever stands for money. */
export function givenWon() {
  return z.string().regex(/^\d+$/, 'must be whole won, digits only');
}

export function wonText(fallback: string) {
  return givenWon().default(fallback);
}

/** A fraction as decimal text, for example 0.000140527. */
export function fractionText(fallback: string) {
  return z
    .string()
    .regex(/^0(\.\d+)?$/, 'must be a fraction such as 0.000140527')
    .default(fallback);
}

/** As above, above zero. */
export function positiveFraction(fallback: string) {
  return z
    .string()
    .regex(/^0\.\d*[1-9]\d*$/, 'must be a fraction above 0, such as 0.025')
    .default(fallback);
}

export function clockTime(fallback: string) {
  return z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/, 'must be HH:MM')
    .default(fallback);
}

export function url(protocols: readonly string[]) {
  return z.string().refine(
    (text) => {
      const parsed = URL.parse(text);
      return parsed !== null && protocols.includes(parsed.protocol);
    },
    { message: `must be a URL starting with ${protocols.join(' or ')}` },
  );
}
