// Makes a trainer from a text and options or from a saved model. Everything that could prevent training is checked here,
// before the first step.

import { counted, formatCount, shortHash } from './format.ts';
import { modelConfig, optionsOfCheckpoint, tokenizerOptions, trainOptions } from './convert.ts';
import type { CheckpointInfo } from './checkpoint-info.ts';
import type { TrainOptions } from './generated/core-types.ts';
import { requireLength, sameText, type Corpus, type SameText } from './corpus.ts';
import type { Tokenizer, Trainer } from './core-objects.ts';
import { readBase, type ReadPageFile } from './base.ts';
import type { Engine } from './engine.ts';
import { learnTokenizer } from './learn-tokenizer.ts';
import { requireMemory } from './limits.ts';
import { weightsSha256 } from './metadata.ts';
import { defaults, optionSpec, optionsOf, type OptionName, type Options } from './options.ts';
import { finetuneRates } from './presets.ts';
import { continuedRecipe, newRecipe, recipeOptions, savedRecipe, type Recipe } from './recipe.ts';
import { runNotes } from './run-notes.ts';
import { OptionError, checked } from './validate.ts';

export interface Prepared {
  trainer: Trainer;
  options: Options;
  /** Sentences for the user to read before training starts. */
  notes: string[];
  memory_bytes: number;
  /** How to repeat the run. */
  recipe: Recipe;
}

export interface PrepareSettings {
  /** Bytes of memory that may be used, if less than the core's own limit. */
  memoryLimit?: number;
}

export interface NewSettings extends PrepareSettings {
  /** Receives the progress of learning the vocabulary, from 0 to 1, if there is one to learn. */
  learning?: (done: number) => void;
  /** Reads the model to start from, if the options name one. */
  read?: ReadPageFile;
}

/** Prepares a new model; with the tokenizer bpe, first learns the vocabulary from the text. */
export async function prepareTraining(
  engine: Engine,
  values: Options,
  corpus: Corpus,
  { memoryLimit, learning, read }: NewSettings = {},
): Promise<Prepared> {
  const asked = fitting(engine, checked(values));
  if (asked.start_from !== 'nothing') {
    if (!read) throw new OptionError(`start_from is ${asked.start_from}, which cannot be read here.`);
    return prepareFromBase(engine, asked, corpus, await readBase(asked.start_from, read), memoryLimit);
  }
  refuseFinetuneOptions(asked);
  const train = trainOptions(asked);
  requireLength(corpus, asked.seq_len);
  const memory_bytes = requireMemory(engine, modelConfig(asked), train, corpus.bytes.length, memoryLimit);
  using tokenizer = await learnTokenizer(engine, asked, corpus, learning);
  const options = { ...asked, ...tokenizerOptions(tokenizer.name(), tokenizer.vocabSize()) };
  const trainer = engine.createTrainer(modelConfig(options), train, corpus, tokenizer);
  const recipe = newRecipe(asked, engine.reproducible, corpus);
  trainer.setRecipe(recipe);
  return {
    trainer,
    options,
    notes: notesBefore(trainer, options, corpus, vocabularyNotes(tokenizer, asked)),
    memory_bytes,
    recipe,
  };
}

/** Prepares a new model with the weights, the shape and the tokenizer of a base. */
function prepareFromBase(
  engine: Engine,
  asked: Options,
  corpus: Corpus,
  base: Uint8Array,
  memoryLimit: number | undefined,
): Prepared {
  const info = engine.checkpointInfo(base);
  const { start_from } = asked;
  const shape = { ...optionsOfCheckpoint(defaults(), { ...info, options: null }), start_from };
  refuseChanges(engine, SHAPE, shape, asked, `the model that it starts from (start_from is ${start_from})`);
  const recipe = newRecipe(asked, engine.reproducible, corpus);
  return prepareFrom(engine, base, asked, corpus, recipe, memoryLimit);
}

/** A sentence if fewer tokens were learned than asked for, because the text is too short or too repetitive. */
function vocabularyNotes(tokenizer: Tokenizer, asked: Options): string[] {
  const found = tokenizer.vocabSize();
  if (asked.tokenizer === 'byte' || found === asked.vocab_size) return [];
  return [
    `No more pairs of tokens occur twice in the text, so its vocabulary has ${found} tokens instead of ${asked.vocab_size}.`,
  ];
}

/** Continues a run from its checkpoint; `given` are the options that the user sets this time. */
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
  const { start_from = 'nothing' } = savedRecipe(info)?.options ?? {};
  const saved = { ...optionsOfCheckpoint(defaults(), info), start_from };
  refuseChanges(engine, [...SHAPE, ...OPTIMIZER_STATE], saved, given);
  const options = fitting(engine, checked(saved, given));
  refuseFinished(info, options);
  const { same, notes } = asTrainedOn(info, corpus);
  const recipe = continuedRecipe(info, saved, options, engine.reproducible, same);
  const prepared = prepareSaved(engine, info, options, same, recipe, memoryLimit, (train) =>
    engine.resumeTrainer(checkpoint, train, same),
  );
  return { ...prepared, notes: [...notes, ...buildNotes(engine, info), ...prepared.notes] };
}

/** Fine-tunes a saved model on another text, from step 0; its shape and tokenizer stay. */
export function prepareFinetune(
  engine: Engine,
  file: Uint8Array,
  given: Partial<Options>,
  corpus: Corpus,
  { memoryLimit }: PrepareSettings = {},
): Prepared {
  const info = engine.checkpointInfo(file);
  const saved = optionsOfCheckpoint(defaults(), { ...info, options: null });
  refuseChanges(engine, SHAPE, saved, given);
  const options = fitting(engine, checked({ ...saved, ...finetuneRates(given) }, given));
  const recipe = newRecipe(options, engine.reproducible, corpus, weightsSha256(file));
  return prepareFrom(engine, file, options, corpus, recipe, memoryLimit);
}

/** Prepares a run that begins with the weights of a model file. */
function prepareFrom(
  engine: Engine,
  file: Uint8Array,
  options: Options,
  corpus: Corpus,
  recipe: Recipe,
  memoryLimit: number | undefined,
): Prepared {
  refuseFreezingAll(options);
  return prepareSaved(engine, engine.checkpointInfo(file), options, corpus, recipe, memoryLimit, (train) =>
    engine.finetuneTrainer(file, train, corpus),
  );
}

/** A sentence if the run goes on in a build with other last bits than before. */
function buildNotes(engine: Engine, info: CheckpointInfo): string[] {
  const recipe = savedRecipe(info);
  if (!recipe || recipeOptions(recipe).reproducible === engine.reproducible) return [];
  const from = `from step ${formatCount(info.step)} on it runs in the ${engine.variant} build`;
  return [
    engine.reproducible
      ? `The run so far used relaxed SIMD; ${from}, so its last bits differ from those of an uninterrupted run.`
      : `The run so far was reproducible; ${from}, whose last bits may differ on other machines.`,
  ];
}

/** Throws OptionError with a sentence for each value that does not fit the others. */
function fitting(engine: Engine, options: Options): Options {
  const mismatches = engine.mismatches(options);
  if (mismatches.length > 0) throw new OptionError(mismatches.join(' '));
  return options;
}

/** Makes the trainer of a saved model after checking the text's length and the memory. */
function prepareSaved(
  engine: Engine,
  { config }: CheckpointInfo,
  options: Options,
  corpus: Corpus,
  recipe: Recipe,
  memoryLimit: number | undefined,
  make: (train: TrainOptions) => Trainer,
): Prepared {
  requireLength(corpus, options.seq_len);
  const train = trainOptions(options);
  const memory_bytes = requireMemory(engine, config, train, corpus.bytes.length, memoryLimit);
  const trainer = make(train);
  trainer.setRecipe(recipe);
  return { trainer, options, notes: notesBefore(trainer, options, corpus), memory_bytes, recipe };
}

function refuseFinetuneOptions({ freeze_layers, lora_rank }: Options): void {
  if (freeze_layers > 0 || lora_rank > 0)
    throw new OptionError(
      'freeze_layers and lora_rank are for a saved model; the frozen weights of a new one would stay random. ' +
        'Leave them out, or name a saved model with --init_from.',
    );
}

function refuseFreezingAll({ freeze_layers, lora_rank, n_layer }: Options): void {
  const most = lora_rank > 0 ? n_layer - 1 : n_layer;
  if (freeze_layers > most)
    throw new OptionError(
      `freeze_layers must be at most ${most} for this model, which has ${counted(n_layer, 'layer')}` +
        `${lora_rank > 0 ? ' and needs one for LoRA' : ''}, not ${freeze_layers}.`,
    );
}

/** The shape and the tokenizer of a saved model cannot change. */
const SHAPE: readonly OptionName[] = optionsOf('model').map(({ name }) => name);

/** These decide what the optimizer's state holds, so they cannot change within a run. */
const OPTIMIZER_STATE: readonly OptionName[] = [
  'optimizer',
  ...optionsOf('finetune').map(({ name }) => name),
];

function refuseChanges(
  engine: Engine,
  fixed: readonly OptionName[],
  saved: Options,
  given: Partial<Options>,
  where = 'the saved model',
): void {
  const asked = { ...saved, ...given };
  const kvHeads = (o: Options): number => engine.withDefaults(modelConfig(o)).n_kv_head;
  // vocab_size is ignored with the byte tokenizer, and n_kv_head may be given as 0 or as a number.
  const matters = (name: OptionName): boolean =>
    name === 'vocab_size'
      ? saved.tokenizer === 'bpe'
      : name !== 'n_kv_head' || kvHeads(asked) !== kvHeads(saved);
  for (const name of fixed.filter(matters))
    if (asked[name] !== saved[name])
      throw new OptionError(
        `${name} (${optionSpec(name).label.toLowerCase()}) is ${String(saved[name])} in ${where} and cannot become ` +
          `${String(asked[name])}; leave it out, or train a new model.`,
      );
}

function refuseFinished({ step }: CheckpointInfo, { max_steps, stop_at_step }: Options): void {
  if (step >= max_steps)
    throw new OptionError(
      `This model has already done ${counted(step, 'step')} of ${max_steps}; give a larger max_steps to go on.`,
    );
  if (stop_at_step > 0 && step >= stop_at_step)
    throw new OptionError(
      `This model has already done ${counted(step, 'step')}, so it cannot stop at step ${stop_at_step} (stop_at_step); choose a later one.`,
    );
}

/** The text with the same bytes as in training: line ends or a byte order mark may differ. */
function asTrainedOn({ corpus_sha256 }: CheckpointInfo, corpus: Corpus): SameText {
  const same = sameText(
    corpus,
    corpus_sha256,
    (how) => `The model was trained on this text ${how}, so training goes on with it that way.`,
  );
  if (same) return same;
  throw new OptionError(
    `${corpus.name} is not the text that this model was trained on (SHA-256 ${shortHash(corpus.sha256)}, ` +
      `the model's is ${shortHash(corpus_sha256)}), and not only its line ends or its encoding differ; give that ` +
      `text, or train a new model on this one.`,
  );
}

/** All notes, without duplicates: the core repeats some of runNotes(). */
function notesBefore(trainer: Trainer, options: Options, corpus: Corpus, more: string[] = []): string[] {
  const ofCore = trainer.notes().split('\n');
  const all = [...corpus.notes, ...runNotes(options, corpus.bytes.length), ...more, ...ofCore];
  return [...new Set(all.filter((note) => note !== ''))];
}
