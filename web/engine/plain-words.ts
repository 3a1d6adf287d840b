// Says in plain words how far a model has come, from what was measured: its losses and the words of its newest sample.

import { formatCount, percent } from './format.ts';
import type { WordStatistics } from './word-statistics.ts';

export interface Measured {
  /** Nats per token: of the first step, and of the last one. */
  first_loss: number | null;
  train_loss: number | null;
  /** On text kept out of training: the last one, and the best one with its step. */
  val_loss: number | null;
  best_val_loss: number | null;
  best_step: number;
  /** On text kept out of training if that is measured, else on the training text. */
  bits_per_byte: number | null;
  /** Of the newest complete sample. */
  sample: WordStatistics | undefined;
}

/** As long as the loss is above this share of the first one, the model guesses. */
const GUESSING = 0.85;
/** The validation loss is this much above its best: more than it goes up and down by chance. */
const OVERFITS = 1.03;
/** From these shares of the sample on it writes words, writes phrases, quotes. */
const WORDS = 0.5;
const PHRASES = 0.7;
const QUOTES = 0.5;

/** One to three sentences; '' before there is anything to say. */
export function plainWords(measured: Measured): string {
  return [stage(measured), choices(measured), overfitting(measured)].filter(Boolean).join(' ');
}

function stage({ first_loss, train_loss, sample }: Measured): string {
  if (train_loss === null || !sample) return '';
  if (first_loss !== null && train_loss > GUESSING * first_loss)
    return 'It still guesses: it has seen too little of your text.';
  if (sample.words === 0) return 'It writes no words yet.';
  const { known, pairs, quoted } = sample;
  if (quoted >= QUOTES) return `It starts to quote your text: ${percent(quoted)} of this sample is copied.`;
  if (known < WORDS) return `It strings letters together: ${percent(known)} of its words are in your text.`;
  if (pairs < PHRASES)
    return `It writes words: ${percent(known)} of them are in your text, but few stand together there.`;
  return `It writes phrases: ${percent(pairs)} of its word pairs are in your text.`;
}

/** The bits as a number of choices: 3 bits are 8 choices. */
function choices({ bits_per_byte, sample }: Measured): string {
  if (bits_per_byte === null || !sample) return '';
  const n = 2 ** bits_per_byte;
  const about = n < 10 ? n.toFixed(1) : formatCount(Math.round(n));
  return `It narrows each next byte down to ${about} of 256.`;
}

function overfitting({ train_loss, val_loss, best_val_loss, best_step }: Measured): string {
  if (train_loss === null || val_loss === null || best_val_loss === null) return '';
  if (val_loss <= OVERFITS * best_val_loss || train_loss >= val_loss) return '';
  return `It overfits: on new text it was best at step ${formatCount(best_step)} and is ${percent(val_loss / best_val_loss - 1)} worse now. Stop here, and use more text or a smaller preset.`;
}
