// From a text and options, or from a checkpoint, to a trainer that is ready: all refusals happen here, before
// the first step.

import { keyValueHeads, modelConfig, optionsOfCheckpoint, trainOptions } from './convert.ts';
import type { CheckpointInfo } from './core-types.ts';
import { requireLength, type Corpus } from './corpus.ts';
import type { Engine, Trainer } from './engine.ts';
import { requireMemory } from './limits.ts';
import { defaults, optionSpec, type OptionName, type Options } from './options.ts';
import { OptionError, checked } from './validate.ts';

export interface Prepared {
  trainer: Trainer;
  options: Options;
  /** Sentences the user should read before it starts. */
  notes: string[];
  memory_bytes: number;
}

export interface PrepareSettings {
  /** Bytes of memory that may be used, if that is less than the core's own limit. */
  memoryLimit?: number;
}

/** A new model on a text. */
export function prepareTraining(
  engine: Engine,
  values: Options,
  corpus: Corpus,
  { memoryLimit }: PrepareSettings = {},
): Prepared {
  const options = checked(values);
  const config = modelConfig(options);
  const train = trainOptions(options);
  requireLength(corpus, options.seq_len);
  const memory_bytes = requireMemory(engine, config, train, corpus.bytes.length, memoryLimit);
  const trainer = engine.createTrainer(config, train, corpus);
  return { trainer, options, notes: notesOf(trainer), memory_bytes };
}

/** Goes on where a checkpoint left off; `given` are the options that the user asked for this time. */
export function prepareResume(
  engine: Engine,
  checkpoint: Uint8Array,
  given: Partial<Options>,
  corpus: Corpus,
  { memoryLimit }: PrepareSettings = {},
): Prepared {
  const info = engine.checkpointInfo(checkpoint);
  if (!info.has_optimizer || info.options === null)
    throw new OptionError(
      'This file holds the weights alone, without what training needs to go on; resume from a file that "train" has saved.',
    );
  const saved = optionsOfCheckpoint(defaults(), info.config, info.options);
  refuseOtherShape(saved, given);
  const options = checked(saved, given);
  refuseFinished(info, options);
  refuseOtherCorpus(info, corpus);
  requireLength(corpus, options.seq_len);
  const train = trainOptions(options);
  const memory_bytes = requireMemory(engine, info.config, train, corpus.bytes.length, memoryLimit);
  const trainer = engine.resumeTrainer(checkpoint, train, corpus);
  return { trainer, options, notes: notesOf(trainer), memory_bytes };
}

/** What a saved run is made of, so that it cannot go on with another. */
const FIXED: readonly OptionName[] = [
  'arch',
  'n_layer',
  'n_head',
  'n_kv_head',
  'n_embd',
  'seq_len',
  'optimizer',
];

function refuseOtherShape(saved: Options, given: Partial<Options>): void {
  const asked = { ...saved, ...given };
  // The same number of heads may be asked for as 0 or by its name.
  if (keyValueHeads(asked) === keyValueHeads(saved)) asked.n_kv_head = saved.n_kv_head;
  for (const name of FIXED)
    if (asked[name] !== saved[name])
      throw new OptionError(
        `${name} (${optionSpec(name).label.toLowerCase()}) is ${String(saved[name])} in the saved model and cannot become ` +
          `${String(asked[name])}; leave it out, or train a new model.`,
      );
}

function refuseFinished(info: CheckpointInfo, options: Options): void {
  if (info.step >= options.max_steps)
    throw new OptionError(
      `This model has already done ${info.step} steps of ${options.max_steps}; give a larger max_steps to go on.`,
    );
}

function refuseOtherCorpus(info: CheckpointInfo, corpus: Corpus): void {
  if (info.corpus_sha256 === corpus.sha256) return;
  throw new OptionError(
    `${corpus.name} is not the text that this model was trained on (SHA-256 ${short(corpus.sha256)}, ` +
      `the model's is ${short(info.corpus_sha256)}); give that text, or train a new model on this one.`,
  );
}

function short(hash: string): string {
  return `${hash.slice(0, 12)}…`;
}

function notesOf(trainer: Trainer): string[] {
  const notes = trainer.notes();
  return notes === '' ? [] : notes.split('\n');
}
