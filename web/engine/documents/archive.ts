// What a ZIP archive is, by the names of its files: a Word document, an e-book, or files that are read one by one.

import { Unreadable, type Converted } from './converted.ts';
import { joinFiles } from './join.ts';
import type { Convert } from './kinds.ts';
import { namesIn, unpack } from './zip.ts';

type Converter = (file: Uint8Array) => Converted | Promise<Converted>;

interface ArchiveKind {
  /** A file that only this kind holds. */
  holds: RegExp;
  load: () => Promise<Converter>;
}

const refuse = (why: string) => (): Promise<Converter> => Promise.reject(new Unreadable(why));

const ARCHIVES: readonly ArchiveKind[] = [
  { holds: /^word\/document\d*\.xml$/, load: async () => (await import('./docx.ts')).convert },
  { holds: /^META-INF\/container\.xml$/, load: async () => (await import('./epub.ts')).convert },
  {
    holds: /^xl\/workbook\.(xml|bin)$/,
    load: refuse('is an Excel workbook; save the sheet with the text as CSV and use that'),
  },
  {
    holds: /^ppt\/presentation\.xml$/,
    load: refuse('is a PowerPoint presentation; save it as PDF and use that'),
  },
  {
    holds: /^Contents\/content\.hpf$/,
    load: refuse('is a Hangul document (HWPX); save it as a Word document (.docx) or as text and use that'),
  },
  {
    holds: /^content\.xml$/,
    load: refuse('is an OpenDocument file; save it as a Word document (.docx) or as text and use that'),
  },
  {
    holds: /(^|\/)[^/]*\.safetensors$/,
    load: refuse('holds a model, not texts; open it as a model'),
  },
];

/** `convertEach` converts the documents in it. */
export async function convert(file: Uint8Array, convertEach: Convert): Promise<Converted> {
  const kind = kindOf(file);
  return kind ? (await kind.load())(file) : joined(file, convertEach);
}

function kindOf(file: Uint8Array): ArchiveKind | undefined {
  const names = namesIn(file);
  return ARCHIVES.find(({ holds }) => names.some((name) => holds.test(name)));
}

async function joined(file: Uint8Array, convertEach: Convert): Promise<Converted> {
  const entries = unpack(file, isFile);
  if (entries.size === 0) throw new Unreadable('holds no files');
  const files = [...entries].map(([path, bytes]) => ({ path, read: () => bytes }));
  try {
    const { bytes, notes } = await joinFiles(files, inside(convertEach));
    return { text: new TextDecoder().decode(bytes), dropped: notes };
  } catch (error) {
    throw new Unreadable(`holds no text. ${(error as Error).message.replace(/\.$/, '')}`);
  }
}

/** An archive in an archive may hold itself, so only Word documents and e-books are read there. */
function inside(convertEach: Convert): Convert {
  return async (kind, document) =>
    kind === 'zip' && !kindOf(document as Uint8Array)
      ? { refused: 'is an archive in an archive; unpack it.' }
      : convertEach(kind, document);
}

/** Neither a folder, nor hidden, nor what macOS adds. */
function isFile(name: string): boolean {
  return !name.endsWith('/') && !/(^|\/)(\.|__MACOSX\/)/.test(name);
}
