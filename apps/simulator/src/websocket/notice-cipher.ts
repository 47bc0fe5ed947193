import { createCipheriv } from 'node:crypto';
import { letters } from '../auth/credentials.ts';
import type { SessionKey } from './acknowledgement.ts';

/** AES-256-CBC with PKCS#7 padding; key and iv are ASCII as they stand. Base64 without breaks. */
export function encryptNotice(plain: string, { iv, key }: SessionKey): string {
  const cipher = createCipheriv('aes-256-cbc', Buffer.from(key, 'ascii'), Buffer.from(iv, 'ascii'));
  return Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]).toString('base64');
}

/** Recorded shapes: the iv is 16 hex digits, the key 32 small letters. */
export function makeSessionKey(label: string): SessionKey {
  return {
    iv: letters(`${label}/iv`, 16, '0123456789abcdef'),
    key: letters(`${label}/key`, 32, 'abcdefghijklmnopqrstuvwxyz'),
  };
}
