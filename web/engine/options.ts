// The one table of options. The page's controls, the command line's flags and help, share links and every
// validation message are made from it. The core describes its own options (type, default, range, choices); this
// file adds what people read about them, and the options that the core does not know.

import { CORE_OPTIONS } from './generated/core-types.ts';

export type OptionType = 'int' | 'float' | 'bool' | 'string' | 'strings' | 'choice' | 'interval';

/**
 * model: the shape · train: the optimizer and the data · finetune: how to train a saved model on another text ·
 * sample: generation · run: how the work is carried out.
 */
export type OptionGroup = 'model' | 'train' | 'finetune' | 'sample' | 'run';

/** What an option may be. */
interface OptionValues {
  readonly type: OptionType;
  readonly default: number | boolean | string | readonly string[];
  readonly min?: number;
  /** A lower bound that is itself not allowed. */
  readonly above?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
}

/** What people read about an option. */
interface OptionText {
  readonly groups: readonly [OptionGroup, ...OptionGroup[]];
  /** For the page: a few words above the control. */
  readonly label: string;
  /** For page and command line: one sentence, readable by somebody who has never trained a model. */
  readonly help: string;
}

export interface OptionSpec extends OptionValues, OptionText {
  readonly name: string;
}

type CoreRow = (typeof CORE_OPTIONS)[keyof typeof CORE_OPTIONS][number];

/** Fields of the core's structs that are no options: vocab_size is the tokenizer's, the others follow from the shape. */
type NotAnOption =
  'vocab_size' | 'n_inner' | 'rope_theta' | 'activation' | 'head_dim' | 'tie_word_embeddings';
type CoreName = Exclude<CoreRow['name'], NotAnOption>;

/** In the order in which they are shown. An option of the core takes the rest from CORE_OPTIONS. */
const TABLE = {
  start_from: {
    type: 'choice',
    default: 'nothing',
    choices: ['nothing', 'english'],
    groups: ['model'],
    label: 'Start from',
    help: 'nothing: random weights; english: a model that has read English speeches, novels and scripture, and brings its own shape and tokenizer, best for short texts',
  },
  arch: {
    groups: ['model'],
    label: 'Architecture',
    help: 'how the model is built: gpt2 as in 2019, or qwen3, which learns faster and can generate past its context length',
  },
  tokenizer: {
    type: 'choice',
    default: 'bpe',
    choices: ['byte', 'bpe'],
    groups: ['model'],
    label: 'Tokenizer',
    help: 'what a token is: a single byte, or (bpe) a frequent piece of a word, learned from the text; short texts use bytes unless this is given',
  },
  vocab_size: {
    type: 'int',
    default: 4096,
    min: 257,
    max: 262_144,
    groups: ['model'],
    label: 'Vocabulary',
    help: 'number of different tokens with the tokenizer bpe: the 256 bytes and the pieces learned; short texts use fewer unless this is given',
  },
  n_layer: {
    groups: ['model'],
    label: 'Layers',
    help: 'number of transformer blocks: more can learn more, and each takes the same time again',
  },
  n_head: {
    groups: ['model'],
    label: 'Heads',
    help: 'attention heads in each layer; n_embd must be a multiple of it',
  },
  n_kv_head: {
    groups: ['model'],
    label: 'Key-value heads',
    help: 'heads for keys and values, a divisor of n_head: fewer make the KV cache smaller; 0 means n_head. Only for qwen3',
  },
  n_embd: {
    groups: ['model'],
    label: 'Width',
    help: 'numbers that represent one token inside the model; time grows with its square',
  },
  seq_len: {
    groups: ['model'],
    label: 'Context length',
    help: 'how many tokens the model sees at once',
  },
  embedding_init: {
    groups: ['model'],
    label: 'First embeddings',
    help: 'the vectors of the tokens before the first step: random, or (pairs) alike for tokens that stand beside the same tokens in the text, which learns faster',
  },
  dropout: {
    groups: ['train'],
    label: 'Dropout',
    help: 'share of activations set to zero at random while training, so that the model does not memorize the text; 0.1 for short texts unless given',
  },
  batch_size: {
    groups: ['train'],
    label: 'Batch size',
    help: 'sequences of seq_len tokens that are processed at once',
  },
  grad_accum: {
    groups: ['train'],
    label: 'Gradient accumulation',
    help: 'batches whose gradients are averaged into one step: a larger batch without more memory',
  },
  max_steps: {
    groups: ['train'],
    label: 'Steps',
    help: 'number of updates of the weights; the learning rate falls over all of them',
  },
  lr: {
    groups: ['train'],
    label: 'Learning rate',
    help: 'size of each update after the warm-up; lower it if the loss jumps or becomes NaN',
  },
  min_lr: {
    groups: ['train'],
    label: 'Final learning rate',
    help: 'learning rate at the last step',
  },
  warmup_steps: {
    groups: ['train'],
    label: 'Warm-up steps',
    help: 'steps over which the learning rate rises from zero',
  },
  schedule: {
    groups: ['train'],
    label: 'Schedule',
    help: 'how the learning rate falls: along a cosine, along a straight line, or (wsd) only in the last steps, so that a run can be extended',
  },
  decay_fraction: {
    groups: ['train'],
    label: 'Decay part',
    help: 'with the schedule wsd: share of the steps, at the end, in which the learning rate falls',
  },
  optimizer: {
    groups: ['train'],
    label: 'Optimizer',
    help: 'how gradients become updates; muon makes the updates of the hidden matrices equally strong in every direction, which learns faster, and uses adamw for the other weights',
  },
  muon_lr: {
    groups: ['train'],
    label: 'Learning rate of Muon',
    help: 'with the optimizer muon: learning rate of the hidden matrices; it follows the same schedule',
  },
  softmax_tokens: {
    groups: ['train'],
    label: 'Tokens in the softmax',
    help: 'the output layer of a training step compares this many tokens, drawn anew for each step, not the whole vocabulary; the last fifth of the steps compares all of them; 0: always all',
  },
  weight_decay: {
    groups: ['train'],
    label: 'Weight decay',
    help: 'how strongly each step pulls the weight matrices towards zero (decoupled, as in AdamW)',
  },
  beta1: {
    groups: ['train'],
    label: 'Beta 1',
    help: 'how slowly AdamW forgets the direction of earlier gradients',
  },
  beta2: {
    groups: ['train'],
    label: 'Beta 2',
    help: 'how slowly AdamW forgets the size of earlier gradients',
  },
  grad_clip: {
    groups: ['train'],
    label: 'Gradient clipping',
    help: 'largest norm of the gradient over all weights; longer gradients are shortened to it; 0 switches it off',
  },
  val_fraction: {
    groups: ['train'],
    label: 'Validation part',
    help: 'share of the text, at its end, that is kept for measuring the loss and not trained on; 0 trains on the whole text',
  },
  eval_every: {
    groups: ['train'],
    label: 'Validate every',
    help: 'steps between two measurements of the validation loss; 0 measures only at the end',
  },
  eval_stride: {
    groups: ['train'],
    label: 'Stride of validation',
    help: 'tokens from one window of the validation part to the next; fewer than seq_len give each token more context, as in generation, and take longer; 0: windows side by side',
  },
  eval_batches: {
    groups: ['train'],
    label: 'Validation batches',
    help: 'batches in one measurement, evenly spaced over the validation part; 0 uses the whole part',
  },
  patience: {
    groups: ['train'],
    label: 'Patience',
    help: 'training ends after this many validations without a better loss, and the best weights are restored; 0 never ends early',
  },
  freeze_layers: {
    groups: ['finetune'],
    label: 'Frozen layers',
    help: 'number of first layers that do not change, nor do the embeddings and the output layer tied to them: steps are faster and less is forgotten; 0 trains everything',
  },
  lora_rank: {
    groups: ['finetune'],
    label: 'LoRA rank',
    help: 'train only a low-rank change of each hidden matrix, with adamw; it can be saved as a small adapter; 8 is usual, 0 trains the weights themselves',
  },
  lora_alpha: {
    groups: ['finetune'],
    label: 'LoRA alpha',
    help: 'with a LoRA rank: the change is scaled by alpha/rank',
  },
  temp: {
    groups: ['sample'],
    label: 'Temperature',
    help: 'higher is more surprising, lower is safer; 0 always takes the likeliest token',
  },
  top_k: {
    groups: ['sample'],
    label: 'Top-k',
    help: 'choose only among the k likeliest tokens; 0 switches it off',
  },
  top_p: {
    groups: ['sample'],
    label: 'Top-p',
    help: 'choose only among the likeliest tokens that together reach this probability; 1 switches it off',
  },
  min_p: {
    groups: ['sample'],
    label: 'Min-p',
    help: 'choose only among tokens that are at least this share as likely as the likeliest; 0 switches it off',
  },
  repetition_penalty: {
    groups: ['sample'],
    label: 'Repetition penalty',
    help: 'above 1, tokens that are already in the context become less likely; 1 switches it off',
  },
  max_new_tokens: {
    groups: ['sample'],
    label: 'Length',
    help: 'tokens to generate: bytes, or pieces of words with the tokenizer bpe',
  },
  n: {
    groups: ['sample'],
    label: 'Samples',
    help: 'texts to generate at once, each with its own random numbers; together they take less time than one by one',
  },
  seed: {
    groups: ['train', 'sample'],
    label: 'Seed',
    help: 'start of the random numbers: the same seed, text and options give the same result, bit for bit',
  },
  cache: {
    groups: ['sample'],
    label: 'KV cache',
    help: 'keep the keys and values of earlier tokens instead of computing them again: the same text, much faster',
  },
  int8: {
    groups: ['sample'],
    label: 'int8 weights',
    help: 'round the weights to 8 bits: faster, above all for large models, and almost as precise',
  },
  stop: {
    groups: ['sample'],
    label: 'Stop at',
    help: String.raw`end as soon as one of these texts has been generated; \n stands for a line feed and \\ for a backslash`,
  },
  prompt: {
    type: 'string',
    default: '',
    groups: ['sample'],
    label: 'Prompt',
    help: 'text to continue; empty starts a new line',
  },
  stop_at_step: {
    type: 'int',
    default: 0,
    min: 0,
    max: 100_000_000,
    groups: ['run'],
    label: 'Stop at step',
    help: 'save and stop after this step without changing the schedule, so that the run can be resumed; 0 never stops early',
  },
  sample_every: {
    type: 'int',
    default: 0,
    min: 0,
    max: 100_000_000,
    groups: ['run'],
    label: 'Sample every',
    help: 'steps between two samples of generated text while training; 0 generates none',
  },
  save_every: {
    type: 'interval',
    default: '0',
    groups: ['run'],
    label: 'Save every',
    help: 'steps (100) or time (30s, 10min) between two saves while training; 0 saves at every validation and at least once a minute',
  },
  keep: {
    type: 'int',
    default: 0,
    min: 0,
    max: 100_000,
    groups: ['run'],
    label: 'Older saves',
    help: 'number of older saves to keep beside the model, each named by its step: model.step-400.safetensors',
  },
  threads: {
    type: 'int',
    default: 0,
    min: 0,
    max: 64,
    groups: ['run'],
    label: 'Threads',
    help: 'processor cores to use, in builds with threads; 0 uses as many as are useful. The result does not depend on it',
  },
  variant: {
    type: 'choice',
    default: 'auto',
    choices: [
      'auto',
      'baseline',
      'relaxed',
      'threads',
      'relaxed-threads',
      'threads-wide',
      'relaxed-threads-wide',
    ],
    groups: ['run'],
    label: 'Build',
    help: 'build of the core to run; auto uses relaxed SIMD, threads and wide kernels where they are available',
  },
  reproducible: {
    type: 'bool',
    default: false,
    groups: ['run'],
    label: 'Reproducible',
    help: 'use only builds whose results are the same bits on every machine',
  },
} as const satisfies Record<CoreName, OptionText> &
  Readonly<Record<string, OptionText & Partial<OptionValues>>>;

type Table = typeof TABLE;

export type OptionName = keyof Table;

type ValueOf<R> = R extends { type: 'bool' }
  ? boolean
  : R extends { type: 'int' | 'float' }
    ? number
    : R extends { choices: readonly (infer C)[] }
      ? C
      : R extends { type: 'strings' }
        ? readonly string[]
        : string;

type Described<N extends OptionName> = Table[N] extends OptionValues
  ? Table[N]
  : Extract<CoreRow, { name: N }>;

/** A value for every option of the table. */
export type Options = { [N in OptionName]: ValueOf<Described<N>> };

const CORE_ROWS = new Map<string, OptionValues>(
  Object.values(CORE_OPTIONS).flatMap((rows) => rows.map((row) => [row.name, row] as const)),
);

type NamedSpec = OptionSpec & { readonly name: OptionName };

export const OPTIONS: readonly NamedSpec[] = Object.entries(TABLE).map(
  ([name, row]) => ({ ...('type' in row ? {} : CORE_ROWS.get(name)), ...row, name }) as NamedSpec,
);

const BY_NAME = new Map<string, NamedSpec>(OPTIONS.map((spec) => [spec.name, spec]));

export function isOptionName(name: string): name is OptionName {
  return BY_NAME.has(name);
}

export function optionSpec(name: OptionName): NamedSpec {
  return BY_NAME.get(name)!;
}

/** The rows of one or more groups, each row once, in the table's order. */
export function optionsOf(...groups: OptionGroup[]): readonly NamedSpec[] {
  return OPTIONS.filter((row) => row.groups.some((group) => groups.includes(group)));
}

export function defaults(): Options {
  return Object.fromEntries(OPTIONS.map((row) => [row.name, row.default])) as unknown as Options;
}
