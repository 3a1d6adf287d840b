// mini-llm as a library for Node: import { … } from 'mini-llm'. See examples/train-and-generate.mjs.
//
//   const engine = await loadNodeEngine();                        a new core
//   const corpus = makeCorpus(text);                              a text to train on
//   const options = { ...presetOptions('quick', corpus.bytes.length), max_steps: 10 };
//   const run = new Run(engine, await prepareTraining(engine, options, corpus));
//   run.on((event) => …);                                         progress
//   await run.start();                                            trains
//   run.save();                                                   a checkpoint, as bytes
//   for await (const piece of run.generate(sampleOptions(options), 'Once')) …
//   await run.delete();                                           frees the core's memory
//
// A saved model generates with engine.loadModel(bytes) and generateText(engine, model, …). prepareResume continues a
// checkpoint; prepareFinetune trains a saved model on another text.

export { loadNodeEngine } from './node.ts';
export { makeCorpus, readCorpus, type Corpus } from './corpus.ts';
export { OPTIONS, defaults, type OptionName, type Options, type OptionSpec } from './options.ts';
export { OptionError, checked } from './validate.ts';
export { PRESETS, finetuneRates, presetOptions, type PresetName } from './presets.ts';
export { prepareFinetune, prepareResume, prepareTraining, type Prepared } from './prepare.ts';
export { Run, type RunEnd, type RunSettings } from './run.ts';
export type { DoneReason, Progress, RunEvent } from './events.ts';
export { generateText, withPiece, type GeneratedPiece, type GeneratedSample } from './generate.ts';
export { modelConfig, sampleOptions, trainOptions } from './convert.ts';
export type { CheckpointInfo } from './checkpoint-info.ts';
export type { BpeTrainer, Generator, Model, Tokenizer, Trainer } from './core-objects.ts';
export { CoreCrash } from './errors.ts';
export type { Engine } from './engine.ts';
export type { ModelConfig, SampleOptions, TrainOptions } from './generated/core-types.ts';
export {
  ablation,
  attention,
  continuation,
  cutToContext,
  followed,
  lens,
  nextTokens,
  type AblationTable,
  type Attention,
  type Candidate,
  type InspectRequest,
  type LensRow,
  type AblatedPart,
  type NextTokens,
} from './inspect.ts';
export { headText, type HeadKind, type HeadNote } from './heads.ts';
export { tokenizerJson } from './tokenizer-json.ts';
export { EXPORT_FORMATS, type ExportFormat, type ExportFormatName } from './export/formats.ts';
export { importModel, type Imported, type ImportSettings, type ModelPart } from './import/import.ts';
export { exportModel, type Exported, type ExportedFile, type ExportRequest } from './export/export.ts';
export { CopyFinder, type Copied } from './copied.ts';
