// Models of other programs, from the files of a dropped folder or from a ZIP archive.

import { unzipSync } from 'fflate';
import { formatBytes } from '../engine/format.ts';
import { importModel, type Imported, type ModelPart } from '../engine/import/import.ts';
import { isArchive } from '../engine/import/recognize.ts';
import { HEAP_LIMIT_BYTES } from '../engine/limits.ts';
import type { PathFile } from './protocol.ts';

export async function importFiles(files: readonly PathFile[]): Promise<Imported> {
  const [only] = files;
  const packed = files.length === 1 && isArchive(only!.path);
  return importModel(packed ? partsOfArchive(await bytesOf(only!.file)) : files.map(partOf));
}

function partOf({ path, file }: PathFile): ModelPart {
  return { path, size: file.size, read: (at, length) => bytesOf(file.slice(at, at + length)) };
}

async function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer());
}

/** Unpacks what a model consists of. */
function partsOfArchive(archive: Uint8Array): ModelPart[] {
  let left = HEAP_LIMIT_BYTES / 2;
  const filter = ({ name, originalSize }: { name: string; originalSize: number }): boolean => {
    const wanted = /\.(json|safetensors)$/.test(name);
    if (wanted && (left -= originalSize) < 0)
      throw new Error(
        `What it holds has more than ${formatBytes(HEAP_LIMIT_BYTES / 2)}; unpack it and drop the folder.`,
      );
    return wanted;
  };
  return Object.entries(unzipSync(archive, { filter })).map(([path, bytes]) => ({
    path,
    size: bytes.length,
    read: (at, length) => bytes.subarray(at, at + length),
  }));
}
