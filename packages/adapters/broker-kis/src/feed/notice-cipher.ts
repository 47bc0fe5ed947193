import { createDecipheriv } from 'node:crypto';
import type { DataFrame } from './frame.ts';

/** Comes with the acknowledgement of a registration; the last one counts. */
export interface NoticeKey {
  readonly key: string;
  readonly iv: string;
}

/** AES-256-CBC over base64. Undefined when the frame does not open with this key. */
export function decryptFrame(frame: DataFrame, secret: NoticeKey): DataFrame | undefined {
  try {
    const decipher = createDecipheriv('aes-256-cbc', secret.key, secret.iv);
    const text = Buffer.concat([
      decipher.update(Buffer.from(frame.payload, 'base64')),
      decipher.final(),
    ]);
    return { ...frame, encrypted: false, payload: text.toString('utf8') };
  } catch {
    return undefined;
  }
}
