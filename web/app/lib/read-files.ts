// Files as one text to train on. Loaded when the first file comes.

import { decodeText, ENCODINGS, type DecodedText, type EncodingName } from '../../engine/encoding.ts';
import { sentence } from '../../engine/errors.ts';
import { HEAP_LIMIT_BYTES } from '../../engine/limits.ts';
import type { HeldText } from '../state/text-history.ts';
import { counted, formatBytes } from '../../engine/format.ts';
import { concat } from './text-parts.ts';

export const CHOICES: readonly EncodingName[] = ENCODINGS;

/** A file with its path inside the folder that was dropped. */
export interface PathFile {
  readonly path: string;
  readonly file: File;
}

const LINE_FEED = 10;
/** As many names as a note lists. */
const LISTED = 12;

/** One text of all files, in the order of their names; throws a sentence when there is no text in them. */
export async function readFiles(files: readonly PathFile[]): Promise<HeldText> {
  requireRoom(files);
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
      ...(skipped.length > 0 ? [`Left out, since they are no texts: ${listed(skipped)}.`] : []),
      ...read.flatMap(({ path, text }) => text.notes.map((note) => `“${path}”: ${note}`)).slice(0, LISTED),
    ],
  };
}

const BY_NAME = new Intl.Collator('en', { numeric: true });

async function readFile(file: File): Promise<HeldText> {
  return readAs(await bytesOf(file), file.name);
}

/** The text of a file in an encoding, by itself the likeliest. */
export async function readAs(file: Uint8Array, name: string, asked?: string): Promise<HeldText> {
  const { bytes, encoding, notes, preview } = await decodeText(file, asked, `“${name}”`);
  if (bytes.length === 0) throw new Error(`“${name}” is empty; there is nothing to learn from.`);
  const certain =
    encoding === 'utf-8' && asked === undefined && !notes.some((note) => note.includes('\ufffd'));
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

/** The last line of one file and the first of the next stay two lines. */
function lineEnd(bytes: Uint8Array): Uint8Array[] {
  return bytes.length === 0 || bytes.at(-1) === LINE_FEED ? [] : [Uint8Array.of(LINE_FEED)];
}

/** Before anything is read. */
function requireRoom(files: readonly PathFile[]): void {
  const size = files.reduce((sum, { file }) => sum + file.size, 0);
  if (size <= HEAP_LIMIT_BYTES) return;
  const what = files.length === 1 ? `“${files[0]?.file.name}” has` : `These ${files.length} files have`;
  throw new Error(
    `${what} ${formatBytes(size)}, and at most ${formatBytes(HEAP_LIMIT_BYTES)} fit into the memory; use a part of it.`,
  );
}

function listed(names: readonly string[]): string {
  const more = names.length - LISTED;
  return names.slice(0, LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
