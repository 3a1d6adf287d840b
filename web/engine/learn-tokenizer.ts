// Makes the tokenizer of a new model: bytes, or one learned from the text.

import type { Corpus } from './corpus.ts';
import type { Tokenizer } from './core-objects.ts';
import type { Engine } from './engine.ts';
import { nextTurn } from './event-loop.ts';
import type { Options } from './options.ts';

/** Length of a slice in milliseconds. */
const SLICE_MS = 20;

/** Learns in slices and yields to the event loop between them; `watch` receives the progress from 0 to 1. */
export async function learnTokenizer(
  engine: Engine,
  { tokenizer, vocab_size, val_fraction }: Pick<Options, 'tokenizer' | 'vocab_size' | 'val_fraction'>,
  corpus: Corpus,
  watch: (done: number) => void = () => undefined,
): Promise<Tokenizer> {
  if (tokenizer === 'byte') return engine.byteTokenizer();
  using trainer = engine.createBpeTrainer(corpus, val_fraction, vocab_size);
  for (let done = 0; done < 1; await nextTurn()) {
    done = trainer.advance(SLICE_MS);
    watch(done);
  }
  return trainer.tokenizer();
}
