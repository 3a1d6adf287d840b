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
  return blockWidths(o).reduce((sum, width) => sum + o.n_embd * width, 0);
}

/** The matrices of a block lie between n_embd numbers and so many: of queries, keys, values, what comes out, and the MLP. */
function blockWidths(o: Shape): number[] {
  const keys = (o.n_embd * keyValueHeads(o)) / o.n_head;
  const mlp = Array<number>(o.arch === 'gpt2' ? 2 : 3).fill(innerWidth(o));
  return [o.n_embd, keys, keys, o.n_embd, ...mlp];
}

/** Arithmetic of Muon in an update, which the convention does not count (cpp/kernels/orthogonalize.h). */
export function flopsOfMuon(o: Shape): number {
  const PRODUCTS = 9;
  const each = (m: number, n: number): number => m * m * (PRODUCTS * m + 3 * n);
  return (
    o.n_layer * blockWidths(o).reduce((sum, w) => sum + each(Math.min(o.n_embd, w), Math.max(o.n_embd, w)), 0)
  );
}

export function tokensPerStep(o: Pick<Step, 'batch_size' | 'grad_accum' | 'seq_len'>): number {
  return o.batch_size * o.grad_accum * o.seq_len;
}

export function flopsPerStep(o: Step): number {
  return flopsPerToken(o) * tokensPerStep(o);
}
