// The shape of the compiled core as JavaScript sees it: the contract that cpp/bindings/embind.cpp fulfils.
// Everything here may throw a real Error whose message is a sentence.

export interface ModelConfig {
  arch: string;
  vocab_size: number;
  seq_len: number;
  n_layer: number;
  n_head: number;
  n_embd: number;
  /** Heads of keys and values. */
  n_kv_head: number;
  /** Hidden width of the MLP. */
  n_inner: number;
  /** How slowly the slowest of the rotary positions turns. */
  rope_theta: number;
}

export interface TrainOptions {
  batch_size: number;
  grad_accum: number;
  max_steps: number;
  lr: number;
  min_lr: number;
  warmup_steps: number;
  schedule: 'cosine' | 'linear' | 'wsd';
  decay_fraction: number;
  optimizer: 'adamw' | 'muon';
  muon_lr: number;
  weight_decay: number;
  beta1: number;
  beta2: number;
  grad_clip: number;
  dropout: number;
  val_fraction: number;
  eval_every: number;
  eval_batches: number;
  patience: number;
  seed: number;
  freeze_layers: number;
  lora_rank: number;
  lora_alpha: number;
}

export interface SampleOptions {
  temp: number;
  top_k: number;
  top_p: number;
  min_p: number;
  repetition_penalty: number;
  max_new_tokens: number;
  seed: number;
  cache: boolean;
  int8: boolean;
  stop: readonly string[];
  n: number;
}

/** What one slice of training brought: "none" when the slice ended inside a step. */
export interface TrainEvent {
  kind: 'none' | 'step' | 'eval' | 'done' | 'failed';
  step: number;
  /** The step that the model's weights are of. */
  weights_step: number;
  train_loss: number;
  val_loss: number;
  train_bits_per_byte: number;
  val_bits_per_byte: number;
  lr: number;
  grad_norm: number;
  tokens: number;
  message: string;
}

/** One of the samples that are generated at once: the bytes released since the last slice, all its tokens. */
export interface SampleBytes {
  bytes: Uint8Array;
  tokens: number;
  reason: '' | 'length' | 'stop';
}

/** What one slice of generation brought; `tokens` are those of all samples since the beginning. */
export interface GenerateEvent {
  samples: SampleBytes[];
  tokens: number;
  done: boolean;
}

/** What one operation of the training step has cost since profiling began. */
export interface ProfileRow {
  op: string;
  pass: 'forward' | 'backward' | 'update';
  calls: number;
  seconds: number;
  /** Floating-point operations of matrix products, 0 for the rest. */
  flops: number;
  /** Bytes of the arrays that are read and written, 0 for matrix products. */
  bytes: number;
}

/** What a model file says about itself. */
export interface CheckpointInfo {
  /** Of an adapter, which is no model by itself. */
  kind?: 'lora';
  config: ModelConfig;
  options: TrainOptions | null;
  step: number;
  train_loss: number | null;
  val_loss: number | null;
  /** The validation loss by the bytes that the tokens stand for. */
  val_bits_per_byte: number | null;
  corpus_sha256: string;
  /** Of "bpe" the merges are there too: merge i joins a pair of tokens into token 256 + i. */
  tokenizer: 'byte' | 'bpe';
  merges?: [number, number][];
  max_len: number;
  vocab_size: number;
  n_parameters: number;
  has_optimizer: boolean;
  /** The step with the best validation, with early stopping. */
  best_step?: number;
  /** The run has ended with the weights of best_step, so that it cannot go on. */
  restored_best?: boolean;
  tensors: { name: string; shape: number[] }[];
}

export interface CoreHandle {
  delete(): void;
}

export interface CoreTokenizer extends CoreHandle {
  vocab_size(): number;
  encode(text: Uint8Array): Uint16Array;
  decode(token: number): Uint8Array;
  /** Both tokens of each merge, one pair after the other. */
  merges(): Uint16Array;
}

export interface CoreBpeTrainer extends CoreHandle {
  /** How much is done by then, from 0 to 1. */
  advance(max_ms: number): number;
  tokenizer(): CoreTokenizer;
}

export interface CoreModel extends CoreHandle {
  config(): ModelConfig;
  n_parameters(): number;
  save(): Uint8Array;
  apply_adapter(adapter: Uint8Array): void;
  tokenizer(): CoreTokenizer;
}

export interface CoreTrainer extends CoreHandle {
  advance(max_ms: number): TrainEvent;
  model(): CoreModel;
  /** Proves that the model can generate; why not, in a sentence, and otherwise empty. */
  verify(): string;
  save(): Uint8Array;
  step(): number;
  weights_step(): number;
  has_last_weights(): boolean;
  use_weights(best: boolean): void;
  has_validation(): boolean;
  notes(): string;
  set_profiling(on: boolean): void;
  profile(): ProfileRow[];
}

export interface CoreGenerator extends CoreHandle {
  advance(max_ms: number): GenerateEvent;
}

export interface CoreModule {
  byte_tokenizer(): CoreTokenizer;
  /** Of the corpus it learns from what is not for validation. */
  create_bpe_trainer(corpus: Uint8Array, val_fraction: number, vocab_size: number): CoreBpeTrainer;
  create_trainer(
    config: ModelConfig,
    options: TrainOptions,
    corpus: Uint8Array,
    corpus_sha256: string,
    tokenizer: CoreTokenizer,
  ): CoreTrainer;
  resume_trainer(
    checkpoint: Uint8Array,
    options: TrainOptions,
    corpus: Uint8Array,
    corpus_sha256: string,
  ): CoreTrainer;
  finetune_trainer(
    file: Uint8Array,
    options: TrainOptions,
    corpus: Uint8Array,
    corpus_sha256: string,
  ): CoreTrainer;
  save_adapter(checkpoint: Uint8Array): Uint8Array;
  load_model(file: Uint8Array): CoreModel;
  create_generator(model: CoreModel, options: SampleOptions, prompt: Uint8Array): CoreGenerator;
  checkpoint_info(file: Uint8Array): string;
  count_parameters(config: ModelConfig): number;
  estimate_memory(config: ModelConfig, options: TrainOptions, corpus_bytes: number): number;
  gemm_peak(ms: number): number;
  heap_bytes(): number;
  set_threads(n: number): void;
  threads(): number;
  set_active_threads(n: number): void;
  active_threads(): number;
  variant(): string;
  /** Emscripten's own, in builds with threads. */
  PThread?: { terminateAllThreads(): void };
}
