// The work that is compared: the shapes of web/cli/workloads.ts, in words that every contender understands.

const VOCABULARY = 256;
const W1 = { n_layer: 4, n_head: 4, n_embd: 128, seq_len: 64, batch_size: 12, vocab_size: VOCABULARY };
const W2 = { n_layer: 4, n_head: 4, n_embd: 128, seq_len: 128, batch_size: 16, vocab_size: VOCABULARY };
const W3 = { n_layer: 6, n_head: 6, n_embd: 384, seq_len: 256, batch_size: 4, vocab_size: VOCABULARY };

/** kind "train": steps of forward, backward, clipping and AdamW. kind "generate": one sequence fills the context. */
export const WORKLOADS = [
  { name: 'W1', kind: 'train', shape: W1 },
  { name: 'W2', kind: 'train', shape: W2 },
  { name: 'W3', kind: 'train', shape: W3 },
  { name: 'G1', kind: 'generate', shape: W2 },
  { name: 'G3', kind: 'generate', shape: W3 },
];

export const tokensPerStep = ({ shape }) => shape.batch_size * shape.seq_len;
