// Says in plain words how far a model has come, from what was measured: its losses and the words of its newest sample.

import { ENGLISH, type Formats } from './format.ts';
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

/** The sentences, here in English. */
export const PLAIN_WORDS = {
  guesses: 'It still guesses: it has seen too little of your text.',
  noWords: 'It writes no words yet.',
  quotes: (share: string) => `It starts to quote your text: ${share} of this sample is copied.`,
  letters: (share: string) => `It strings letters together: ${share} of its words are in your text.`,
  words: (share: string) =>
    `It writes words: ${share} of them are in your text, but few stand together there.`,
  phrases: (share: string) => `It writes phrases: ${share} of its word pairs are in your text.`,
  choices: (count: string) => `It narrows each next byte down to ${count} of 256.`,
  overfits: (step: string, worse: string) =>
    `It overfits: on new text it was best at step ${step} and is ${worse} worse now. Stop here, and use more text or a smaller preset.`,
};

/** The sentences and the numbers of a language. */
interface Language {
  say: typeof PLAIN_WORDS;
  format: Formats;
}

/** One to three sentences; '' before there is anything to say. */
export function plainWords(measured: Measured, say = PLAIN_WORDS, format = ENGLISH): string {
  const language = { say, format };
  return [stage(measured, language), choices(measured, language), overfitting(measured, language)]
    .filter(Boolean)
    .join(' ');
}

function stage({ first_loss, train_loss, sample }: Measured, { say, format }: Language): string {
  if (train_loss === null || !sample) return '';
  if (first_loss !== null && train_loss > GUESSING * first_loss) return say.guesses;
  if (sample.words === 0) return say.noWords;
  const { known, pairs, quoted } = sample;
  if (quoted >= QUOTES) return say.quotes(format.percent(quoted));
  if (known < WORDS) return say.letters(format.percent(known));
  if (pairs < PHRASES) return say.words(format.percent(known));
  return say.phrases(format.percent(pairs));
}

/** The bits as a number of choices: 3 bits are 8 choices. */
function choices({ bits_per_byte, sample }: Measured, { say, format }: Language): string {
  if (bits_per_byte === null || !sample) return '';
  const n = 2 ** bits_per_byte;
  return say.choices(n < 10 ? format.decimal(n, 1) : format.count(n));
}

function overfitting(
  { train_loss, val_loss, best_val_loss, best_step }: Measured,
  { say, format }: Language,
): string {
  if (train_loss === null || val_loss === null || best_val_loss === null) return '';
  if (val_loss <= OVERFITS * best_val_loss || train_loss >= val_loss) return '';
  return say.overfits(format.count(best_step), format.percent(val_loss / best_val_loss - 1));
}
