import type { Won } from '@fleet/domain';
import type { Palette } from './palette.ts';

/** Whole won with thousands separators. */
export function wonText(amount: Won | number): string {
  return group(amount.toFixed(0).replace(/^-0$/, '0'));
}

/** The same with its sign, gains as +. */
export function signedWon(amount: Won | number): string {
  const text = wonText(amount);
  return text === '0' || text.startsWith('-') ? text : `+${text}`;
}

/** Red for a gain, blue for a loss; `text` may be padded. */
export function paintBySign(palette: Palette, amount: Won | number, text: string): string {
  const sign = signedWon(amount);
  if (sign.startsWith('+')) return palette.gain(text);
  return sign.startsWith('-') ? palette.loss(text) : text;
}

/** A fraction between 0 and 1 as a percentage with one decimal. */
export function percentText(fraction: string | number): string {
  return `${(Number(fraction) * 100).toFixed(1)}%`;
}

function group(digits: string): string {
  return digits.replaceAll(/\B(?=(\d{3})+$)/g, ',');
}
