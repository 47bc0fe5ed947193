import type { Locale } from '@fleet/config';

/** What a person is told, in each language. */
export type Texts = Readonly<Record<Locale, string>>;

/** What the user gave (a file, an option) cannot be used. One sentence that says what to change. */
export class InputError extends Error {
  readonly code = 'BAD_INPUT';
  /** The message is the English one. */
  readonly texts: Texts;

  constructor(texts: Texts, options?: ErrorOptions) {
    super(texts.en, options);
    this.name = 'InputError';
    this.texts = texts;
  }
}
