// What a text's length asks for: from a short one only few tokens can be learnt, and it is soon learnt by heart. The
// numbers are those of the study (research/study/RESULTS.md).

import type { Options } from './options.ts';

/** A token must be met often enough for the model to learn how it is used. */
const BYTES_FOR_A_TOKEN = 250;
const LARGEST_VOCABULARY = 4096;
/** With fewer tokens than this, most of what is learnt would be the bytes after all. */
const SMALLEST_VOCABULARY = 320;
/** A text below this is read so often that a larger model or no dropout does harm. */
const SHORT_BYTES = 500_000;
const FOR_SHORT: Partial<Options> = { n_layer: 2, n_head: 2, n_embd: 64, dropout: 0.1 };

export function isShort(bytes: number): boolean {
  return bytes < SHORT_BYTES;
}

/** Options that suit a text of so many bytes, where the usual ones do not. */
export function defaultsFor(bytes: number): Partial<Options> {
  return { ...tokensFor(bytes), ...(isShort(bytes) ? FOR_SHORT : {}) };
}

function tokensFor(bytes: number): Partial<Options> {
  const vocab_size = Math.round(bytes / BYTES_FOR_A_TOKEN / 64) * 64;
  if (vocab_size < SMALLEST_VOCABULARY) return { tokenizer: 'byte' };
  return vocab_size < LARGEST_VOCABULARY ? { tokenizer: 'bpe', vocab_size } : {};
}

/** A sentence on what suits a text of so many bytes, if the options are so; else, and for a long one, empty. */
export function explainDefaults(options: Options, bytes: number): string {
  const fit = defaultsFor(bytes);
  const names = Object.keys(fit) as (keyof Options)[];
  if (names.some((name) => options[name] !== fit[name])) return '';
  const { tokenizer, vocab_size, dropout } = fit;
  const found = [
    tokenizer === 'byte'
      ? 'it is read byte by byte, since too few longer tokens could be learnt from it'
      : '',
    tokenizer === 'bpe' ? `it is cut into ${vocab_size} different tokens` : '',
    dropout ? `a small model, dropout (${dropout}) and an early end keep it from being learnt by heart` : '',
  ].filter(Boolean);
  return found.length === 0 ? '' : `For a text of this length ${found.join('; ')}.`;
}
