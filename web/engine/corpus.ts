// A training text: its bytes, its fingerprint, and whether it can be trained on.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { optionSpec } from './options.ts';
import { OptionError } from './validate.ts';

export interface Corpus {
  readonly bytes: Uint8Array;
  readonly sha256: string;
  /** For messages: a file name, or "the text". */
  readonly name: string;
}

/** The text as bytes with its SHA-256; throws a sentence when it is empty or no text at all. */
export function makeCorpus(text: string | Uint8Array, name = 'The text'): Corpus {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  requireText(bytes, name);
  return { bytes, sha256: bytesToHex(sha256(bytes)), name };
}

/** Throws a sentence when there is nothing in it or it is no text: quick, whatever the size. */
export function requireText(bytes: Uint8Array, name = 'The text'): void {
  if (bytes.length === 0) throw new OptionError(`${name} is empty; there is nothing to learn from.`);
  const problem = binaryProblem(bytes);
  if (problem !== undefined) throw new OptionError(`${name} does not look like text: ${problem}.`);
}

/** As much as is looked at to tell text from other files. */
const LOOK_AT = 1 << 20;

// A text may hold a few broken bytes (an old encoding, a cut character); a picture or program is mostly broken.
const MOSTLY = 0.3;

function binaryProblem(all: Uint8Array): string | undefined {
  const bytes = all.subarray(0, LOOK_AT);
  if (isUtf16(bytes)) return 'it is in UTF-16; save it as UTF-8 and try again';
  if (all.includes(0)) return 'it holds zero bytes, as programs, pictures and archives do';
  const decoded = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  let odd = 0;
  let count = 0;
  for (const character of decoded) {
    count++;
    if (character === '\uFFFD' || isControl(character)) odd++;
  }
  return odd > count * MOSTLY ? 'most of its bytes are not characters in UTF-8' : undefined;
}

function isUtf16(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
}

function isControl(character: string): boolean {
  const code = character.charCodeAt(0);
  return code < 32 && !(code >= 8 && code <= 13) && code !== 27;
}

const SHORTEST = optionSpec('seq_len').min ?? 2;

/** Throws a sentence with the number needed when no window of seq_len fits into the text. */
export function requireLength(corpus: Corpus, seq_len: number): void {
  const needed = seq_len + 1;
  if (corpus.bytes.length >= needed) return;
  const most = corpus.bytes.length - 1;
  throw new OptionError(
    `${corpus.name} has only ${corpus.bytes.length} bytes, but a context (seq_len) of ${seq_len} needs at least ${needed}; ` +
      (most >= SHORTEST ? `use a longer text or a seq_len of at most ${most}.` : 'use a longer text.'),
  );
}
