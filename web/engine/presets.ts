// Recipes: named sets of options, each a layer over the defaults; most are fitted to the text's length.

import { defaultsFor, isShort } from './text-defaults.ts';
import { defaults, type Options } from './options.ts';

export type PresetName = 'quick' | 'standard' | 'thorough' | 'large' | 'nanogpt';

export interface Preset {
  readonly name: PresetName;
  readonly label: string;
  /** One sentence for somebody who chooses. */
  readonly help: string;
  readonly options: Partial<Options>;
  /** What a short text changes besides; a recipe without it is the same for every text. */
  readonly short?: Partial<Options>;
}

export const PRESETS: readonly Preset[] = [
  {
    name: 'quick',
    label: 'Quick',
    help: 'Writes words within ten seconds or so.',
    options: { max_steps: 250, eval_every: 25 },
    short: {},
  },
  {
    name: 'standard',
    label: 'Standard',
    help: 'Learns words and the look of a text in half a minute.',
    options: {},
    short: {},
  },
  {
    name: 'thorough',
    label: 'Thorough',
    help: 'A larger model, which learns phrases and more of the style in two minutes.',
    options: { n_layer: 4, n_head: 4, n_embd: 128, max_steps: 900 },
    short: { max_steps: 2400 },
  },
  {
    name: 'large',
    label: 'Large',
    help: 'Learns the most, from long texts and with a long context; for an evening.',
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
      vocab_size: 4096, // of bytes it says nothing
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
      patience: 0,
    },
  },
];

export const DEFAULT_PRESET: PresetName = 'standard';

/** All options of a recipe; for a text of so many bytes, if that is known. */
export function presetOptions(name: PresetName, bytes?: number): Options {
  const { options, short } = PRESETS.find((preset) => preset.name === name)!;
  const fit =
    bytes === undefined || !short ? {} : { ...defaultsFor(bytes), ...(isShort(bytes) ? short : {}) };
  return { ...defaults(), ...options, ...fit };
}

/** Learning rates for a model that has learnt already, lower than for a new one; min_lr is a tenth. */
export function finetuneRates({ lr = FINETUNE_LR }: Partial<Options>): Partial<Options> {
  return { lr, min_lr: lr / 10, muon_lr: lr };
}

const FINETUNE_LR = 0.004;
