// Arithmetic of a training step by the project's convention (design, section 7), so that figures compare:
// 6 for each weight in the blocks' matrices and 12 L T C a token, which for GPT-2 is 72 L C² + 12 L T C; head and
// embeddings are not counted, attention is counted whole.

import { innerWidth, keyValueHeads } from './convert.ts';
import type { Options } from './options.ts';

type Shape = Pick<Options, 'arch' | 'n_layer' | 'n_head' | 'n_kv_head' | 'n_embd' | 'seq_len'>;
type Step = Shape & Pick<Options, 'batch_size' | 'grad_accum'>;

export function flopsPerToken(o: Shape): number {
  const { n_layer: L, n_embd: C, seq_len: T } = o;
  return 6 * L * blockWeights(o) + 12 * L * T * C;
}

function blockWeights(o: Shape): number {
  const C = o.n_embd;
  const keysAndValues = (2 * C * keyValueHeads(o)) / o.n_head;
  const mlp = (o.arch === 'gpt2' ? 2 : 3) * innerWidth(o);
  return C * (C + keysAndValues + C + mlp);
}

export function tokensPerStep(o: Pick<Step, 'batch_size' | 'grad_accum' | 'seq_len'>): number {
  return o.batch_size * o.grad_accum * o.seq_len;
}

export function flopsPerStep(o: Step): number {
  return flopsPerToken(o) * tokensPerStep(o);
}
