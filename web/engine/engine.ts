// The typed interface of the WASM core: makes models, trainers and generators and turns the core's failures into Errors.

import type { CheckpointInfo } from './checkpoint-info.ts';
import { modelConfig, sampleOptions, trainOptions } from './convert.ts';
import {
  BpeTrainer,
  Generator,
  Model,
  SuffixIndex,
  Tokenizer,
  Trainer,
  bytesOf,
  owned,
  type WhichWeights,
} from './core-objects.ts';
import type { Corpus } from './corpus.ts';
import { Guard, sentence } from './errors.ts';
import type { CoreModule, ModelConfig, SampleOptions, TrainOptions } from './generated/core-types.ts';
import type { Options } from './options.ts';
import { needs, type Variant, type VariantChoice } from './variants.ts';

export class Engine {
  readonly choice: VariantChoice;
  readonly #core: CoreModule;
  readonly #guard = new Guard();

  constructor(core: CoreModule, choice: VariantChoice) {
    this.#core = core;
    this.choice = choice;
    if (choice.threads > 1) this.#guard.call(() => core.set_threads(choice.threads));
  }

  get variant(): Variant {
    return this.choice.variant;
  }

  /** Whether its results are the same bits on every machine. */
  get reproducible(): boolean {
    return !needs(this.variant, 'relaxed');
  }

  /** The variant that the core was built as; another one than `variant` means that files are mixed up. */
  coreVariant(): string {
    return this.#guard.call(() => this.#core.variant());
  }

  get threads(): number {
    return this.#guard.call(() => this.#core.threads());
  }

  byteTokenizer(): Tokenizer {
    return new Tokenizer(
      this.#guard.call(() => this.#core.byte_tokenizer()),
      this.#guard,
    );
  }

  /** Indexes a text for finding what other texts repeat of it; about 10 bytes of memory for each of its bytes. */
  createSuffixIndex(text: Uint8Array): SuffixIndex {
    return new SuffixIndex(
      this.#guard.call(() => this.#core.create_suffix_index(text)),
      this.#guard,
    );
  }

  /** Learns vocab_size tokens from the part of the corpus that is not kept for validation. */
  createBpeTrainer(corpus: Corpus, val_fraction: number, vocab_size: number): BpeTrainer {
    return new BpeTrainer(
      this.#guard.call(() => this.#core.create_bpe_trainer(corpus.bytes, val_fraction, vocab_size)),
      this.#guard,
    );
  }

  /** Uses the byte tokenizer unless one is given, whose vocabulary then is the model's. */
  createTrainer(
    config: ModelConfig,
    options: TrainOptions,
    { bytes, sha256 }: Corpus,
    tokenizer?: Tokenizer,
  ): Trainer {
    using ofBytes = this.byteTokenizer();
    const { handle } = tokenizer ?? ofBytes;
    return new Trainer(
      this.#guard.call(() => this.#core.create_trainer(config, options, bytes, sha256, handle)),
      this.#guard,
    );
  }

  /** Continues a checkpoint; the model's shape is the checkpoint's. */
  resumeTrainer(checkpoint: Uint8Array, options: TrainOptions, corpus: Corpus): Trainer {
    return new Trainer(
      this.#guard.call(() => this.#core.resume_trainer(checkpoint, options, corpus.bytes, corpus.sha256)),
      this.#guard,
    );
  }

  /** Starts a new run on any text with the weights, the shape and the tokenizer of a saved model. */
  finetuneTrainer(file: Uint8Array, options: TrainOptions, corpus: Corpus): Trainer {
    return new Trainer(
      this.#guard.call(() => this.#core.finetune_trainer(file, options, corpus.bytes, corpus.sha256)),
      this.#guard,
    );
  }

  /** Extracts the adapter from the checkpoint of a LoRA run. */
  saveAdapter(checkpoint: Uint8Array): Uint8Array<ArrayBuffer> {
    return this.#guard.call(() => owned(this.#core.save_adapter(checkpoint)));
  }

  /** Loads the weights that the file generates with, or others if it holds them. */
  loadModel(file: Uint8Array, weights?: WhichWeights): Model {
    return new Model(
      this.#guard.call(() => this.#core.load_model(file, weights ?? 'saved')),
      this.#guard,
    );
  }

  /** A text prompt is encoded as UTF-8; an empty one starts at the beginning of a text or line. */
  createGenerator(model: Model, options: SampleOptions, prompt: string | Uint8Array): Generator {
    return new Generator(
      this.#guard.call(() => this.#core.create_generator(model.handle, options, bytesOf(prompt))),
      this.#guard,
    );
  }

  checkpointInfo(file: Uint8Array): CheckpointInfo {
    const json = this.#guard.call(() => this.#core.checkpoint_info(file));
    try {
      return JSON.parse(json) as CheckpointInfo;
    } catch (error) {
      throw new Error(`The file's description of itself cannot be read: ${sentence(error)}`, {
        cause: error,
      });
    }
  }

  /** Sentences about values that do not fit each other; every value must be allowed by itself: see problems(). */
  mismatches(o: Options): string[] {
    return this.#guard
      .call(() => [
        this.#core.validate_config(modelConfig(o)),
        this.#core.validate_train(trainOptions(o)),
        this.#core.validate_sample(sampleOptions(o)),
      ])
      .filter((sentence) => sentence !== '');
  }

  /** The config with the usual numbers in place of its zeros. */
  withDefaults(config: ModelConfig): ModelConfig {
    return this.#guard.call(() => this.#core.with_defaults(config));
  }

  /** Floating-point operations of training per token, by the convention in estimate.ts. */
  flopsPerToken(config: ModelConfig): number {
    return this.#guard.call(() => this.#core.flops_per_token(config));
  }

  /** Floating-point operations of an update of the weights, which that convention does not count. */
  updateFlops(config: ModelConfig, options: TrainOptions): number {
    return this.#guard.call(() => this.#core.update_flops(config, options));
  }

  countParameters(config: ModelConfig): number {
    return this.#guard.call(() => this.#core.count_parameters(config));
  }

  /** Upper estimate of the WASM memory that training needs, in bytes. */
  estimateMemory(config: ModelConfig, options: TrainOptions, corpusBytes: number): number {
    return this.#guard.call(() => this.#core.estimate_memory(config, options, corpusBytes));
  }

  /** Compares the kernels bit for bit with plain code for `ms` milliseconds; returns a sentence if they differ, or ''. */
  checkKernels(ms: number): string {
    return this.#guard.call(() => this.#core.kernel_self_check(ms));
  }

  /** Peak GFLOP/s of the matrix kernel on one thread, measured for `ms` milliseconds. */
  gemmPeak(ms: number): number {
    return this.#guard.call(() => this.#core.gemm_peak(ms));
  }

  /** Size of the WASM memory in bytes; it never shrinks, so it is also the peak. */
  heapBytes(): number {
    return this.#guard.call(() => this.#core.heap_bytes());
  }

  setThreads(n: number): void {
    this.#guard.call(() => this.#core.set_threads(n));
  }

  /** The number of threads that work; the others sleep. */
  get activeThreads(): number {
    return this.#guard.call(() => this.#core.active_threads());
  }

  setActiveThreads(n: number): void {
    this.#guard.call(() => this.#core.set_active_threads(n));
  }

  /** Ends the threads; must be the last call. The memory is freed with the engine itself. */
  close(): void {
    this.#core.PThread?.terminateAllThreads();
  }
}
