import { crc32, inflateRawSync } from 'node:zlib';
import { BrokerError } from '@fleet/service-layer';

/** A market's file has less than a megabyte; sixteen would be a bomb. */
export const UNPACKED_MAX = 16 << 20;

const END_OF_DIRECTORY = Buffer.from('PK\x05\x06', 'latin1');
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;

/**
 * The file inside a zip, or the bytes themselves when they are none. KIS packs one file; only the
 * first is looked at, so that a directory of thousands costs nothing. Its checksum is checked: a
 * broken byte would be another price. @throws BrokerError BAD_REPLY
 */
export function unpackMaster(bytes: Uint8Array): Uint8Array {
  // 'PK'
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return bytes;
  try {
    return firstFile(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    throw new BrokerError('BAD_REPLY', 'master file: not a readable zip', { cause: error });
  }
}

/** @throws RangeError for any place outside the bytes, and zlib's errors */
function firstFile(zip: Buffer): Uint8Array {
  const end = zip.lastIndexOf(END_OF_DIRECTORY);
  if (end === -1) throw new RangeError('no directory');
  const entry = zip.readUInt32LE(end + 16);
  if (zip.readUInt32LE(entry) !== DIRECTORY_ENTRY) throw new RangeError('an empty zip');
  const method = zip.readUInt16LE(entry + 10);
  const checksum = zip.readUInt32LE(entry + 16);
  const packedLength = zip.readUInt32LE(entry + 20);
  const local = zip.readUInt32LE(entry + 42);
  if (zip.readUInt32LE(local) !== LOCAL_HEADER) throw new RangeError('no local header');
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  if (start + packedLength > zip.length) throw new RangeError('cut off');
  const content = unpacked(zip.subarray(start, start + packedLength), method);
  if (crc32(content) !== checksum) throw new RangeError('wrong checksum');
  return content;
}

function unpacked(packed: Buffer, method: number): Buffer {
  if (method === STORED) return packed;
  if (method !== DEFLATED) throw new RangeError(`packed by method ${method}`);
  return inflateRawSync(packed, { maxOutputLength: UNPACKED_MAX });
}
