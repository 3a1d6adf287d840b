// Between the table's values and the structs that the core takes.

import type { CheckpointInfo } from './checkpoint-info.ts';
import {
  CORE_OPTIONS,
  type ModelConfig,
  type SampleOptions,
  type TrainOptions,
} from './generated/core-types.ts';
import { isOptionName, type Options } from './options.ts';

/** Token ids of the byte tokenizer: one for each byte. */
export const BYTE_VOCABULARY = 256;

/** The values of a struct's fields; a field that is no option keeps the core's default. */
function coreStruct(
  rows: readonly { name: string; default: unknown }[],
  o: Options,
): Record<string, unknown> {
  const values = o as Readonly<Record<string, unknown>>;
  return Object.fromEntries(rows.map((row) => [row.name, values[row.name] ?? row.default]));
}

/** Zeros stand for the usual numbers: the core's with_defaults() puts them in. */
export function modelConfig(o: Options): ModelConfig {
  const config = coreStruct(CORE_OPTIONS.ModelConfig, o) as unknown as ModelConfig;
  return o.tokenizer === 'byte' ? { ...config, vocab_size: BYTE_VOCABULARY } : config;
}

export function trainOptions(o: Options): TrainOptions {
  return coreStruct(CORE_OPTIONS.TrainOptions, o) as unknown as TrainOptions;
}

export function sampleOptions(o: Options): SampleOptions {
  return coreStruct(CORE_OPTIONS.SampleOptions, o) as unknown as SampleOptions;
}

/** The options that stand for an existing tokenizer; with "byte" the option vocab_size is ignored. */
export function tokenizerOptions(
  name: Options['tokenizer'],
  vocab_size: number,
): Pick<Options, 'tokenizer'> & Partial<Pick<Options, 'vocab_size'>> {
  return name === 'bpe' ? { tokenizer: name, vocab_size } : { tokenizer: name };
}

/** The options that a model file was trained with, for resuming it or showing it in the controls. */
export function optionsOfCheckpoint(
  base: Options,
  { config, options, tokenizer }: Pick<CheckpointInfo, 'config' | 'options' | 'tokenizer'>,
): Options {
  const known = Object.entries(config).filter(([name]) => isOptionName(name) && name !== 'vocab_size');
  return {
    ...base,
    ...(options ?? {}),
    ...(Object.fromEntries(known) as Partial<Options>),
    ...tokenizerOptions(tokenizer, config.vocab_size),
    n_kv_head: config.n_kv_head === config.n_head ? 0 : config.n_kv_head,
  };
}
