// The workloads of mini-llm's own benchmark, as every system is given them.
import { importTypeScript } from '../../lib/import-typescript.mjs';

const { TRAIN_WORKLOADS, GENERATE_WORKLOADS } = await importTypeScript('web/engine/bench/workloads.ts');

/** The token ids are bytes. */
const VOCAB_SIZE = 256;

const workload = (kind) => (found) => {
  const { n_layer, n_head, n_embd, seq_len, batch_size } = found.options;
  const shape = { n_layer, n_head, n_embd, seq_len, batch_size, vocab_size: VOCAB_SIZE };
  return { name: found.name, kind, shape };
};

/** kind "train": steps of forward, backward, clipping and AdamW. kind "generate": one sequence fills the context. */
export const WORKLOADS = [
  ...TRAIN_WORKLOADS.map(workload('train')),
  ...GENERATE_WORKLOADS.map(workload('generate')),
];

export const tokensPerStep = ({ shape }) => shape.batch_size * shape.seq_len;
