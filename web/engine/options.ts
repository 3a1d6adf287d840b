// The one table of options. The page's controls, the command line's flags and help, share links and every
// validation message are made from it, so that a name means the same thing everywhere.

export type OptionType = 'int' | 'float' | 'bool' | 'string' | 'strings' | 'choice';

/**
 * model: the shape · train: the optimiser and the data · finetune: what of a saved model to train · sample:
 * generation · run: how it is carried out.
 */
export type OptionGroup = 'model' | 'train' | 'finetune' | 'sample' | 'run';

export interface OptionSpec {
  readonly name: string;
  readonly type: OptionType;
  readonly default: number | boolean | string | readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
  readonly groups: readonly [OptionGroup, ...OptionGroup[]];
  /** For the page: a few words above the control. */
  readonly label: string;
  /** For both: one sentence, readable by somebody who has never trained a model. */
  readonly help: string;
}

const TABLE = [
  {
    name: 'arch',
    type: 'choice',
    default: 'qwen3',
    choices: ['gpt2', 'qwen3'],
    groups: ['model'],
    label: 'Architecture',
    help: 'how the model is built: gpt2 as in 2019, or qwen3, which learns faster and writes on without end',
  },
  {
    name: 'tokenizer',
    type: 'choice',
    default: 'bpe',
    choices: ['byte', 'bpe'],
    groups: ['model'],
    label: 'Tokenizer',
    help: 'what the model reads and writes: single bytes, or (bpe) frequent pieces of words learnt from the text; for a short text, unless given, bytes',
  },
  {
    name: 'vocab_size',
    type: 'int',
    default: 4096,
    min: 257,
    max: 32_768,
    groups: ['model'],
    label: 'Vocabulary',
    help: 'with the tokenizer bpe, how many different tokens there are: the 256 bytes and what is learnt; unless given, fewer for a short text',
  },
  {
    name: 'n_layer',
    type: 'int',
    default: 2,
    min: 1,
    max: 64,
    groups: ['model'],
    label: 'Layers',
    help: 'transformer blocks stacked on each other: more can learn more, and each costs the same time again',
  },
  {
    name: 'n_head',
    type: 'int',
    default: 2,
    min: 1,
    max: 64,
    groups: ['model'],
    label: 'Heads',
    help: 'attention heads in each layer; n_embd must be a multiple of it',
  },
  {
    name: 'n_kv_head',
    type: 'int',
    default: 0,
    min: 0,
    max: 64,
    groups: ['model'],
    label: 'Key-value heads',
    help: 'heads that keys and values have, a divisor of n_head: fewer make the KV cache smaller; 0 for n_head. Only with qwen3',
  },
  {
    name: 'n_embd',
    type: 'int',
    default: 64,
    min: 2,
    max: 4096,
    groups: ['model'],
    label: 'Width',
    help: 'numbers that stand for one token inside the model; time grows with its square',
  },
  {
    name: 'seq_len',
    type: 'int',
    default: 64,
    min: 2,
    max: 8192,
    groups: ['model'],
    label: 'Context',
    help: 'tokens that the model can look back on',
  },
  {
    name: 'dropout',
    type: 'float',
    default: 0,
    min: 0,
    max: 0.9,
    groups: ['train'],
    label: 'Dropout',
    help: 'share of activations switched off at random while training, against learning a text by heart; for a short one 0.1 unless given',
  },
  {
    name: 'batch_size',
    type: 'int',
    default: 12,
    min: 1,
    max: 4096,
    groups: ['train'],
    label: 'Batch size',
    help: 'pieces of text, each seq_len long, looked at in one pass',
  },
  {
    name: 'grad_accum',
    type: 'int',
    default: 1,
    min: 1,
    max: 1024,
    groups: ['train'],
    label: 'Gradient accumulation',
    help: 'passes added up to one step: a larger batch without more memory',
  },
  {
    name: 'max_steps',
    type: 'int',
    default: 800,
    min: 1,
    max: 10_000_000,
    groups: ['train'],
    label: 'Steps',
    help: 'updates of the weights; the learning rate falls over all of them',
  },
  {
    name: 'lr',
    type: 'float',
    default: 0.02,
    min: 0,
    max: 1000,
    groups: ['train'],
    label: 'Learning rate',
    help: 'size of each update after the warm-up; lower it if the loss jumps or becomes NaN',
  },
  {
    name: 'min_lr',
    type: 'float',
    default: 0,
    min: 0,
    max: 1000,
    groups: ['train'],
    label: 'Final learning rate',
    help: 'what the learning rate has fallen to at the last step',
  },
  {
    name: 'warmup_steps',
    type: 'int',
    default: 10,
    min: 0,
    max: 10_000_000,
    groups: ['train'],
    label: 'Warm-up steps',
    help: 'steps over which the learning rate rises from zero',
  },
  {
    name: 'schedule',
    type: 'choice',
    default: 'linear',
    choices: ['cosine', 'linear', 'wsd'],
    groups: ['train'],
    label: 'Schedule',
    help: 'how the learning rate falls: along a cosine, in a line, or (wsd) not at all until the last steps, so that a run can be extended',
  },
  {
    name: 'decay_fraction',
    type: 'float',
    default: 0.2,
    min: 0,
    max: 1,
    groups: ['train'],
    label: 'Decay part',
    help: 'with the schedule wsd: the last share of the steps, in which the learning rate falls',
  },
  {
    name: 'optimizer',
    type: 'choice',
    default: 'muon',
    choices: ['adamw', 'muon'],
    groups: ['train'],
    label: 'Optimiser',
    help: 'what turns gradients into updates; muon gives the matrices between the layers updates that are equally strong in every direction, which learns faster, and leaves the rest to adamw',
  },
  {
    name: 'muon_lr',
    type: 'float',
    default: 0.015,
    min: 0,
    max: 1000,
    groups: ['train'],
    label: 'Learning rate of Muon',
    help: 'with the optimiser muon: size of its updates; it rises and falls as the learning rate does',
  },
  {
    name: 'weight_decay',
    type: 'float',
    default: 0.1,
    min: 0,
    max: 100,
    groups: ['train'],
    label: 'Weight decay',
    help: 'pull of the weight matrices towards zero (AdamW, decoupled)',
  },
  {
    name: 'beta1',
    type: 'float',
    default: 0.9,
    min: 0,
    max: 0.99999,
    groups: ['train'],
    label: 'Beta 1',
    help: 'how slowly AdamW forgets the direction of earlier gradients',
  },
  {
    name: 'beta2',
    type: 'float',
    default: 0.99,
    min: 0,
    max: 0.99999,
    groups: ['train'],
    label: 'Beta 2',
    help: 'how slowly AdamW forgets the size of earlier gradients',
  },
  {
    name: 'grad_clip',
    type: 'float',
    default: 1,
    min: 0,
    max: 1_000_000,
    groups: ['train'],
    label: 'Gradient clipping',
    help: 'longest gradient (its norm over all weights) that is let through unshortened; 0 switches it off',
  },
  {
    name: 'val_fraction',
    type: 'float',
    default: 0.1,
    min: 0,
    max: 0.9,
    groups: ['train'],
    label: 'Validation part',
    help: 'share of the text, from its end, that is not trained on and serves to measure; 0 trains on all of it',
  },
  {
    name: 'eval_every',
    type: 'int',
    default: 50,
    min: 0,
    max: 10_000_000,
    groups: ['train'],
    label: 'Validate every',
    help: 'steps between two measurements of the validation loss; 0 measures only at the end',
  },
  {
    name: 'eval_batches',
    type: 'int',
    default: 20,
    min: 0,
    max: 1_000_000,
    groups: ['train'],
    label: 'Validation batches',
    help: 'batches, evenly spaced over the validation part, in one measurement; 0 takes the whole of it',
  },
  {
    name: 'patience',
    type: 'int',
    default: 5,
    min: 0,
    max: 1_000_000,
    groups: ['train'],
    label: 'Patience',
    help: 'validations without a better loss after which training ends, with the weights that did best; 0 never ends early',
  },
  {
    name: 'seed',
    type: 'int',
    default: 1337,
    min: 0,
    max: 4_294_967_295,
    groups: ['train', 'sample'],
    label: 'Seed',
    help: 'start of the random numbers: the same seed, text and options give the same result, bit for bit',
  },
  {
    name: 'freeze_layers',
    type: 'int',
    default: 0,
    min: 0,
    max: 64,
    groups: ['finetune'],
    label: 'Frozen layers',
    help: 'how many of the first layers stay as they are, and with them the embeddings, to which the output is tied: steps are faster and less is forgotten; 0 trains everything',
  },
  {
    name: 'lora_rank',
    type: 'int',
    default: 0,
    min: 0,
    max: 256,
    groups: ['finetune'],
    label: 'LoRA rank',
    help: 'learn, with adamw, only a low-rank change of each matrix between the layers, which can be saved apart as a small adapter; 8 is usual, 0 trains the weights themselves',
  },
  {
    name: 'lora_alpha',
    type: 'float',
    default: 16,
    min: 0.01,
    max: 10_000,
    groups: ['finetune'],
    label: 'LoRA alpha',
    help: 'with a LoRA rank: how strongly the change counts, which is alpha/rank times',
  },
  {
    name: 'temp',
    type: 'float',
    default: 0.8,
    min: 0,
    max: 100,
    groups: ['sample'],
    label: 'Temperature',
    help: 'how daring the choice of the next token is; 0 always takes the likeliest',
  },
  {
    name: 'top_k',
    type: 'int',
    default: 40,
    min: 0,
    max: 1_000_000,
    groups: ['sample'],
    label: 'Top-k',
    help: 'choose among the k likeliest tokens only; 0 switches it off',
  },
  {
    name: 'top_p',
    type: 'float',
    default: 1,
    min: 0,
    max: 1,
    groups: ['sample'],
    label: 'Top-p',
    help: 'choose among the likeliest tokens that together reach this probability; 1 switches it off',
  },
  {
    name: 'min_p',
    type: 'float',
    default: 0,
    min: 0,
    max: 1,
    groups: ['sample'],
    label: 'Min-p',
    help: 'choose among tokens that are at least this share as likely as the likeliest; 0 switches it off',
  },
  {
    name: 'repetition_penalty',
    type: 'float',
    default: 1,
    min: 0.1,
    max: 10,
    groups: ['sample'],
    label: 'Repetition penalty',
    help: 'above 1 makes tokens that the model has in view already less likely to come again; 1 switches it off',
  },
  {
    name: 'max_new_tokens',
    type: 'int',
    default: 300,
    min: 0,
    max: 10_000_000,
    groups: ['sample'],
    label: 'Length',
    help: 'tokens to generate (bytes, or pieces of words with the tokenizer bpe)',
  },
  {
    name: 'n',
    type: 'int',
    default: 1,
    min: 1,
    max: 64,
    groups: ['sample'],
    label: 'Samples',
    help: 'texts to generate at once, each with random numbers of its own; together they take less time than one by one',
  },
  {
    name: 'cache',
    type: 'bool',
    default: true,
    groups: ['sample'],
    label: 'KV cache',
    help: 'keep the keys and values of earlier tokens instead of computing them again: same text, much faster',
  },
  {
    name: 'int8',
    type: 'bool',
    default: false,
    groups: ['sample'],
    label: 'int8 weights',
    help: 'compute with weights rounded to 8 bits: faster, above all with large models, and hardly less precise',
  },
  {
    name: 'stop',
    type: 'strings',
    default: [],
    groups: ['sample'],
    label: 'Stop at',
    help: String.raw`end as soon as one of these texts has been generated; in them \n is a line feed and \\ a backslash`,
  },
  {
    name: 'prompt',
    type: 'string',
    default: '',
    groups: ['sample'],
    label: 'Prompt',
    help: 'text to continue; empty starts a new line',
  },
  {
    name: 'stop_at',
    type: 'int',
    default: 0,
    min: 0,
    max: 10_000_000,
    groups: ['run'],
    label: 'Stop at step',
    help: 'save and leave after this step without changing the schedule, to be resumed later; 0 for never',
  },
  {
    name: 'sample_every',
    type: 'int',
    default: 0,
    min: 0,
    max: 10_000_000,
    groups: ['run'],
    label: 'Sample every',
    help: 'steps between two samples of generated text while training; 0 for none',
  },
  {
    name: 'save_every',
    type: 'int',
    default: 0,
    min: 0,
    max: 10_000_000,
    groups: ['run'],
    label: 'Save every',
    help: 'steps between two saves while training; 0 saves at every validation and at least once a minute',
  },
  {
    name: 'threads',
    type: 'int',
    default: 0,
    min: 0,
    max: 64,
    groups: ['run'],
    label: 'Threads',
    help: 'processor cores to use, where the build can; 0 for as many as are useful. The result does not depend on it',
  },
  {
    name: 'variant',
    type: 'choice',
    default: 'auto',
    choices: ['auto', 'baseline', 'relaxed', 'threads', 'relaxed-threads'],
    groups: ['run'],
    label: 'Build',
    help: 'build of the core to run; auto takes relaxed SIMD and threads where they run',
  },
  {
    name: 'reproducible',
    type: 'bool',
    default: false,
    groups: ['run'],
    label: 'Reproducible',
    help: 'use only builds whose results are the same bits on every machine',
  },
] as const satisfies readonly OptionSpec[];

type Row = (typeof TABLE)[number];
type ValueOf<R> = R extends { type: 'bool' }
  ? boolean
  : R extends { type: 'int' | 'float' }
    ? number
    : R extends { choices: readonly (infer C)[] }
      ? C
      : R extends { type: 'strings' }
        ? readonly string[]
        : string;

export type OptionName = Row['name'];

/** A value for every option of the table. */
export type Options = { [R in Row as R['name']]: ValueOf<R> };

export const OPTIONS: readonly (OptionSpec & { readonly name: OptionName })[] = TABLE;

const BY_NAME = new Map<string, OptionSpec>(TABLE.map((row) => [row.name, row]));

export function isOptionName(name: string): name is OptionName {
  return BY_NAME.has(name);
}

export function optionSpec(name: OptionName): OptionSpec {
  return BY_NAME.get(name) as OptionSpec;
}

/** The rows of one or more groups, each row once, in the table's order. */
export function optionsOf(...groups: OptionGroup[]): readonly (OptionSpec & { readonly name: OptionName })[] {
  return OPTIONS.filter((row) => row.groups.some((group) => groups.includes(group)));
}

export function defaults(): Options {
  return Object.fromEntries(TABLE.map((row) => [row.name, row.default])) as unknown as Options;
}
