// The configurations that the study compares. Each has the options of `mini-llm train` that differ from the first
// configuration's, and for each text the training times, in seconds, that it is tried for.

const BASE = {
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

const SHORT_RUNS = { short: [10], english: [10], korean: [10] };
const MEDIUM_RUNS = { short: [10, 30], english: [10, 30], korean: [10, 30] };
/** For texts that are long enough. */
const LONG_RUNS_ENGLISH = { ...MEDIUM_RUNS, english: [10, 30, 120] };
const LONG_RUNS_KOREAN = { ...MEDIUM_RUNS, korean: [10, 30, 120] };

const MIDDLE = { n_layer: 3, n_head: 3, n_embd: 96 };
const LARGE = { n_layer: 4, n_head: 4, n_embd: 128 };
const BYTES = { tokenizer: 'byte' };

/** All options of a preset, fitted to the text. */
const preset = (name, seconds) => ({ seconds, changes: { preset: name }, options: { preset: name } });

const variation = (seconds, changes) => ({ seconds, changes, options: { ...BASE, ...changes } });

export const CONFIGURATIONS = {
  '2 × 64': variation(MEDIUM_RUNS, {}),
  '2 × 64, 1,024 tokens': variation(SHORT_RUNS, { vocab_size: 1024 }),
  '2 × 64, 1,024 tokens, dropout': variation(MEDIUM_RUNS, { vocab_size: 1024, dropout: 0.1 }),
  '2 × 64, 512 tokens, dropout': variation(MEDIUM_RUNS, { vocab_size: 512, dropout: 0.1 }),
  '2 × 64, bytes, dropout': variation(MEDIUM_RUNS, { ...BYTES, dropout: 0.1 }),
  '3 × 96': variation(LONG_RUNS_ENGLISH, MIDDLE),
  '4 × 128': variation({ ...SHORT_RUNS, english: [10, 120] }, LARGE),
  '4 × 128, 1,024 tokens, dropout': variation(LONG_RUNS_KOREAN, { ...LARGE, vocab_size: 1024, dropout: 0.1 }),
  'context 128, batch 6': variation(SHORT_RUNS, { seq_len: 128, batch_size: 6 }),
  'batch 24': variation(SHORT_RUNS, { batch_size: 24 }),
  'lr 0.01': variation(SHORT_RUNS, { lr: 0.01 }),
  'lr 0.04': variation(SHORT_RUNS, { lr: 0.04 }),
  'AdamW, lr 0.004': variation(SHORT_RUNS, { optimizer: 'adamw', lr: 0.004 }),
  'GPT-2': variation(SHORT_RUNS, { arch: 'gpt2' }),
  'all tokens in the softmax': variation(MEDIUM_RUNS, { softmax_tokens: 0 }),
  'From English': preset('english', LONG_RUNS_ENGLISH),
  nanoGPT: preset('nanogpt', SHORT_RUNS),
};
