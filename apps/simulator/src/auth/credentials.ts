import { createHash } from 'node:crypto';

export interface Credentials {
  /** 36 characters. */
  readonly appKey: string;
  /** 180 characters. */
  readonly appSecret: string;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Keys of KIS's lengths, the same for the same seed and profile. */
export function inventCredentials(profile: 'live' | 'paper', seed: string): Credentials {
  return {
    appKey: `PS${letters(`${seed}/${profile}/app-key`, 34)}`,
    appSecret: `${letters(`${seed}/${profile}/app-secret`, 179)}=`,
  };
}

/** A reproducible text of letters and digits. */
export function letters(label: string, length: number, alphabet: string = LETTERS): string {
  let text = '';
  for (let block = 0; text.length < length; block += 1) {
    for (const byte of createHash('sha256').update(`${label}#${block}`).digest()) {
      text += alphabet.charAt(byte % alphabet.length);
    }
  }
  return text.slice(0, length);
}
