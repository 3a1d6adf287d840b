// The tokenizer that options ask for: bytes, or learnt from the text before training begins.

import type { Corpus } from './corpus.ts';
import type { Tokenizer } from './core-objects.ts';
import type { Engine } from './engine.ts';
import { nextTurn } from './next-turn.ts';
import type { Options } from './options.ts';

/** How long learning may keep the thread at a time. */
const SLICE_MS = 20;

/** Learns in slices and gives the event loop its turn between them; `watch` is told how much is done, from 0 to 1. */
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
