// A training text: its bytes and its SHA-256, and checks that it can be trained on.

import { counted } from './format.ts';
import { sha256 as sha256Now } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { sha256 } from './sha256.ts';
import { decodeText, decodeUtf8, encodeText, type DecodedText } from './encoding.ts';
import {
  marked,
  withFinalLineFeed,
  withMacLineEnds,
  withoutFinalLineFeed,
  withWindowsLineEnds,
} from './line-ends.ts';
import { optionSpec } from './options.ts';
import { OptionError } from './validate.ts';

export interface Corpus {
  /** UTF-8 with line feeds, whatever the encoding of the file. */
  readonly bytes: Uint8Array;
  readonly sha256: string;
  /** For messages: a file name, or "The text". */
  readonly name: string;
  /** The file's encoding. */
  readonly encoding: string;
  /** Sentences about what was converted or left out. */
  readonly notes: readonly string[];
  /** A few words that show whether the encoding is right. */
  readonly preview: string;
  /** The file's bytes, if they differ. */
  readonly raw?: Uint8Array;
}

/** Makes a corpus from a string or from UTF-8 bytes; throws a sentence if it is empty or not text. */
export function makeCorpus(text: string | Uint8Array, name = 'The text'): Corpus {
  refuseEmpty(text, name);
  const decoded = typeof text === 'string' ? encodeText(text) : decodeUtf8(text, name);
  return corpusFrom(decoded, bytesToHex(sha256Now(decoded.bytes)), name, text);
}

/** Makes a corpus from bytes in any encoding, which is detected unless given. */
export async function readCorpus(
  text: string | Uint8Array,
  name = 'The text',
  encoding?: string,
): Promise<Corpus> {
  refuseEmpty(text, name);
  const decoded = typeof text === 'string' ? encodeText(text) : await decodeText(text, encoding, name);
  return decodedCorpus(decoded, name, text);
}

/** Makes a corpus from a decoded text. `file` is what it was before, which a model may have been trained on. */
export async function decodedCorpus(
  decoded: DecodedText,
  name: string,
  file: string | Uint8Array,
): Promise<Corpus> {
  return corpusFrom(decoded, bytesToHex(await sha256(decoded.bytes)), name, file);
}

function corpusFrom(decoded: DecodedText, sha256: string, name: string, text: string | Uint8Array): Corpus {
  const { bytes, encoding, notes, preview } = decoded;
  refuseEmpty(bytes, name);
  const changed = typeof text !== 'string' && text !== bytes;
  return { bytes, sha256, name, encoding, notes, preview, ...(changed ? { raw: text } : {}) };
}

function refuseEmpty(text: string | Uint8Array, name: string): void {
  if (text.length === 0) throw new OptionError(`${name} is empty; there is nothing to learn from.`);
}

/** The same text with other line ends or marks, as other programs or earlier versions of this one may have read it. */
export interface CorpusVariant {
  corpus: Corpus;
  /** How it differs from the given text. */
  how: string;
}

/** Yields the variants one by one, because each is a copy of the whole text. */
export function* corpusVariants(corpus: Corpus): Generator<CorpusVariant> {
  const { bytes, raw } = corpus;
  for (const { how, change } of VARIANTS) {
    const changed = change(bytes, raw);
    if (changed) yield { how, corpus: { ...corpus, bytes: changed, sha256: bytesToHex(sha256Now(changed)) } };
  }
}

/** The variant with this SHA-256, so that a model trained on it can be resumed. */
export function whyDifferent(corpus: Corpus, sha256: string): CorpusVariant | undefined {
  for (const variant of corpusVariants(corpus)) if (variant.corpus.sha256 === sha256) return variant;
  return undefined;
}

/** A text with a given SHA-256, with a note if it had to be changed for that. */
export interface SameText {
  same: Corpus;
  notes: string[];
}

/** The text, or its variant with this SHA-256, which `note` explains; undefined if it is another text. */
export function sameText(
  corpus: Corpus,
  sha256: string,
  note: (how: string) => string,
): SameText | undefined {
  if (corpus.sha256 === sha256) return { same: corpus, notes: [] };
  const variant = whyDifferent(corpus, sha256);
  return variant && { same: variant.corpus, notes: [note(variant.how)] };
}

type Change = (bytes: Uint8Array, raw?: Uint8Array) => Uint8Array<ArrayBuffer> | undefined;

const VARIANTS: readonly { how: string; change: Change }[] = [
  { how: 'with the bytes of its file just as they are', change: (_, raw) => raw && new Uint8Array(raw) },
  { how: 'with the line ends of Windows (CR LF)', change: withWindowsLineEnds },
  { how: 'with a byte order mark', change: marked },
  {
    how: 'with a byte order mark and the line ends of Windows (CR LF)',
    change: (bytes) => marked(withWindowsLineEnds(bytes)),
  },
  { how: 'with the line ends of the first Macs (CR)', change: withMacLineEnds },
  { how: 'with a line feed at its end', change: withFinalLineFeed },
  { how: 'without the line feed at its end', change: withoutFinalLineFeed },
];

const SHORTEST = optionSpec('seq_len').min ?? 2;

/** Throws a sentence with the needed length if the text is shorter than one training window. */
export function requireLength(corpus: Corpus, seq_len: number): void {
  const needed = seq_len + 1;
  if (corpus.bytes.length >= needed) return;
  const most = corpus.bytes.length - 1;
  throw new OptionError(
    `${corpus.name} has only ${counted(corpus.bytes.length, 'byte')}, but a context (seq_len) of ${seq_len} needs at least ${needed}; ` +
      (most >= SHORTEST ? `use a longer text or a seq_len of at most ${most}.` : 'use a longer text.'),
  );
}
