import type { Locale } from '@fleet/config';
import { ENGLISH } from './en.ts';
import { isEventType } from './event-types.ts';
import { KOREAN } from './ko.ts';
import type { Texts } from './texts.ts';

export function textsOf(locale: Locale): Texts {
  return locale === 'ko' ? KOREAN : ENGLISH;
}

/** A word that has no translation is shown as the fleet spells it. */
export function wordOf(words: Readonly<Record<string, string>>, key: string): string {
  return Object.hasOwn(words, key) ? (words[key] ?? key) : key;
}

/** 'AMBIGUOUS_ORDER 005930': the first word is translated, the rest stays. */
export function reasonWords(words: Readonly<Record<string, string>>, text: string): string {
  const [first = '', ...rest] = text.split(' ');
  return Object.hasOwn(words, first) ? [wordOf(words, first), ...rest].join(' ') : text;
}

/** 'OrderUnknownEvent 005930' in plain words; anything that is no event stays as it is. */
export function eventWords(texts: Texts, text: string): string {
  const [type = ''] = text.split(' ');
  return isEventType(type) ? reasonWords(texts.events, text) : text;
}
