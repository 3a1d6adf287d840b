// How much of a generated text is in the training text: its words, its pairs of words, its long copies.

/** A copy of so many words in a row is a quotation. */
const QUOTE_WORDS = 8;

/** A run of letters and digits; where a script writes no spaces, each character. */
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]|[\p{L}\p{M}\p{N}]+/gu;

export interface WordStatistics {
  words: number;
  /** Share of the words that are in the training text. */
  known: number;
  /** Share of the pairs of neighboring words that are neighbors in the training text too. */
  pairs: number;
  /** Share of the words that lie in copies of at least eight words. */
  quoted: number;
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(WORD) ?? [];
}

/** More than the different words of any text that fits into memory. */
const MAX_WORDS = 2 ** 26;

export class TextWords {
  /** The text's different words, numbered. */
  readonly #numbers = new Map<string, number>();
  /** The pairs of neighbors, each as one number. */
  readonly #pairs = new Set<number>();
  /** The words with one space around each. */
  readonly #text: string;

  constructor(text: string) {
    const words = wordsOf(text);
    let before: number | undefined;
    for (const word of words) {
      const number = this.#numbers.get(word) ?? this.#numbers.size;
      this.#numbers.set(word, number);
      if (before !== undefined) this.#pairs.add(before * MAX_WORDS + number);
      before = number;
    }
    this.#text = ` ${words.join(' ')} `;
  }

  statistics(sample: string): WordStatistics {
    const words = wordsOf(sample);
    const known = words.filter((word) => this.#numbers.has(word)).length;
    const pairs = words.filter((_, i) => this.#hasPair(words, i)).length;
    return {
      words: words.length,
      known: share(known, words.length),
      pairs: share(pairs, words.length - 1),
      quoted: share(this.#quoted(words), words.length),
    };
  }

  #quoted(words: readonly string[]): number {
    let quoted = 0;
    for (let from = 0; from < words.length;) {
      let to = from + QUOTE_WORDS;
      if (to > words.length || !this.#has(words.slice(from, to))) {
        from++;
        continue;
      }
      while (to < words.length && this.#has(words.slice(from, to + 1))) to++;
      quoted += to - from;
      from = to;
    }
    return quoted;
  }

  /** Searching the whole text takes long, so it is the last resort. */
  #has(words: readonly string[]): boolean {
    const last = words.length - 1;
    const together = words.every((_, i) => i === last || this.#hasPair(words, i));
    return together && this.#text.includes(` ${words.join(' ')} `);
  }

  /** Whether word i and the next one are neighbors in the text. */
  #hasPair(words: readonly string[], i: number): boolean {
    const [first, second] = [words[i], words[i + 1]].map((word) => this.#numbers.get(word ?? ''));
    return first !== undefined && second !== undefined && this.#pairs.has(first * MAX_WORDS + second);
  }
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
