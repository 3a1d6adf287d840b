// Reads files as one training text. The page loads this module with the first file.

import { decodeText, ENCODINGS, type DecodedText, type EncodingName } from '../../engine/encoding.ts';
import { sentence } from '../../engine/errors.ts';
import { HEAP_LIMIT_BYTES } from '../../engine/limits.ts';
import type { LoadedText } from '../state/text-history.ts';
import { counted, formatBytes } from '../../engine/format.ts';
import type { PathFile } from '../../worker/protocol.ts';
import { concat } from './text-parts.ts';

export const CHOICES: readonly EncodingName[] = ENCODINGS;

const LINE_FEED = 10;
/** A note lists at most this many names. */
const MAX_LISTED = 12;

/** Joins all text files in the order of their names; throws if none is a text. */
export async function readFiles(files: readonly PathFile[]): Promise<LoadedText> {
  requireMemory(files);
  const [only] = files;
  if (files.length === 1 && only) return readFile(only.file);
  const sorted = files.toSorted((a, b) => BY_NAME.compare(a.path, b.path));
  const read: { path: string; text: DecodedText }[] = [];
  const skipped: string[] = [];
  for (const { path, file } of sorted) {
    try {
      read.push({ path, text: await decodeText(await bytesOf(file), undefined, `“${path}”`) });
    } catch {
      skipped.push(path);
    }
  }
  if (read.length === 0) throw new Error(`None of these files is a text: ${listed(skipped)}.`);
  if (read.every(({ text }) => text.bytes.length === 0))
    throw new Error(`These files are empty: ${listed(read.map(({ path }) => path))}.`);
  return {
    bytes: concat(...read.flatMap(({ text }) => [text.bytes, ...lineEnd(text.bytes)])),
    name: counted(read.length, 'file'),
    example: '',
    notes: [
      `${counted(read.length, 'file')}, in the order of their names: ${listed(read.map(({ path }) => path))}.`,
      ...(skipped.length > 0 ? [`These files are not texts and were left out: ${listed(skipped)}.`] : []),
      ...read
        .flatMap(({ path, text }) => text.notes.map((note) => `“${path}”: ${note}`))
        .slice(0, MAX_LISTED),
    ],
  };
}

const BY_NAME = new Intl.Collator('en', { numeric: true });

async function readFile(file: File): Promise<LoadedText> {
  return readAs(await bytesOf(file), file.name);
}

/** Decodes a file in the given encoding or else in the detected one. */
export async function readAs(file: Uint8Array, name: string, given?: string): Promise<LoadedText> {
  const { bytes, encoding, notes, preview } = await decodeText(file, given, `“${name}”`);
  if (bytes.length === 0) throw new Error(`“${name}” is empty.`);
  const certain =
    encoding === 'utf-8' && given === undefined && !notes.some((note) => note.includes('\ufffd'));
  const kept = certain ? undefined : { bytes: file, encoding, preview };
  return { bytes, name, example: '', notes, file: kept };
}

async function bytesOf(file: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw new Error(`“${file.name}” could not be read: ${sentence(error)}`, { cause: error });
  }
}

/** Separates the last line of a file from the first line of the next. */
function lineEnd(bytes: Uint8Array): Uint8Array[] {
  return bytes.length === 0 || bytes.at(-1) === LINE_FEED ? [] : [Uint8Array.of(LINE_FEED)];
}

/** Throws if the files are too large; called before any is read. */
function requireMemory(files: readonly PathFile[]): void {
  const size = files.reduce((sum, { file }) => sum + file.size, 0);
  if (size <= HEAP_LIMIT_BYTES) return;
  const what = files.length === 1 ? `“${files[0]?.file.name}” has` : `These ${files.length} files have`;
  throw new Error(
    `${what} ${formatBytes(size)}; at most ${formatBytes(HEAP_LIMIT_BYTES)} fit in memory. Use a part of the text.`,
  );
}

function listed(names: readonly string[]): string {
  const more = names.length - MAX_LISTED;
  return names.slice(0, MAX_LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
