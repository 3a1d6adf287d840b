// What the study compares: each recipe is the options of `mini-llm train` that it changes from the first, and the
// seconds that it is worth trying for on each text.

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

const BRIEFLY = { short: [10], english: [10], korean: [10] };
const USUALLY = { short: [10, 30], english: [10, 30], korean: [10, 30] };
/** Where a text is long enough for it. */
const LONG_ENGLISH = { ...USUALLY, english: [10, 30, 120] };
const LONG_KOREAN = { ...USUALLY, korean: [10, 30, 120] };

const MIDDLE = { n_layer: 3, n_head: 3, n_embd: 96 };
const LARGE = { n_layer: 4, n_head: 4, n_embd: 128 };
const BYTES = { tokenizer: 'byte' };

const variation = (seconds, changes) => ({ seconds, changes, options: { ...FIRST, ...changes } });

export const RECIPES = {
  '2 × 64': variation(USUALLY, {}),
  '2 × 64, 1,024 tokens': variation(BRIEFLY, { vocab_size: 1024 }),
  '2 × 64, 1,024 tokens, dropout': variation(USUALLY, { vocab_size: 1024, dropout: 0.1 }),
  '2 × 64, 512 tokens, dropout': variation(USUALLY, { vocab_size: 512, dropout: 0.1 }),
  '2 × 64, bytes, dropout': variation(USUALLY, { ...BYTES, dropout: 0.1 }),
  '3 × 96': variation(LONG_ENGLISH, MIDDLE),
  '4 × 128': variation({ ...BRIEFLY, english: [10, 120] }, LARGE),
  '4 × 128, 1,024 tokens, dropout': variation(LONG_KOREAN, { ...LARGE, vocab_size: 1024, dropout: 0.1 }),
  'context 128, batch 6': variation(BRIEFLY, { seq_len: 128, batch_size: 6 }),
  'batch 24': variation(BRIEFLY, { batch_size: 24 }),
  'lr 0.01': variation(BRIEFLY, { lr: 0.01 }),
  'lr 0.04': variation(BRIEFLY, { lr: 0.04 }),
  'AdamW, lr 0.004': variation(BRIEFLY, { optimizer: 'adamw', lr: 0.004 }),
  'GPT-2': variation(BRIEFLY, { arch: 'gpt2' }),
  nanoGPT: { seconds: BRIEFLY, changes: { preset: 'nanogpt' }, options: { preset: 'nanogpt' } },
};
