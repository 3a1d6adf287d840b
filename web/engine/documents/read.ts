// Reads a file of any kind as plain text.

import { decodeText, encodeText, type DecodedText } from '../encoding.ts';
import { encodingNamed } from '../encodings.ts';
import { OptionError } from '../validate.ts';
import type { Converted } from './converted.ts';
import { binaryKind, textKind, type Conversion, type Convert } from './kinds.ts';

export interface ReadSettings {
  /** The name of the file, which says the kind if the content does not. */
  fileName: string;
  /** The name in messages. */
  label: string;
  /** Of a text; detected unless given. */
  encoding?: string | undefined;
  /** Read the file's own text, with tags, time stamps and all fields. */
  asIs?: boolean | undefined;
  /** Converts documents: here (convertHere), or in a worker. */
  convert: Convert;
}

export interface PlainText extends DecodedText {
  /** The file's own text, if it was one and was converted. */
  unconverted?: Uint8Array<ArrayBuffer>;
}

/** Longer texts do not fit into a string, so they stay as they are. */
const LONGEST_CONVERTED = 2 ** 28;
/** Enough to tell the kind of a text. */
const BEGINNING_BYTES = 1 << 16;

/** Throws a sentence if the file cannot be read as text. */
export async function readPlainText(file: Uint8Array, settings: ReadSettings): Promise<PlainText> {
  const { fileName, label, asIs = false, convert } = settings;
  const binary = asIs ? undefined : binaryKind(file);
  if (binary !== undefined) return converted(await convert(binary, file), label)!;
  const decoded = await decodedText(file, settings);
  if (asIs || decoded.bytes.length > LONGEST_CONVERTED) return decoded;
  const kind = textKind(beginningOf(decoded.bytes), fileName);
  if (kind === undefined) return decoded;
  const plain = converted(await convert(kind, stringOf(decoded.bytes)), label);
  if (!plain || sameBytes(plain.bytes, decoded.bytes)) return decoded;
  const { encoding, confident, notes, preview } = decoded;
  return {
    ...plain,
    encoding,
    confident,
    preview: preview === '' ? plain.preview : preview,
    notes: [...notes, ...plain.notes],
    unconverted: decoded.bytes,
  };
}

function converted(conversion: Conversion, label: string): PlainText | undefined {
  if (conversion === null) return undefined;
  if ('refused' in conversion) throw new OptionError(`${label} ${conversion.refused}`);
  const { text, dropped }: Converted = conversion;
  if (text.trim() === '') throw new OptionError(`${label} holds no words; use another file.`);
  const encoded = encodeText(text);
  return { ...encoded, notes: [...dropped, ...encoded.notes] };
}

/** Decodes a text; a web page that is not in UTF-8 may name its encoding. */
async function decodedText(
  file: Uint8Array,
  { label, encoding, fileName }: ReadSettings,
): Promise<DecodedText> {
  const decoded = await decodeText(file, encoding, label);
  if (encoding !== undefined || decoded.encoding.startsWith('utf')) return decoded;
  if (textKind(beginningOf(decoded.bytes), fileName) !== 'html') return decoded;
  const declared = declaredEncoding(beginningOf(file));
  return declared === undefined || declared === decoded.encoding
    ? decoded
    : decodeText(file, declared, label);
}

function declaredEncoding(beginning: string): string | undefined {
  const [, name] = /<(?:meta|\?xml)[^>]+(?:charset|encoding)\s*=\s*["']?\s*([\w:-]+)/i.exec(beginning) ?? [];
  const known = name === undefined ? undefined : encodingNamed(name);
  return known === 'utf-8' ? undefined : known;
}

function beginningOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, BEGINNING_BYTES));
}

function stringOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
