// What a generated text repeats of the text that its model was trained on: memorization.

import type { SuffixIndex } from './core-objects.ts';
import type { Engine } from './engine.ts';
import { bytesOf } from './core-objects.ts';

/** Shorter pieces, of a few words, also agree by chance. In bytes, because a letter of Korean says more than one of English. */
export const MIN_COPIED_BYTES = 24;

/** Of a longer text only the beginning is searched: an index takes about ten times the text's memory. */
const MAX_INDEXED_BYTES = 64 * 2 ** 20;

/** Characters of the source shown before and after the longest piece. */
const PASSAGE_CHARACTERS = 80;

/** A stretch of the generated text, as positions in the string. */
export interface Stretch {
  start: number;
  end: number;
}

export interface Copied {
  /** The share of the text's bytes that stand in the training text, in pieces of at least MIN_COPIED_BYTES. */
  share: number;
  /** The copied stretches in order; where pieces from several places overlap, they are one stretch. */
  stretches: Stretch[];
  /** The longest piece, and where it stands in the training text. */
  longest?: Stretch & { text: string; before: string; after: string; position: number };
}

/** Searches a training text; delete() frees its index in the core's memory. */
export class CopyFinder {
  readonly #bytes: Uint8Array;
  readonly #index: SuffixIndex;

  constructor(engine: Engine, bytes: Uint8Array) {
    this.#bytes = bytes.subarray(0, MAX_INDEXED_BYTES);
    this.#index = engine.createSuffixIndex(this.#bytes);
  }

  find(text: string, min_bytes = MIN_COPIED_BYTES): Copied {
    const bytes = bytesOf(text);
    const pieces = this.#index.copied(bytes, min_bytes);
    const stretches: Stretch[] = [];
    for (const { start, length } of pieces) {
      const last = stretches.at(-1);
      if (last && start <= last.end) last.end = start + length;
      else stretches.push({ start, end: start + length });
    }
    const copied = stretches.reduce((sum, { start, end }) => sum + end - start, 0);
    const position = positionsIn(text, bytes.length);
    const inText = ({ start, end }: Stretch): Stretch => ({ start: position[start]!, end: position[end]! });
    const result = {
      share: bytes.length === 0 ? 0 : copied / bytes.length,
      stretches: stretches.map(inText),
    };
    if (pieces.length === 0) return result;
    const { start, length, source } = pieces.reduce((a, b) => (b.length > a.length ? b : a));
    const longest = inText({ start, end: start + length });
    return {
      ...result,
      longest: {
        ...longest,
        text: text.slice(longest.start, longest.end),
        before: this.#passage(source - 4 * PASSAGE_CHARACTERS, source).slice(-PASSAGE_CHARACTERS),
        after: this.#passage(source + length, source + length + 4 * PASSAGE_CHARACTERS).slice(
          0,
          PASSAGE_CHARACTERS,
        ),
        position: source,
      },
    };
  }

  /** Cut characters at the ends are left out. */
  #passage(from: number, to: number): string {
    const cut = this.#bytes.subarray(Math.max(0, from), to);
    const first = cut.findIndex((byte) => (byte & 0xc0) !== 0x80);
    return first < 0 ? '' : new TextDecoder().decode(cut.subarray(first), { stream: true });
  }

  delete(): void {
    this.#index.delete();
  }

  [Symbol.dispose](): void {
    this.delete();
  }
}

/** The position in the string for each byte of its UTF-8 at which a character begins, and for the end. */
function positionsIn(text: string, bytes: number): Uint32Array {
  const positions = new Uint32Array(bytes + 1);
  let byte = 0;
  let position = 0;
  for (const character of text) {
    positions[byte] = position;
    const code = character.codePointAt(0)!;
    byte += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    position += character.length;
  }
  positions[byte] = position;
  return positions;
}
