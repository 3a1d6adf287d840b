// What a text's length asks for: from a short one only few tokens can be learnt, and it is soon learnt by heart. The
// numbers are those of the study (tools/study/RESULTS.md).

import type { Options } from './options.ts';

export interface Fit {
  options: Partial<Options>;
  /** A sentence for the user; empty where a text is long enough for the defaults. */
  why: string;
}

/** A token must be met often enough for the model to learn how it is used. */
const BYTES_FOR_A_TOKEN = 250;
const LARGEST_VOCABULARY = 4096;
/** With fewer tokens than this, most of what is learnt would be the bytes after all. */
const SMALLEST_VOCABULARY = 320;
/** A text below this is read so often that dropout pays. */
const SHORT_BYTES = 500_000;
const DROPOUT = 0.1;

/** Options that suit a text of so many bytes, and why. */
export function fitTo(bytes: number): Fit {
  const rounded = Math.round(bytes / BYTES_FOR_A_TOKEN / 64) * 64;
  const vocab_size = Math.min(rounded, LARGEST_VOCABULARY);
  const tokenizer = vocab_size < SMALLEST_VOCABULARY ? 'byte' : 'bpe';
  const options = {
    tokenizer,
    ...(tokenizer === 'bpe' ? { vocab_size } : {}),
    dropout: bytes < SHORT_BYTES ? DROPOUT : 0,
  } as const;
  return { options, why: reasons(options) };
}

/** Why options are as they are, as far as they are those that suit a text of so many bytes. */
export function reasonsFor(options: Options, bytes: number): string {
  const fit = fitTo(bytes);
  const names = Object.keys(fit.options) as (keyof Options)[];
  return names.every((name) => options[name] === fit.options[name]) ? fit.why : '';
}

function reasons({ tokenizer, vocab_size, dropout }: Partial<Options>): string {
  const found = [
    tokenizer === 'byte' ? 'it is read byte by byte, since it is too short to learn longer tokens from' : '',
    tokenizer === 'bpe' && vocab_size! < LARGEST_VOCABULARY
      ? `it is given ${vocab_size} different tokens`
      : '',
    dropout! > 0 ? `dropout (${dropout}) and an early end keep the model from learning it by heart` : '',
  ].filter(Boolean);
  return found.length === 0 ? '' : `For a text of this length ${found.join('; ')}.`;
}
