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

export class TextWords {
  readonly #words: ReadonlySet<string>;
  /** The words with one space around each. */
  readonly #text: string;

  constructor(text: string) {
    const words = wordsOf(text);
    this.#words = new Set(words);
    this.#text = ` ${words.join(' ')} `;
  }

  statistics(sample: string): WordStatistics {
    const words = wordsOf(sample);
    const known = words.filter((word) => this.#words.has(word)).length;
    const pairs = words.slice(1).filter((_, i) => this.#has(words.slice(i, i + 2))).length;
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

  #has(words: readonly string[]): boolean {
    return words.every((word) => this.#words.has(word)) && this.#text.includes(` ${words.join(' ')} `);
  }
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
