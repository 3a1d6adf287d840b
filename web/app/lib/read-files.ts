// Reads files of any kind as one training text. The page loads this module with the first file.

import { joinFiles } from '../../engine/documents/join.ts';
import { readPlainText } from '../../engine/documents/read.ts';
import { ENCODINGS, type EncodingName } from '../../engine/encoding.ts';
import { sentence } from '../../engine/errors.ts';
import { HEAP_LIMIT_BYTES } from '../../engine/limits.ts';
import type { LoadedText } from '../state/text-history.ts';
import type { PathFile } from '../../worker/protocol.ts';
import { words } from '../words/words.ts';
import { withConverter } from './convert-in-worker.ts';

export const CHOICES: readonly EncodingName[] = ENCODINGS;

/** Joins all files with text in the order of their names; throws if there is none. */
export async function readFiles(files: readonly PathFile[]): Promise<LoadedText> {
  requireMemory(files);
  const [only] = files;
  if (files.length === 1 && only) return readAs(await bytesOf(only.file), only.file.name);
  const named = files.map(({ path, file }) => ({ path, read: () => bytesOf(file) }));
  const { bytes, count, notes } = await withConverter((convert) => joinFiles(named, convert));
  return { bytes, name: words.text.files(count), example: '', notes };
}

/** Reads a file of any kind as plain text, in the given encoding or else in the detected one. */
export async function readAs(file: Uint8Array, name: string, given?: string): Promise<LoadedText> {
  const { bytes, encoding, notes, preview, unconverted } = await withConverter((convert) =>
    readPlainText(file, { fileName: name, label: `“${name}”`, encoding: given, convert }),
  );
  if (bytes.length === 0) throw new Error(words.text.empty(name));
  const certain =
    encoding === 'utf-8' && given === undefined && !notes.some((note) => note.includes('\ufffd'));
  const kept = certain ? undefined : { bytes: file, encoding, preview };
  return { bytes, name, example: '', notes, file: kept, unconverted };
}

async function bytesOf(file: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw new Error(words.text.notRead(file.name, sentence(error)), { cause: error });
  }
}

/** Throws if the files are too large; called before any is read. */
function requireMemory(files: readonly PathFile[]): void {
  const size = files.reduce((sum, { file }) => sum + file.size, 0);
  if (size <= HEAP_LIMIT_BYTES) return;
  const [first, second] = files;
  throw new Error(
    first && !second
      ? words.text.fileTooLarge(first.file.name, size, HEAP_LIMIT_BYTES)
      : words.text.filesTooLarge(files.length, size, HEAP_LIMIT_BYTES),
  );
}
