// Reads ZIP archives whose files are stored, not compressed, and checks them.

import { crc32 } from 'node:zlib';

/** The files of an archive by name, in order; throws if a checksum or a size is wrong. */
export function unzipped(archive: Uint8Array): Map<string, Uint8Array> {
  const bytes = Buffer.from(archive);
  const end = bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  const files = new Map<string, Uint8Array>();
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const [method, size, nameLength] = [10, 20, 28].map((field) => bytes.readUInt16LE(at + field));
    const [checksum, stored] = [16, 20].map((field) => bytes.readUInt32LE(at + field));
    const local = bytes.readUInt32LE(at + 42);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength!);
    const begin = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const content = bytes.subarray(begin, begin + stored!);
    if (method !== 0 || crc32(content) !== checksum) throw new Error(`${name} of ${size} bytes is damaged.`);
    files.set(name, content);
    at += 46 + nameLength! + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return files;
}
