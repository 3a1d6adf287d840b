// Floating-point operations of a training step, by one convention, so that figures compare: per token, 6 for each weight
// of the blocks' matrices, and 12 L T C for attention. The embeddings and the output layer are not counted.

import { modelConfig } from './convert.ts';
import type { Engine } from './engine.ts';
import type { Options } from './options.ts';

export function tokensPerStep(o: Pick<Options, 'batch_size' | 'grad_accum' | 'seq_len'>): number {
  return o.batch_size * o.grad_accum * o.seq_len;
}

export function flopsPerStep(engine: Engine, o: Options): number {
  return engine.flopsPerToken(modelConfig(o)) * tokensPerStep(o);
}
