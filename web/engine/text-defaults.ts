// Options for short texts, from which few tokens can be learned and which are soon memorized. The study chose the numbers
// (docs/BENCHMARKS.md).

import type { Options } from './options.ts';

/** A token must occur often enough for the model to learn its use. */
const BYTES_PER_TOKEN = 250;
const LARGEST_VOCABULARY = 4096;
/** With fewer tokens than this, most of them would be single bytes. */
const SMALLEST_VOCABULARY = 320;
/**
 * A shorter text is read so often that a larger model, or no dropout, does harm. It has too few pairs for its embeddings
 * to begin better than at random.
 */
const SHORT_BYTES = 500_000;
const FOR_SHORT: Partial<Options> = {
  n_layer: 2,
  n_head: 2,
  n_embd: 64,
  dropout: 0.1,
  embedding_init: 'random',
};

/** The explanations, here in English. */
export const DEFAULTS_TEXT = {
  byte: 'it is read byte by byte, since too few longer tokens could be learned from it',
  bpe: (vocab_size: number) => `it is cut into ${vocab_size} different tokens`,
  dropout: (dropout: number) =>
    `a small model, dropout (${dropout}) and an early end keep the model from memorizing it`,
  whole: (parts: readonly string[]) => `For a text of this length ${parts.join('; ')}.`,
  inEnglish: 'If it is in English, the preset “From English” knows it far better after a few seconds.',
};

export function isShort(bytes: number): boolean {
  return bytes < SHORT_BYTES;
}

/** Options that differ from the defaults for a text of `bytes` bytes. */
export function defaultsFor(bytes: number): Partial<Options> {
  return { ...tokensFor(bytes), ...(isShort(bytes) ? FOR_SHORT : {}) };
}

function tokensFor(bytes: number): Partial<Options> {
  const vocab_size = Math.round(bytes / BYTES_PER_TOKEN / 64) * 64;
  if (vocab_size < SMALLEST_VOCABULARY) return { tokenizer: 'byte' };
  return vocab_size < LARGEST_VOCABULARY ? { tokenizer: 'bpe', vocab_size } : {};
}

/** Explains the fitted options, or '' if they were changed or none apply. */
export function explainDefaults(options: Options, bytes: number, say = DEFAULTS_TEXT): string {
  const fit = defaultsFor(bytes);
  const names = Object.keys(fit) as (keyof Options)[];
  if (names.some((name) => options[name] !== fit[name])) return '';
  const { tokenizer, vocab_size, dropout } = fit;
  const found = [
    tokenizer === 'byte' ? say.byte : '',
    tokenizer === 'bpe' && vocab_size !== undefined ? say.bpe(vocab_size) : '',
    dropout ? say.dropout(dropout) : '',
  ].filter(Boolean);
  if (found.length === 0) return '';
  return isShort(bytes) ? `${say.whole(found)} ${say.inEnglish}` : say.whole(found);
}
