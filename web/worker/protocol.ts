// What the page and the worker say to each other. Requests are calls on WorkerService (Comlink carries them);
// everything that happens over time comes back as WorkerEvents between Comlink's answers, so that an answer never
// overtakes what happened before it.

import type {
  CheckpointInfo,
  Estimate,
  GeneratedPiece,
  LiveSample,
  Options,
  RunEvent,
  SampleOptions,
  TokenPiece,
  VariantChoice,
} from '../engine/index.ts';

/** Which build of the core runs, and why. */
export type EngineInfo = VariantChoice;

export interface StartRequest {
  /** The text as typed, or a file's bytes just as they are. */
  text: string | Uint8Array;
  /** How messages call it. */
  name: string;
  options: Options;
  sample: LiveSample;
}

/**
 * `resume`: go on from the loaded model's checkpoint instead of making a new model; `finetune`: begin a run on any
 * text with the weights of the model at hand.
 */
export type StartMode = 'new' | 'resume' | 'finetune';

export interface Started {
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
  bytes: Uint8Array<ArrayBuffer>;
  step: number;
}

/** A checkpoint's own description; the lists of tensors and merges stay in the worker. */
export type LoadedModel = Omit<CheckpointInfo, 'tensors' | 'merges' | 'kind'> & {
  /** Whether the file was an adapter: this is then the model at hand with it. */
  from_adapter: boolean;
};

export interface WorkerService {
  /** Loads the core from the folder at `base`, unless that is under way. Asked once, before all else. */
  open(base: string): Promise<EngineInfo>;
  /** What training would take, one estimate for each set of options. */
  estimates(list: readonly Options[], corpusBytes: number): Promise<Estimate[]>;
  /** Returns when the first step is about to begin; rejects with a sentence and the old model untouched. */
  start(request: StartRequest, mode: StartMode): Promise<Started>;
  pause(): Promise<void>;
  /** Goes on after pause or stop. */
  resume(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when the text is complete or cancelled; the pieces arrive as events. */
  generate(request: GenerateRequest): Promise<void>;
  cancelGeneration(): Promise<void>;
  /** Opens a model, or merges an adapter into the model at hand. */
  load(file: Uint8Array): Promise<LoadedModel>;
  /** A text cut into the tokens of the model at hand. */
  tokens(text: string): Promise<TokenPiece[]>;
  save(): Promise<SavedModel>;
  /** What LoRA has learnt, apart from the model that it began with. */
  saveAdapter(): Promise<SavedModel>;
}

export type WorkerEvent =
  | { type: 'run'; events: RunEvent[] }
  | { type: 'piece'; id: number; piece: GeneratedPiece }
  /** How much of the vocabulary has been learnt, from 0 to 1, before training begins. */
  | { type: 'learning'; done: number }
  /** The worker cannot go on and must be replaced. */
  | { type: 'crashed'; message: string };

/** An event on its way; Comlink passes over messages without an id. */
export interface WorkerMessage {
  told: WorkerEvent;
}
