// Joins the texts of several files, as of a folder or an archive.

import { counted } from '../format.ts';
import { joinBytes } from '../join-bytes.ts';
import { OptionError } from '../validate.ts';
import type { Convert } from './kinds.ts';
import { readPlainText, type PlainText } from './read.ts';

export interface NamedFile {
  path: string;
  read: () => Uint8Array | Promise<Uint8Array>;
}

export interface Joined {
  bytes: Uint8Array<ArrayBuffer>;
  /** How many files were read. */
  count: number;
  notes: string[];
}

const LINE_FEED = 10;
/** A note lists at most this many names. */
const MAX_LISTED = 12;
const BY_NAME = new Intl.Collator('en', { numeric: true });

/** Joins all files with text in the order of their names; throws a sentence if none has any. */
export async function joinFiles(files: readonly NamedFile[], convert: Convert): Promise<Joined> {
  const sorted = files.toSorted((a, b) => BY_NAME.compare(a.path, b.path));
  const found: { path: string; text: PlainText }[] = [];
  const skipped: string[] = [];
  for (const { path, read } of sorted) {
    try {
      const settings = { fileName: path, label: `“${path}”`, convert };
      found.push({ path, text: await readPlainText(await read(), settings) });
    } catch {
      skipped.push(path);
    }
  }
  if (found.length === 0) throw new OptionError(`None of these files is a text: ${listed(skipped)}.`);
  if (found.every(({ text }) => text.bytes.length === 0))
    throw new OptionError(`These files are empty: ${listed(found.map(({ path }) => path))}.`);
  return {
    bytes: joinBytes(found.flatMap(({ text }) => [text.bytes, ...lineEnd(text.bytes)])),
    count: found.length,
    notes: [
      `${counted(found.length, 'file')}, in the order of their names: ${listed(found.map(({ path }) => path))}.`,
      ...(skipped.length > 0 ? [`These files are not texts and were left out: ${listed(skipped)}.`] : []),
      ...found
        .flatMap(({ path, text }) => text.notes.map((note) => `“${path}”: ${note}`))
        .slice(0, MAX_LISTED),
    ],
  };
}

/** Separates the last line of a file from the first line of the next. */
function lineEnd(bytes: Uint8Array): Uint8Array[] {
  return bytes.length === 0 || bytes.at(-1) === LINE_FEED ? [] : [Uint8Array.of(LINE_FEED)];
}

function listed(names: readonly string[]): string {
  const more = names.length - MAX_LISTED;
  return names.slice(0, MAX_LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
