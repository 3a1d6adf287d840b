// The configurations that the study compares: a preset as it is fitted to each text, what is changed of it, and for each
// text the seconds that it is tried for. A configuration with `own_length` takes no more steps than its preset: a base
// forgets as it learns. A new row is one line here.

const SHORT = { '5kB': [10], short: [10, 30], '100kB': [10, 30], verse: [10, 30], names: [10] };
const ALL = { ...SHORT, english: [10, 30, 120], korean: [10, 30, 120], german: [10, 30], code: [10, 30] };

const standard = (title, changes, seconds) => ({ title, preset: 'standard', changes, seconds });
const LONG_CONTEXT = { seq_len: 128, batch_size: 6 };

/** Tried for 10 seconds on the long text. */
const ablation = (title, changes) => standard(title, changes, { english: [10] });

export const CONFIGURATIONS = {
  standard: standard('Standard', {}, ALL),
  thorough: { title: 'Thorough', preset: 'thorough', changes: {}, seconds: { english: [30, 120] } },
  english: {
    title: 'From English',
    preset: 'english',
    own_length: true,
    changes: {},
    seconds: { ...SHORT, english: [10, 30, 120] },
  },
  '2x96': standard(
    '2 layers of 96, context 128',
    { n_head: 3, n_embd: 96, ...LONG_CONTEXT },
    { english: [30] },
  ),
  '4x128': standard(
    '4 layers of 128, context 128, dropout 0.1',
    { n_layer: 4, n_head: 4, n_embd: 128, dropout: 0.1, ...LONG_CONTEXT },
    { english: [120] },
  ),
  random: ablation('random embeddings', { embedding_init: 'random' }),
  adamw: ablation('AdamW', { optimizer: 'adamw', lr: 0.004 }),
  gpt2: ablation('GPT-2', { arch: 'gpt2' }),
  bytes: ablation('bytes', { tokenizer: 'byte' }),
  softmax: ablation('all tokens in the softmax', { softmax_tokens: 0 }),
  pytorch: {
    title: 'nanoGPT in native PyTorch',
    system: 'pytorch',
    preset: 'nanogpt',
    changes: {},
    seconds: { english: [10, 30, 120] },
  },
};

/** The durations of the study. */
export const SECONDS = [10, 30, 120];
