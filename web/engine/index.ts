// Everything that the page, the worker and the command line use.

export * from './abort.ts';
export * from './convert.ts';
export type * from './core-types.ts';
export * from './corpus.ts';
export * from './encoding.ts';
export { BpeTrainer, Engine, Generator, Model, Tokenizer, Trainer } from './engine.ts';
export { CoreCrash, sentence } from './errors.ts';
export * from './events.ts';
export * from './estimate.ts';
export * from './fit.ts';
export * from './flops.ts';
export * from './generate.ts';
export * from './limits.ts';
export * from './learn-tokenizer.ts';
export * from './load.ts';
export * from './next-turn.ts';
export * from './options.ts';
export * from './prepare.ts';
export * from './presets.ts';
export * from './run.ts';
export * from './run-notes.ts';
export type { LiveSample } from './sampler.ts';
export * from './token-pieces.ts';
export * from './tokenizer-json.ts';
export * from './validate.ts';
export * from './variants.ts';
