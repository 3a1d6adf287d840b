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
  const bytes = textBytes(text, name);
  return { bytes, sha256: bytesToHex(sha256(bytes)), name };
}

/** The same by the browser's own SHA-256, several times faster; browsers have it in a secure context only. */
export async function readCorpus(text: string | Uint8Array, name = 'The text'): Promise<Corpus> {
  const { subtle } = globalThis.crypto as { subtle?: SubtleCrypto };
  if (!subtle) return makeCorpus(text, name);
  const bytes = textBytes(text, name);
  return { bytes, sha256: bytesToHex(new Uint8Array(await subtle.digest('SHA-256', bytes))), name };
}

function textBytes(text: string | Uint8Array, name: string): Uint8Array<ArrayBuffer> {
  // Files and messages never arrive in shared memory.
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : (text as Uint8Array<ArrayBuffer>);
  requireText(bytes, name);
  return bytes;
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
  // Every run's start waits for this: a regular expression looks through a megabyte in a few milliseconds.
  const odd = decoded.match(ODD)?.length ?? 0;
  return odd > decoded.length * MOSTLY ? 'most of its bytes are not characters in UTF-8' : undefined;
}

/** What text does not hold: broken characters, and control characters but for white space and escape. */
// eslint-disable-next-line no-control-regex
const ODD = /[\x00-\x07\x0e-\x1a\x1c-\x1f\ufffd]/g;

function isUtf16(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
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
