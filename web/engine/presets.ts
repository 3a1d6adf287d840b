// Presets: named sets of options that replace defaults; most depend on the text's length.

import { defaultsFor, isShort } from './text-defaults.ts';
import { defaults, type Options } from './options.ts';

export type PresetName = 'quick' | 'standard' | 'thorough' | 'english' | 'large' | 'nanogpt';

export interface Preset {
  readonly name: PresetName;
  readonly label: string;
  /** One sentence that helps to choose. */
  readonly help: string;
  readonly options: Partial<Options>;
  /** Further options for a text of `bytes` bytes; a preset without it is the same for every text. */
  readonly fit?: (bytes: number) => Partial<Options>;
}

/** Of the optimizer, for what was measured with these and not with the defaults. */
const GENTLE: Partial<Options> = { weight_decay: 0.1, beta1: 0.9 };

export const PRESETS: readonly Preset[] = [
  {
    name: 'quick',
    label: 'Quick',
    help: 'Generates words after a few seconds.',
    options: { max_steps: 500, eval_every: 50 },
    fit: defaultsFor,
  },
  {
    name: 'standard',
    label: 'Standard',
    help: 'Learns the words and the layout of a text in half a minute.',
    options: {},
    fit: defaultsFor,
  },
  {
    name: 'thorough',
    label: 'Thorough',
    help: 'A larger model that learns phrases and more of the style in two minutes.',
    options: { n_layer: 4, n_head: 4, n_embd: 128, max_steps: 1300 },
    fit: (bytes) => ({ ...defaultsFor(bytes), ...(isShort(bytes) ? { max_steps: 2400 } : {}) }),
  },
  {
    name: 'english',
    label: 'From English',
    help: 'Starts from a model that has read English, so that even a page of text is enough.',
    options: {
      start_from: 'english',
      n_layer: 4,
      n_head: 4,
      n_embd: 128,
      seq_len: 128,
      batch_size: 6,
      lr: 0.002,
      muon_lr: 0.004,
      max_steps: 450,
      eval_every: 25,
    },
    fit: (bytes) => (isShort(bytes) ? threePasses(bytes) : {}),
  },
  {
    name: 'large',
    label: 'Large',
    help: 'Learns the most, from long texts with a long context; takes an evening.',
    options: {
      n_layer: 6,
      n_head: 6,
      n_embd: 384,
      seq_len: 256,
      batch_size: 4,
      grad_accum: 2,
      max_steps: 2000,
      lr: 0.01,
      muon_lr: 0.01,
      ...GENTLE,
      eval_every: 100,
    },
  },
  {
    name: 'nanogpt',
    label: 'nanoGPT',
    help: 'For comparison, the model that nanoGPT trains on a CPU: GPT-2 on single bytes, with AdamW.',
    options: {
      arch: 'gpt2',
      embedding_init: 'random',
      tokenizer: 'byte',
      vocab_size: 4096, // ignored with the byte tokenizer
      optimizer: 'adamw',
      schedule: 'cosine',
      lr: 1e-3,
      min_lr: 1e-4,
      warmup_steps: 100,
      ...GENTLE,
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
      patience: 0,
    },
  },
];

/** A base forgets as it learns: a short text is read three times, in small steps. */
function threePasses(bytes: number): Partial<Options> {
  const max_steps = Math.max(20, Math.round(bytes / BYTES_PER_BASE_STEP));
  return { max_steps, lr: 0.001, muon_lr: 0.002, dropout: 0.1, eval_every: Math.ceil(max_steps / 10) };
}

/** A third of what 768 tokens hold. */
const BYTES_PER_BASE_STEP = 740;

export const DEFAULT_PRESET: PresetName = 'standard';

/** All options of a preset, fitted to a text of `bytes` bytes if given. */
export function presetOptions(name: PresetName, bytes?: number): Options {
  const { options, fit } = PRESETS.find((preset) => preset.name === name)!;
  return { ...defaults(), ...options, ...(bytes === undefined ? {} : fit?.(bytes)) };
}

/** Learning rates for fine-tuning, lower than for a new model; min_lr is a tenth of lr. */
export function finetuneRates({ lr = FINETUNE_LR }: Partial<Options>): Partial<Options> {
  return { lr, min_lr: lr / 10, muon_lr: lr };
}

const FINETUNE_LR = 0.004;
