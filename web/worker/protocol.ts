// The protocol between the page and the worker. Requests are calls of WorkerService by Comlink. Replies and WorkerEvents come
// back through the same port, in the order in which they were sent, so nothing overtakes anything. Both name the model that
// they are about by its id.

import type { CheckpointInfo } from '../engine/checkpoint-info.ts';
import type { RacePart } from '../engine/cache-race.ts';
import type { Copied } from '../engine/copied.ts';
import type { EmbeddingMap, Neighbor } from '../engine/embeddings.ts';
import type { Estimate } from '../engine/estimate.ts';
import type { ExportRequest as ExportModelRequest } from '../engine/export/export.ts';
import type { RunEvent } from '../engine/events.ts';
import type { GeneratedPiece } from '../engine/generate.ts';
import type { ModelConfig, SampleOptions } from '../engine/generated/core-types.ts';
import type { AblationTable, Attention, InspectRequest, LensRow, NextTokens } from '../engine/inspect.ts';
import type { LiveSample } from '../engine/live-sample.ts';
import type { Options } from '../engine/options.ts';
import type { SplitText } from '../engine/merge-steps.ts';
import type { StepProfile } from '../engine/profile.ts';
import type { Recipe } from '../engine/recipe.ts';
import type { RunRecord } from '../engine/run-record.ts';
import type { ModelStructure } from '../engine/structure.ts';
import type { TokenPiece } from '../engine/token-pieces.ts';
import type { VariantChoice } from '../engine/variants.ts';
import type { TextInfo } from './storage/protocol.ts';

/** A run's place in the library. */
export interface Place {
  id: string;
  text: TextInfo;
}

/** Which build of the core runs, and why. */
export type EngineInfo = VariantChoice;

export interface StartRequest {
  /** The typed text, or a file's bytes. */
  text: string | Uint8Array;
  /** The text's name in messages. */
  name: string;
  options: Options;
  /** To resume: the options that differ from those of the run so far. */
  changed: Partial<Options>;
  sample: LiveSample;
  /** Where the run is saved. */
  place: Place;
  /** To resume: what has been recorded of the run so far. */
  record: RunRecord | undefined;
}

/**
 * `resume` continues the current run or checkpoint, also past its end; `finetune` begins a run on any text with the weights
 * of the current model.
 */
export type StartMode = 'new' | 'resume' | 'finetune';

export interface Started {
  /** The id of the run's model, which all its events carry. */
  model: number;
  mode: StartMode;
  max_steps: number;
  seq_len: number;
  /** The step it starts from: above 0 when resumed. */
  step: number;
  has_validation: boolean;
  /** Whether it trains an adapter, which can be saved separately. */
  has_adapter: boolean;
  /** How to repeat the run. */
  recipe: Recipe;
  /** May differ from the one before, because the options choose the build. */
  engine: EngineInfo;
}

/** A file and its path in the dropped folder. */
export interface PathFile {
  readonly path: string;
  readonly file: File;
}

export interface GenerateRequest {
  id: number;
  options: SampleOptions;
  prompt: string;
}

export interface RaceRequest {
  options: SampleOptions;
  prompt: string;
}

/** The run whose steps are measured. */
export type ProfileRequest = Pick<StartRequest, 'text' | 'name' | 'options'>;

/** Receives the parts of a race, wrapped by Comlink's proxy(); the worker waits when it is behind. */
export type RaceListener = (part: RacePart) => Promise<void>;

export interface SavedModel {
  model: number;
  bytes: Uint8Array<ArrayBuffer>;
  /** The step of its weights. */
  step: number;
}

export type ExportRequest = Omit<ExportModelRequest, 'name' | 'viewer'>;

/** A file to download. */
export interface Download {
  name: string;
  content: Blob;
}

/** The description of a model file, without the lists of tensors and merges. */
export type LoadedModel = Omit<CheckpointInfo, 'tensors' | 'merges' | 'kind'> & {
  model: number;
  /** Whether the file was an adapter, which was merged into the current model. */
  from_adapter: boolean;
  /** Sentences about a model of another program. */
  notes?: string[];
};

/** The weights of a run that has ended: those with the best validation loss, or those of its last step. */
export type Weights = 'best' | 'last';

/** start, load and useWeights change the current model; they fail while another of them or a run is under way. */
export interface WorkerService {
  /** Loads the core from the folder at `base`. Called once, before all other calls. */
  open(base: string): Promise<EngineInfo>;
  /** Saves runs in the library at the other end of this port. */
  attach(library: MessagePort): Promise<void>;
  /** Sentences about values that do not fit each other; each must be allowed by itself. */
  mismatches(options: Options): Promise<string[]>;
  /** Estimates memory and time of training, for each set of options. */
  estimates(list: readonly Options[], corpusBytes: number): Promise<Estimate[]>;
  /** Posts "started" before the first step; if it rejects, with a sentence, the old model is unchanged. */
  start(request: StartRequest, mode: StartMode): Promise<void>;
  pause(model: number): Promise<void>;
  /** Continues after pause. */
  unpause(model: number): Promise<void>;
  stop(model: number): Promise<void>;
  /** Saves the run in training, because the page may be closed soon. */
  keep(): Promise<void>;
  /** Resolves when the text is complete or canceled; the pieces arrive as events. */
  generate(request: GenerateRequest): Promise<void>;
  /** Tells that the page has drawn `pieces` pieces of a generation; the worker waits for it before it sends many more. */
  shown(id: number, pieces: number): Promise<void>;
  cancelGeneration(): Promise<void>;
  /**
   * Opens a model, or merges an adapter into the current model. Training goes on from `checkpoint`, if the file does not hold
   * the weights of the last step.
   */
  load(file: Uint8Array, checkpoint?: Uint8Array): Promise<LoadedModel>;
  /** Opens a model of another program: its folder's files, or a ZIP archive of them. */
  importModel(files: readonly PathFile[]): Promise<LoadedModel>;
  /** Chooses the weights that generate and are saved. */
  useWeights(weights: Weights): Promise<void>;
  /** Cuts a text into tokens of the current model. */
  tokens(text: string): Promise<TokenPiece[]>;
  // Looking inside the current model, also during training: see engine/inspect.ts.
  nextTokens(request: InspectRequest, options: SampleOptions, count: number): Promise<NextTokens>;
  followed(request: InspectRequest): Promise<(number | undefined)[]>;
  attention(request: InspectRequest): Promise<Attention>;
  lens(request: InspectRequest, count: number): Promise<LensRow[]>;
  ablation(request: InspectRequest): Promise<AblationTable>;
  continuation(request: InspectRequest, count: number): Promise<string>;
  /** A map of the `most` tokens that are most frequent in a text. */
  embeddings(text: string, most: number): Promise<EmbeddingMap>;
  /** The tokens of `among` that are nearest to one of them. */
  neighbors(id: number, among: readonly number[], count: number): Promise<Neighbor[]>;
  /** The parts of a model of this shape. */
  structure(config: ModelConfig): Promise<ModelStructure>;
  /** Trains a new model for about a second and forgets it; refused during training. */
  profileStep(request: ProfileRequest): Promise<StepProfile>;
  /** A text's tokens, and the merges that make them. */
  splitText(text: string): Promise<SplitText>;
  /** Generates with the KV cache and without it; cancelGeneration ends it. */
  cacheRace(request: RaceRequest, take: RaceListener): Promise<void>;
  /** What a text repeats of the training text; undefined for a model from a file, whose text is not known. */
  copied(text: string): Promise<Copied | undefined>;
  save(): Promise<SavedModel>;
  /** The adapter that LoRA has trained. */
  saveAdapter(): Promise<SavedModel>;
  /** The current model in another format; a folder as a ZIP archive. */
  exportModel(request: ExportRequest): Promise<Download>;
  /** After an error, before the worker is ended: the newest weights that are left. */
  rescue(): Promise<SavedModel | undefined>;
}

/** What generation needs of a worker. */
export type GenerationService = Pick<WorkerService, 'generate' | 'shown' | 'cancelGeneration' | 'tokens'>;

/** What looking inside needs of a worker. */
export type InspectionService = Pick<
  WorkerService,
  | 'tokens'
  | 'nextTokens'
  | 'followed'
  | 'attention'
  | 'lens'
  | 'ablation'
  | 'continuation'
  | 'embeddings'
  | 'neighbors'
  | 'structure'
  | 'profileStep'
  | 'splitText'
  | 'cacheRace'
  | 'cancelGeneration'
>;

export type SaveReport = { saved: true; step: number } | { saved: false; message: string };

export type WorkerEvent =
  | ({ type: 'started' } & Started)
  | { type: 'run'; model: number; events: RunEvent[] }
  /** The run was saved in the library, or could not be. */
  | ({ type: 'save'; model: number } & SaveReport)
  | { type: 'piece'; id: number; piece: GeneratedPiece }
  /** Progress of learning the vocabulary, from 0 to 1, before training begins. */
  | { type: 'learning'; done: number }
  /** The worker cannot go on and must be replaced. */
  | { type: 'crashed'; message: string };

/** The message that carries an event; Comlink ignores messages without an id. */
export interface WorkerMessage {
  event: WorkerEvent;
}
