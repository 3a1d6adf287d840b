// Arithmetic of a training step by the project's convention (design, section 7), so that figures compare:
// 72 L C² + 12 L T C a token; head and embeddings are not counted, attention is counted whole.

import type { Options } from './options.ts';

type Shape = Pick<Options, 'n_layer' | 'n_embd' | 'seq_len'>;
type Step = Shape & Pick<Options, 'batch_size' | 'grad_accum'>;

export function flopsPerToken({ n_layer: L, n_embd: C, seq_len: T }: Shape): number {
  return 72 * L * C * C + 12 * L * T * C;
}

export function tokensPerStep(o: Pick<Step, 'batch_size' | 'grad_accum' | 'seq_len'>): number {
  return o.batch_size * o.grad_accum * o.seq_len;
}

export function flopsPerStep(o: Step): number {
  return flopsPerToken(o) * tokensPerStep(o);
}
