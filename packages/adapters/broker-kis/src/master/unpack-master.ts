import { BrokerError } from '@fleet/service-layer';
import { unzipSync } from 'fflate';

/** A market's file has less than a megabyte; a hundred would be a bomb. */
const UNPACKED_MAX = 100 << 20;

/** The file inside a zip, or the bytes themselves when they are none. @throws BrokerError BAD_REPLY */
export function unpackMaster(bytes: Uint8Array): Uint8Array {
  // 'PK'
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return bytes;
  try {
    const files = unzipSync(bytes, { filter: ({ originalSize }) => originalSize < UNPACKED_MAX });
    const [content] = Object.values(files);
    if (content !== undefined) return content;
  } catch (error) {
    throw new BrokerError('BAD_REPLY', 'master file: not a readable zip', { cause: error });
  }
  throw new BrokerError('BAD_REPLY', 'master file: an empty zip');
}
