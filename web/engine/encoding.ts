// Turns a file's bytes into the text to train on: always UTF-8 with line feeds, so that the same text has the same
// SHA-256 whether it is pasted, dropped or piped. Notes say what was changed.

import { ENCODINGS, decoderOf, encodingNamed } from './encodings.ts';
import { explained } from './errors.ts';
import { kindOfFile } from './file-kinds.ts';
import { joinBytes } from './join-bytes.ts';
import { CARRIAGE_RETURN, LINE_FEED, unmarked, withLineFeeds } from './line-ends.ts';
import { counted } from './format.ts';
import { OptionError } from './validate.ts';
import type { Guess } from './detect-encoding.ts';

export { ENCODINGS, type EncodingName } from './encodings.ts';

export interface DecodedText {
  /** UTF-8 with line feeds, without a byte order mark and without zero bytes. */
  bytes: Uint8Array<ArrayBuffer>;
  /** The file's encoding: the name of one in ENCODINGS, or another that was asked for. */
  encoding: string;
  /** Whether the encoding is certain, or no other one is nearly as likely. */
  confident: boolean;
  /** Sentences about what was converted, replaced or left out. */
  notes: string[];
  /** A few words around the first character beyond ASCII, which show whether the encoding is right. */
  preview: string;
}

/**
 * Decodes a file; throws a sentence if it is not text. An encoding that is neither given nor evident is guessed, with a
 * library that is loaded then.
 */
export async function decodeText(
  bytes: Uint8Array,
  encoding?: string,
  name = 'The text',
): Promise<DecodedText> {
  const known = encoding === undefined ? obviousEncoding(bytes, name) : requireEncoding(encoding);
  const guess = known === undefined ? await guessed(bytes, name) : { encoding: known, confident: true };
  return converted(bytes, guess, name);
}

/** Decodes UTF-8, or bytes with a byte order mark, synchronously; throws for other bytes. */
export function decodeUtf8(bytes: Uint8Array, name = 'The text'): DecodedText {
  const encoding = obviousEncoding(bytes, name);
  if (encoding === undefined) throw noText(name, NO_UTF8);
  return converted(bytes, { encoding, confident: true }, name);
}

/** Encodes a typed or pasted text. */
export function encodeText(text: string): DecodedText {
  return normalized(new TextEncoder().encode(text), { encoding: 'utf-8', confident: true }, []);
}

const NO_UTF8 = 'it is not in UTF-8';
const NO_ENCODING = 'most of its bytes are not characters in UTF-8 or another encoding';

function requireEncoding(asked: string): string {
  const name = encodingNamed(asked);
  if (name !== undefined) return name;
  throw new OptionError(
    `There is no encoding "${asked}" here; there are ${ENCODINGS.map((e) => e.name).join(', ')}.`,
  );
}

function noText(name: string, why: string): OptionError {
  return new OptionError(`${name} does not look like text: ${why}.`);
}

/** The encoding that is evident from the bytes; undefined if it must be guessed. */
function obviousEncoding(bytes: Uint8Array, name: string): string | undefined {
  const marked = MARKS.find(({ mark }) => mark.every((byte, i) => bytes[i] === byte))?.encoding;
  if (marked === 'utf-32') throw noText(name, 'it is in UTF-32; save it as UTF-8 and try again');
  if (marked !== undefined) return marked;
  const kind = kindOfFile(bytes);
  if (kind !== undefined)
    throw noText(name, `it is ${kind}; save the words in it as plain text and try again`);
  const start = beginning(bytes);
  if (hasManyZeros(bytes) || SHIFTS.test(start) || isMostlyOdd(start)) return undefined;
  return isUtf8(bytes) || isDamagedUtf8(bytes) ? 'utf-8' : undefined;
}

/** Byte order marks. */
const MARKS: readonly { encoding: string; mark: readonly number[] }[] = [
  { encoding: 'utf-8', mark: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-32', mark: [0xff, 0xfe, 0, 0] },
  { encoding: 'utf-32', mark: [0, 0, 0xfe, 0xff] },
  { encoding: 'utf-16le', mark: [0xff, 0xfe] },
  { encoding: 'utf-16be', mark: [0xfe, 0xff] },
];

/** ISO-2022 is ASCII with escape sequences. */
// eslint-disable-next-line no-control-regex
const SHIFTS = /\x1b\$[@AB(]|\x1b\$\)C/;

/** Enough bytes to tell one kind of file from another. */
const BEGINNING_BYTES = 1 << 20;

function beginning(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, BEGINNING_BYTES));
}

/** More zero bytes than a text may contain by accident; those at its end, which damaged disks leave, do not count. */
function hasManyZeros(bytes: Uint8Array): boolean {
  const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
  if (end === 0) return bytes.length > 0;
  return count(bytes.subarray(0, end), 0) > Math.max(1, bytes.length / 1000);
}

function count(bytes: Uint8Array, wanted: number): number {
  let found = 0;
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) found++;
  return found;
}

const PIECE_BYTES = 1 << 20;

/** Cuts the bytes into pieces, because a file can be longer than the longest string. */
function* pieces(bytes: Uint8Array): Generator<[piece: Uint8Array, last: boolean]> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES)
    yield [bytes.subarray(at, at + PIECE_BYTES), at + PIECE_BYTES >= bytes.length];
}

function isUtf8(bytes: Uint8Array): boolean {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for (const [piece, last] of pieces(bytes)) decoder.decode(piece, { stream: !last });
    return true;
  } catch {
    return false;
  }
}

/** Whether valid UTF-8 characters beyond ASCII, which other encodings hardly produce, far outnumber invalid bytes. */
function isDamagedUtf8(bytes: Uint8Array): boolean {
  const decode = decoderOf('utf-8');
  let broken = 0;
  let whole = 0;
  for (const [piece, last] of pieces(bytes))
    for (const character of decode(piece, last).match(BEYOND_ASCII) ?? [])
      if (character === REPLACEMENT) broken++;
      else whole++;
  return whole > 10 * broken;
}

// eslint-disable-next-line no-control-regex
const BEYOND_ASCII = /[^\x00-\x7f]/gu;
const REPLACEMENT = '\ufffd';

async function guessed(bytes: Uint8Array, name: string): Promise<Guess> {
  const guess = await guessEncoding(bytes, name);
  if (typeof guess === 'string')
    throw noText(
      name,
      `it seems to be in ${guess}, which cannot be read here; save it as UTF-8 and try again`,
    );
  if (guess) return guess;
  const zeros = 'it holds zero bytes, as programs, pictures and archives do';
  throw noText(name, hasManyZeros(bytes) ? zeros : NO_ENCODING);
}

async function guessEncoding(bytes: Uint8Array, name: string): Promise<Guess | string | undefined> {
  try {
    return await (await import('./detect-encoding.ts')).guessEncoding(bytes);
  } catch (error) {
    throw new Error(
      `${name} is not in UTF-8, and its encoding could not be found out. Name it, or save the text as UTF-8. ${explained(error)}`,
      { cause: error },
    );
  }
}

function converted(bytes: Uint8Array, guess: Guess, name: string): DecodedText {
  const { encoding } = guess;
  if (encoding === 'utf-8' && isUtf8(bytes)) return normalized(bytes, guess, []);
  const decode = decoderOf(encoding);
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  let broken = 0;
  for (const [piece, last] of pieces(bytes)) {
    const text = decode(piece, last);
    if (parts.length === 0 && isMostlyOdd(text))
      throw noText(name, `most of its bytes are not characters in ${labelOf(encoding)}`);
    broken += text.split(REPLACEMENT).length - 1;
    parts.push(encoder.encode(text));
  }
  return normalized(joinBytes(parts), guess, conversionNotes(encoding, broken));
}

function conversionNotes(encoding: string, broken: number): string[] {
  return [
    ...(encoding === 'utf-8' ? [] : [`The text was converted from ${labelOf(encoding)}.`]),
    ...(broken === 0
      ? []
      : [
          `The text holds ${counted(broken, 'place')} that cannot be read; “${REPLACEMENT}” stands there now.`,
        ]),
  ];
}

function labelOf(encoding: string): string {
  return ENCODINGS.find(({ name }) => name === encoding)?.label ?? encoding;
}

/** Characters that text does not contain: invalid ones, and control characters except white space, zero and escape. */
// eslint-disable-next-line no-control-regex
const ODD = /[\x01-\x07\x0e-\x1a\x1c-\x1f\ufffd]/g;

function isMostlyOdd(text: string): boolean {
  return (text.match(ODD)?.length ?? 0) > 0.3 * text.length;
}

/** Removes byte order marks, zero bytes and carriage returns, and adds a note about each kind. */
function normalized(bytes: Uint8Array, guess: Guess, before: readonly string[]): DecodedText {
  const text = unmarked(bytes);
  const zeros = count(text, 0);
  const returns = count(text, CARRIAGE_RETURN);
  const clean = zeros + returns === 0 ? (text as Uint8Array<ArrayBuffer>) : withLineFeeds(text);
  const windows = text.length - zeros - clean.length;
  const notes = [
    ...before,
    ...(text.length < bytes.length ? ['The byte order mark at the start of the text was left out.'] : []),
    ...(zeros === 0 ? [] : [`The text held ${counted(zeros, 'zero byte')}, left out here.`]),
    ...(windows === 0 ? [] : ['Its line ends were those of Windows (CR LF); they are line feeds now.']),
    ...(returns === windows ? [] : ['Its carriage returns (CR) are line feeds now.']),
  ];
  return { ...guess, bytes: clean, notes, preview: previewOf(clean) };
}

const PREVIEW_CHARACTERS = 80;

function previewOf(bytes: Uint8Array): string {
  const firstBeyondAscii = Math.max(
    0,
    bytes.findIndex((byte) => byte > 127),
  );
  const from = Math.max(
    bytes.lastIndexOf(LINE_FEED, firstBeyondAscii) + 1,
    firstBeyondAscii - PREVIEW_CHARACTERS / 2,
  );
  const text = new TextDecoder().decode(bytes.subarray(from, from + 4 * PREVIEW_CHARACTERS), {
    stream: true,
  });
  return [...text.replace(/\s+/g, ' ').trim()].slice(0, PREVIEW_CHARACTERS).join('');
}
