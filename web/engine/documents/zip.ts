// Unpacks ZIP archives, which Word documents and e-books are too.

import { unzipSync, type UnzipFileInfo } from 'fflate';
import { formatBytes } from '../format.ts';
import { HEAP_LIMIT_BYTES } from '../limits.ts';
import { Unreadable } from './converted.ts';

/** Deflate makes at most so many bytes of one. A header that promises more is damaged, and unpacking would allocate as much. */
const MOST_EXPANSION = 1032;

/** The names of all files in the archive. */
export function namesIn(archive: Uint8Array): string[] {
  const names: string[] = [];
  unzipSync(archive, {
    filter: ({ name }) => {
      names.push(name);
      return false;
    },
  });
  return names;
}

/** Unpacks the wanted files; refuses protected archives, and those that would fill the memory. */
export function unpack(
  archive: Uint8Array,
  wanted: (name: string) => boolean,
): Map<string, Uint8Array<ArrayBuffer>> {
  if (isProtected(archive))
    throw new Unreadable('is protected with a password; unpack it, or save it without one, and try again');
  let size = 0;
  const filter = ({ name, size: packed, originalSize }: UnzipFileInfo): boolean => {
    if (!wanted(name)) return false;
    if (packed > archive.length || originalSize > MOST_EXPANSION * packed)
      throw new Error(`The size of ${name} cannot be true.`);
    size += originalSize;
    if (size > HEAP_LIMIT_BYTES / 2)
      throw new Unreadable(
        `holds more than ${formatBytes(HEAP_LIMIT_BYTES / 2)}; unpack it and use a part of it`,
      );
    return true;
  };
  return new Map(Object.entries<Uint8Array<ArrayBuffer>>(unzipSync(archive, { filter })));
}

/** Bit 0 of the first file's flags. */
function isProtected(archive: Uint8Array): boolean {
  return ((archive[6] ?? 0) & 1) === 1;
}
