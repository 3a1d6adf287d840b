// What the study compares: each recipe is the options of `mini-llm train` that it changes from the first, and the
// seconds that it is worth trying for.

const FIRST = {
  arch: 'qwen3',
  tokenizer: 'bpe',
  vocab_size: 4096,
  optimizer: 'muon',
  schedule: 'linear',
  lr: 0.02,
  muon_lr: 0.015,
  min_lr: 0,
  warmup_steps: 10,
  n_layer: 2,
  n_head: 2,
  n_embd: 64,
  seq_len: 64,
  batch_size: 12,
  dropout: 0,
};

const SHORT = [10];
const MEDIUM = [10, 30];
const LONG = [10, 30, 120];
const MIDDLE = { n_layer: 3, n_head: 3, n_embd: 96 };
const LARGE = { n_layer: 4, n_head: 4, n_embd: 128 };
const BYTES = { tokenizer: 'byte' };

const variation = (seconds, changes) => ({ seconds, changes, options: { ...FIRST, ...changes } });

export const RECIPES = {
  '2 × 64': variation(MEDIUM, {}),
  '2 × 64, 1,024 tokens': variation(MEDIUM, { vocab_size: 1024 }),
  '2 × 64, 1,024 tokens, dropout': variation(LONG, { vocab_size: 1024, dropout: 0.1 }),
  '2 × 64, 512 tokens, dropout': variation(MEDIUM, { vocab_size: 512, dropout: 0.1 }),
  '2 × 64, bytes': variation(SHORT, BYTES),
  '2 × 64, bytes, dropout': variation(MEDIUM, { ...BYTES, dropout: 0.1 }),
  '3 × 96': variation(LONG, MIDDLE),
  '4 × 128': variation(LONG, LARGE),
  '4 × 128, 1,024 tokens, dropout': variation(LONG, { ...LARGE, vocab_size: 1024, dropout: 0.1 }),
  'context 128, batch 6': variation(SHORT, { seq_len: 128, batch_size: 6 }),
  'context 32, batch 24': variation(SHORT, { seq_len: 32, batch_size: 24 }),
  'batch 24': variation(SHORT, { batch_size: 24 }),
  'batch 6': variation(SHORT, { batch_size: 6 }),
  'lr 0.01': variation(SHORT, { lr: 0.01 }),
  'lr 0.04': variation(SHORT, { lr: 0.04 }),
  'muon_lr 0.03': variation(SHORT, { muon_lr: 0.03 }),
  'AdamW, lr 0.004': variation(SHORT, { optimizer: 'adamw', lr: 0.004 }),
  'GPT-2': variation(SHORT, { arch: 'gpt2' }),
  nanoGPT: { seconds: [10, 30], changes: { preset: 'nanogpt' }, options: { preset: 'nanogpt' } },
};
