// The kinds of documents that become plain text, recognized by content first and by name second.

import { startsWith } from '../file-kinds.ts';
import type { Converted } from './converted.ts';
import { looksLikeChat } from './chat.ts';
import { looksLikeSubtitles } from './subtitles.ts';

interface TextKind {
  input: 'text';
  /** For messages. */
  title: string;
  /** Names that files of this kind end with. */
  extensions: readonly string[];
  /** Whether a text without such a name begins like this kind. */
  looksLike?: (beginning: string) => boolean;
}

interface BinaryKind {
  input: 'bytes';
  title: string;
}

export const KINDS = {
  pdf: {
    input: 'bytes',
    title: 'a PDF document',
  },
  // Word documents, e-books, and archives of files.
  zip: {
    input: 'bytes',
    title: 'a ZIP archive, as Word documents and e-books are',
  },
  html: {
    input: 'text',
    title: 'a web page',
    extensions: ['html', 'htm', 'xhtml', 'xht'],
    looksLike: (beginning) =>
      /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)*<(?:!doctype html|html)[\s>]/i.test(beginning),
  },
  subtitles: {
    input: 'text',
    title: 'a file of subtitles',
    extensions: ['srt', 'vtt'],
    looksLike: looksLikeSubtitles,
  },
  csv: {
    input: 'text',
    title: 'a table',
    extensions: ['csv', 'tsv'],
  },
  json: {
    input: 'text',
    title: 'a JSON file',
    extensions: ['json', 'jsonl', 'ndjson'],
    looksLike: (beginning) => /^\s*[[{]\s*["{[]/.test(beginning),
  },
  chat: {
    input: 'text',
    title: 'an exported chat',
    extensions: [],
    looksLike: looksLikeChat,
  },
} as const satisfies Record<string, TextKind | BinaryKind>;

export type KindName = keyof typeof KINDS;

/** null: the text is best left as it is. */
export type Conversion = Converted | { refused: string } | null;

export type Convert = (kind: KindName, document: string | Uint8Array) => Promise<Conversion>;

const BINARY_STARTS: readonly (readonly [start: string, kind: KindName])[] = [
  ['%PDF-', 'pdf'],
  ['PK\x03\x04', 'zip'],
];

/** The kind of a document that is not text; undefined if it is none of these. */
export function binaryKind(file: Uint8Array): KindName | undefined {
  return BINARY_STARTS.find(([start]) => startsWith(file, start))?.[1];
}

/** A text of any content has such a name; others, such as .md and .py, say that the text is meant as it is. */
const PLAIN_NAMES = ['', 'txt', 'text'];

/** The kind of a text, by its beginning and the name of its file; undefined for plain text. */
export function textKind(beginning: string, fileName: string): KindName | undefined {
  const extension = extensionOf(fileName);
  const all: [string, TextKind | BinaryKind][] = Object.entries(KINDS);
  const kinds = all.filter((kind): kind is [KindName, TextKind] => kind[1].input === 'text');
  const named = kinds.find(([, { extensions }]) => extensions.includes(extension));
  const open = PLAIN_NAMES.includes(extension) ? kinds : named ? [named] : [];
  return (open.find(([, { looksLike }]) => looksLike?.(beginning)) ?? named)?.[0];
}

/** What follows the last dot, if it looks like an ending. */
function extensionOf(fileName: string): string {
  return /\.([a-z0-9]{1,8})$/i.exec(fileName)?.[1]?.toLowerCase() ?? '';
}
