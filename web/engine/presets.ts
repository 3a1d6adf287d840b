// Named starting points, each a layer over the defaults.

import { defaults, type Options } from './options.ts';

export type PresetName = 'nanogpt' | 'quick' | 'tiny' | 'small' | 'medium' | 'large';

export interface Preset {
  readonly name: PresetName;
  readonly label: string;
  /** One sentence for somebody who chooses. */
  readonly help: string;
  readonly options: Partial<Options>;
}

export const PRESETS: readonly Preset[] = [
  {
    name: 'quick',
    label: 'Quick',
    help: 'Writes words soonest, by newer means: it reads pieces of words (bpe), is built as qwen3 and learns with muon.',
    options: {
      arch: 'qwen3',
      tokenizer: 'bpe',
      vocab_size: 1024,
      optimizer: 'muon',
      muon_lr: 0.03,
      lr: 5e-3,
      min_lr: 0,
      warmup_steps: 10,
      seq_len: 64,
      batch_size: 12,
      max_steps: 300,
      eval_every: 50,
    },
  },
  {
    name: 'tiny',
    label: 'Tiny',
    help: 'Learns short things, such as names, in seconds.',
    options: {
      n_layer: 2,
      n_head: 2,
      n_embd: 64,
      seq_len: 64,
      batch_size: 16,
      max_steps: 600,
      lr: 3e-3,
      min_lr: 3e-4,
      warmup_steps: 30,
      eval_every: 100,
    },
  },
  {
    name: 'small',
    label: 'Small',
    help: 'Learns words and the look of a text in minutes.',
    options: {},
  },
  {
    name: 'medium',
    label: 'Medium',
    help: 'Learns phrases and more of the style; takes an hour or more.',
    options: { n_layer: 6, n_head: 6, n_embd: 192, seq_len: 192, batch_size: 12, max_steps: 3000 },
  },
  {
    name: 'large',
    label: 'Large',
    help: 'Learns the most, for long texts and an evening.',
    options: {
      n_layer: 6,
      n_head: 6,
      n_embd: 384,
      seq_len: 256,
      batch_size: 4,
      grad_accum: 2,
      max_steps: 2000,
      eval_every: 100,
    },
  },
  {
    name: 'nanogpt',
    label: 'nanoGPT',
    help: 'The classic to compare with, as nanoGPT trains on a CPU: GPT-2 on single bytes, with AdamW.',
    options: {
      arch: 'gpt2',
      tokenizer: 'byte',
      optimizer: 'adamw',
      schedule: 'cosine',
      lr: 1e-3,
      min_lr: 1e-4,
      warmup_steps: 100,
      weight_decay: 0.1,
      beta2: 0.99,
      grad_clip: 1,
      dropout: 0,
      n_layer: 4,
      n_head: 4,
      n_kv_head: 0,
      n_embd: 128,
      seq_len: 64,
      batch_size: 12,
      grad_accum: 1,
      max_steps: 2000,
      eval_every: 250,
    },
  },
];

export const DEFAULT_PRESET: PresetName = 'small';

export function presetOptions(name: PresetName): Options {
  const preset = PRESETS.find((p) => p.name === name);
  return { ...defaults(), ...preset?.options };
}

/** Learning rates for a model that has learnt already: less than for a new one, unless LoRA holds its weights. */
export function finetuneRates({ lr, lora_rank = 0 }: Partial<Options>): Pick<Options, 'lr' | 'min_lr'> {
  const usual = defaults().lr * (lora_rank > 0 ? 1 : 0.3);
  const rate = lr ?? Number(usual.toPrecision(3));
  return { lr: rate, min_lr: rate / 10 };
}
