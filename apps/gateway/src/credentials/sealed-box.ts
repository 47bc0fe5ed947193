import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';

const VERSION = 'v1';
const SALT_BYTES = 16;
const IV_BYTES = 12;
const KEY_BYTES = 32;
/** About 50 ms and 16 MB: the app secret has entropy enough, this only makes guessing dearer. */
const SCRYPT = { N: 16_384, r: 8, p: 1 };

function deriveKey(secret: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, KEY_BYTES, SCRYPT, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}

/**
 * AES-256-GCM with a key from the secret and a fresh salt, as `v1.salt.iv.tag.text` in base64url.
 * `name` is sealed in: a box cannot pose as another one.
 */
export async function seal(name: string, secret: string, plain: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', await deriveKey(secret, salt), iv);
  cipher.setAAD(Buffer.from(name));
  const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  const parts = [salt, iv, cipher.getAuthTag(), text].map((part) => part.toString('base64url'));
  return [VERSION, ...parts].join('.');
}

/** Undefined when the box was sealed with another secret or name, or has been altered. */
export async function unseal(
  name: string,
  secret: string,
  sealed: string,
): Promise<string | undefined> {
  const [version, ...parts] = sealed.split('.');
  const [salt, iv, tag, text] = parts.map((part) => Buffer.from(part, 'base64url'));
  if (version !== VERSION || !salt || !iv || !tag || !text) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', await deriveKey(secret, salt), iv, {
      authTagLength: 16,
    });
    decipher.setAAD(Buffer.from(name));
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
