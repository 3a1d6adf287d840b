// Guesses the encoding of a text that is not UTF-8 and has no byte order mark. The library is large, so it is loaded
// only for such a text.

import { ENCODINGS, decoderOf, encodingNamed } from './encodings.ts';

export interface Guess {
  encoding: string;
  /** Whether no other encoding is nearly as likely. */
  confident: boolean;
}

/** The guess uses this many bytes. */
const SAMPLE_BYTES = 1 << 16;

/** Encodings below this share of the best one's confidence are no rivals. */
const RIVAL_SHARE = 0.85;

const COMMON = new Set(ENCODINGS.map(({ name }) => name));

/** An encoding that cannot be read here is reported if it is this many times as likely as the best readable one. */
const UNREADABLE_FACTOR = 2;

/** Undefined if the bytes are most likely not text; a name if the likely encoding cannot be read here. */
export async function guessEncoding(bytes: Uint8Array): Promise<Guess | string | undefined> {
  const { detectAll } = await import('jschardet');
  const sample = linesBeyondAscii(bytes);
  const all = detectAll(sample, { minimumThreshold: 0 });
  const candidates = all
    .flatMap(({ encoding, confidence }) => {
      const name = encodingNamed(encoding ?? '') ?? '';
      return COMMON.has(name) ? [{ name, confidence, text: decoderOf(name)(sample, false) }] : [];
    })
    .filter(({ text }) => isPlausible(text));
  const [best] = candidates;
  const likeliest = all[0]?.encoding ?? '';
  // The library takes binary numbers for UTF-32.
  if (
    likeliest !== '' &&
    !likeliest.startsWith('utf-32') &&
    !COMMON.has(encodingNamed(likeliest) ?? likeliest)
  )
    if (all[0]!.confidence > UNREADABLE_FACTOR * (best?.confidence ?? 0)) return likeliest;
  if (!best) return guessUtf16(bytes);
  const rival = candidates.find(({ text }) => text !== best.text);
  const same = candidates.filter(({ text }) => text === best.text).map(({ name }) => name);
  const encoding = ENCODINGS.find(({ name }) => same.includes(name))!.name;
  return { encoding, confident: (rival?.confidence ?? 0) < RIVAL_SHARE * best.confidence };
}

/** The lines with bytes beyond ASCII, which all legacy encodings share: a long text may have few of them. */
function linesBeyondAscii(bytes: Uint8Array): Uint8Array {
  const start = bytes.subarray(0, SAMPLE_BYTES);
  if (start.includes(0)) return start; // UTF-16
  const sample = new Uint8Array(SAMPLE_BYTES);
  let length = 0;
  for (let at = 0; at < bytes.length && length < SAMPLE_BYTES;) {
    const end = bytes.indexOf(LINE_FEED, at) + 1 || bytes.length;
    const line = bytes.subarray(at, Math.min(end, at + SAMPLE_BYTES - length));
    if (line.some((byte) => byte > 127 || byte === ESCAPE)) {
      sample.set(line, length);
      length += line.length;
    }
    at = end;
  }
  return length === 0 ? start : sample.subarray(0, length);
}

const LINE_FEED = 0x0a;
const ESCAPE = 0x1b;

function isPlausible(text: string): boolean {
  return count(text, NO_TEXT) <= RARELY * text.length && !mixesScripts(text);
}

function count(text: string, what: RegExp): number {
  return text.match(what)?.length ?? 0;
}

/** Characters that text does not contain: control characters except white space and escape, and unassigned ones. */
// eslint-disable-next-line no-control-regex
const NO_TEXT = /[\p{Cn}\p{Co}\p{Cs}\ufffd]|(?![\s\x1b])\p{Cc}/gu;
const RARELY = 0.02;

// In a wrong encoding, accented letters become Cyrillic, Greek or Hebrew ones behind Latin letters; few texts have such words.
const FOREIGN = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Hebrew}]+/gu;
const MIXED = /\p{Script=Latin}[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Hebrew}]+/gu;

function mixesScripts(text: string): boolean {
  return count(text, MIXED) > 0.2 * count(text, FOREIGN);
}

/** Recognizes UTF-16 without a byte order mark in scripts that use hardly any zero bytes. */
function guessUtf16(bytes: Uint8Array): Guess | undefined {
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const [best] = ['utf-16le', 'utf-16be']
    .map((encoding) => ({ encoding, text: decoderOf(encoding)(sample, false) }))
    .filter(({ text }) => isOneScript(text))
    .sort((a, b) => count(b.text, FREQUENT) - count(a.text, FREQUENT));
  return best && { encoding: best.encoding, confident: false };
}

/** White space, East Asian punctuation and kana, which are rare in a text whose bytes are swapped. */
const FREQUENT = /[\s\u3000-\u30ff\uff00-\uff65]/g;

const SCRIPTS = [
  '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}]',
  ...[
    'Hangul',
    'Thai',
    'Lao',
    'Khmer',
    'Myanmar',
    'Devanagari',
    'Bengali',
    'Tamil',
    'Georgian',
    'Armenian',
  ].map((script) => `\\p{Script=${script}}`),
].map((script) => new RegExp(script, 'gu'));

function isOneScript(text: string): boolean {
  const letters = count(text, /[\p{L}\p{M}]/gu);
  return letters > 0 && isPlausible(text) && SCRIPTS.some((script) => count(text, script) > 0.9 * letters);
}
