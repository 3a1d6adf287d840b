// The typed face of the WASM core: it makes models, trainers and generators and turns the core's failures into Errors.

import type { CheckpointInfo } from './checkpoint-info.ts';
import { modelConfig, sampleOptions, trainOptions } from './convert.ts';
import { BpeTrainer, Generator, Model, Tokenizer, Trainer, bytesOf, owned } from './core-objects.ts';
import type { Corpus } from './corpus.ts';
import { Guard, sentence } from './errors.ts';
import type { CoreModule, ModelConfig, SampleOptions, TrainOptions } from './generated/core-types.ts';
import type { Options } from './options.ts';
import type { Variant, VariantChoice } from './variants.ts';

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

  /** The name that the core was built under; the same, or the files are mixed up. */
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

  /** For a vocabulary of vocab_size tokens, from the part of the corpus that is not for validation. */
  createBpeTrainer(corpus: Corpus, val_fraction: number, vocab_size: number): BpeTrainer {
    return new BpeTrainer(
      this.#guard.call(() => this.#core.create_bpe_trainer(corpus.bytes, val_fraction, vocab_size)),
      this.#guard,
    );
  }

  /** Without a tokenizer, tokens are bytes; with one, its vocabulary is the model's. */
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

  /** Goes on from a checkpoint; its shape decides, not the options. */
  resumeTrainer(checkpoint: Uint8Array, options: TrainOptions, corpus: Corpus): Trainer {
    return new Trainer(
      this.#guard.call(() => this.#core.resume_trainer(checkpoint, options, corpus.bytes, corpus.sha256)),
      this.#guard,
    );
  }

  /** A new run on any text that begins with a saved model's weights; its shape and tokenizer decide. */
  finetuneTrainer(file: Uint8Array, options: TrainOptions, corpus: Corpus): Trainer {
    return new Trainer(
      this.#guard.call(() => this.#core.finetune_trainer(file, options, corpus.bytes, corpus.sha256)),
      this.#guard,
    );
  }

  /** What a LoRA run has learnt, out of its checkpoint: the adapter of the model that it began with. */
  saveAdapter(checkpoint: Uint8Array): Uint8Array<ArrayBuffer> {
    return this.#guard.call(() => owned(this.#core.save_adapter(checkpoint)));
  }

  loadModel(file: Uint8Array): Model {
    return new Model(
      this.#guard.call(() => this.#core.load_model(file)),
      this.#guard,
    );
  }

  /** A prompt in text is sent as UTF-8; an empty one starts where the model's text, or a line of it, begins. */
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

  /** Floating-point operations of training per token, by the convention in flops.ts. */
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

  /** Bytes of WASM memory that a training run will need, rather too many than too few. */
  estimateMemory(config: ModelConfig, options: TrainOptions, corpusBytes: number): number {
    return this.#guard.call(() => this.#core.estimate_memory(config, options, corpusBytes));
  }

  /** GFLOP/s of the matrix kernel on one thread: what this machine could do at best. */
  gemmPeak(ms: number): number {
    return this.#guard.call(() => this.#core.gemm_peak(ms));
  }

  /** Size of the WASM memory; it never shrinks, so it is the peak as well. */
  heapBytes(): number {
    return this.#guard.call(() => this.#core.heap_bytes());
  }

  setThreads(n: number): void {
    this.#guard.call(() => this.#core.set_threads(n));
  }

  /** How many of the threads take work; the others rest. */
  get activeThreads(): number {
    return this.#guard.call(() => this.#core.active_threads());
  }

  setActiveThreads(n: number): void {
    this.#guard.call(() => this.#core.set_active_threads(n));
  }

  /** The last call: ends the threads. Their memory is freed once nothing refers to the engine any more. */
  close(): void {
    this.#core.PThread?.terminateAllThreads();
  }
}
