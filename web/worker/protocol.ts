// What the page and the worker say to each other. Requests are calls on WorkerService (Comlink carries them);
// everything that happens over time comes back as WorkerEvents between Comlink's answers, so that an answer never
// overtakes what happened before it. Both carry the number of the model that they are about.

import type { CheckpointInfo } from '../engine/checkpoint-info.ts';
import type { Estimate } from '../engine/estimate.ts';
import type { RunEvent } from '../engine/events.ts';
import type { GeneratedPiece } from '../engine/generate.ts';
import type { SampleOptions } from '../engine/generated/core-types.ts';
import type { LiveSample } from '../engine/live-sample.ts';
import type { Options } from '../engine/options.ts';
import type { TokenPiece } from '../engine/token-pieces.ts';
import type { VariantChoice } from '../engine/variants.ts';

/** Which build of the core runs, and why. */
export type EngineInfo = VariantChoice;

export interface StartRequest {
  /** The text as typed, or a file's bytes just as they are. */
  text: string | Uint8Array;
  /** How messages call it. */
  name: string;
  options: Options;
  /** To resume: the options that are to be other than those the run had before. */
  changed: Partial<Options>;
  sample: LiveSample;
}

/**
 * `resume`: go on with the run or checkpoint at hand, also past its end, instead of making a new model; `finetune`:
 * begin a run on any text with the weights of the model at hand.
 */
export type StartMode = 'new' | 'resume' | 'finetune';

export interface Started {
  /** The run's model, which all its events carry. */
  model: number;
  mode: StartMode;
  max_steps: number;
  seq_len: number;
  /** Where it starts from: above 0 when resumed. */
  step: number;
  has_validation: boolean;
  /** Whether it learns an adapter, which can be saved apart. */
  has_adapter: boolean;
  /** Which may be another one than before: the options name the build. */
  engine: EngineInfo;
}

export interface GenerateRequest {
  id: number;
  options: SampleOptions;
  prompt: string;
}

export interface SavedModel {
  model: number;
  bytes: Uint8Array<ArrayBuffer>;
  /** Of the weights in it. */
  step: number;
}

/** A checkpoint's own description; the lists of tensors and merges stay in the worker. */
export type LoadedModel = Omit<CheckpointInfo, 'tensors' | 'merges' | 'kind'> & {
  model: number;
  /** Whether the file was an adapter: this is then the model at hand with it. */
  from_adapter: boolean;
};

/** Which weights a run that has ended holds: those that validated best, or those of its last step. */
export type Weights = 'best' | 'last';

/** What changes the model at hand (start, load, useWeights) is refused while another such call or a run is under way. */
export interface WorkerService {
  /** Loads the core from the folder at `base`, unless that is under way. Asked once, before all else. */
  open(base: string): Promise<EngineInfo>;
  /** Sentences about values that do not fit each other; each must be allowed by itself. */
  mismatches(options: Options): Promise<string[]>;
  /** What training would take, one estimate for each set of options. */
  estimates(list: readonly Options[], corpusBytes: number): Promise<Estimate[]>;
  /** Posts "started" before the first step; rejects with a sentence and the old model untouched. */
  start(request: StartRequest, mode: StartMode): Promise<void>;
  pause(model: number): Promise<void>;
  /** Goes on after pause. */
  unpause(model: number): Promise<void>;
  stop(model: number): Promise<void>;
  /** Resolves when the text is complete or cancelled; the pieces arrive as events. */
  generate(request: GenerateRequest): Promise<void>;
  /** The page has drawn so many pieces of a generation; further ones come only then. */
  shown(id: number, pieces: number): Promise<void>;
  cancelGeneration(): Promise<void>;
  /** Opens a model, or merges an adapter into the model at hand. */
  load(file: Uint8Array): Promise<LoadedModel>;
  /** Swaps the weights that generate and are saved. */
  useWeights(weights: Weights): Promise<void>;
  /** A text cut into the tokens of the model at hand. */
  tokens(text: string): Promise<TokenPiece[]>;
  save(): Promise<SavedModel>;
  /** What LoRA has learnt, apart from the model that it began with. */
  saveAdapter(): Promise<SavedModel>;
  /** After something broke, before this worker is given up: the newest weights that can still be had. */
  rescue(): Promise<SavedModel | undefined>;
}

export type WorkerEvent =
  | ({ type: 'started' } & Started)
  | { type: 'run'; model: number; events: RunEvent[] }
  | { type: 'piece'; id: number; piece: GeneratedPiece }
  /** How much of the vocabulary has been learnt, from 0 to 1, before training begins. */
  | { type: 'learning'; done: number }
  /** The worker cannot go on and must be replaced. */
  | { type: 'crashed'; message: string };

/** An event on its way; Comlink passes over messages without an id. */
export interface WorkerMessage {
  told: WorkerEvent;
}
