/** A short code: six characters, digits and (since 2024) capital letters. Leading zeros are real. */
export type Symbol6 = string & { readonly __brand: 'Symbol6' };

const SYMBOL = /^[0-9A-Z]{6}$/;

/** Whether the text is a short code. An ETN's 'Q' + six characters (the broker's spelling) is not. */
export function isSymbol(text: string): text is Symbol6 {
  return SYMBOL.test(text);
}
