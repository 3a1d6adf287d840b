// The typed face of the WASM core: models, trainers and generators with owners, and real Errors.

import type {
  CheckpointInfo,
  CoreBpeTrainer,
  CoreGenerator,
  CoreHandle,
  CoreModel,
  CoreModule,
  CoreTokenizer,
  CoreTrainer,
  GenerateEvent,
  ModelConfig,
  ProfileRow,
  SampleOptions,
  TrainEvent,
  TrainOptions,
} from './core-types.ts';
import { BYTE_VOCABULARY } from './convert.ts';
import type { Corpus } from './corpus.ts';
import { CoreCrash, Guard, sentence } from './errors.ts';
import type { Variant, VariantChoice } from './variants.ts';

/** Something that lives in WASM memory, which no garbage collector sees: `using` it or delete() it. */
abstract class Owned<H extends CoreHandle> {
  #handle: H | undefined;
  protected readonly guard: Guard;

  constructor(handle: H, guard: Guard) {
    this.#handle = handle;
    this.guard = guard;
  }

  /** The core's own object, for the engine's other files. */
  get handle(): H {
    if (!this.#handle) throw new Error(`This ${this.constructor.name} has been deleted and cannot be used.`);
    return this.#handle;
  }

  delete(): void {
    const handle = this.#handle;
    this.#handle = undefined;
    if (!handle) return;
    try {
      this.guard.call(() => handle.delete());
    } catch (error) {
      if (!(error instanceof CoreCrash)) throw error;
    }
  }

  get deleted(): boolean {
    return this.#handle === undefined;
  }

  [Symbol.dispose](): void {
    this.delete();
  }
}

/** Text to token ids and back; it never changes. */
export class Tokenizer extends Owned<CoreTokenizer> {
  name(): 'byte' | 'bpe' {
    return this.vocabSize() > BYTE_VOCABULARY ? 'bpe' : 'byte';
  }

  vocabSize(): number {
    return this.guard.call(() => this.handle.vocab_size());
  }

  /** Text is encoded as UTF-8. */
  encode(text: string | Uint8Array): Uint16Array<ArrayBuffer> {
    return this.guard.call(() => this.handle.encode(bytesOf(text)) as Uint16Array<ArrayBuffer>);
  }

  /** The bytes that a token stands for: not always whole characters. */
  decode(token: number): Uint8Array<ArrayBuffer> {
    return this.guard.call(() => owned(this.handle.decode(token)));
  }

  /** Merge i joins a pair of tokens into token 256 + i; tokens below that are bytes. */
  merges(): [number, number][] {
    const flat = this.guard.call(() => this.handle.merges());
    return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!]);
  }
}

/** Learns a tokenizer from a text. */
export class BpeTrainer extends Owned<CoreBpeTrainer> {
  /** Works for about max_ms; how much is done by then, from 0 to 1. */
  advance(max_ms: number): number {
    return this.guard.call(() => this.handle.advance(max_ms));
  }

  /** With what has been learnt so far. */
  tokenizer(): Tokenizer {
    return new Tokenizer(
      this.guard.call(() => this.handle.tokenizer()),
      this.guard,
    );
  }
}

export class Model extends Owned<CoreModel> {
  #tokenizer: Tokenizer | undefined;

  config(): ModelConfig {
    return this.guard.call(() => this.handle.config());
  }

  nParameters(): number {
    return this.guard.call(() => this.handle.n_parameters());
  }

  /** Weights and shape, without the optimiser: what one hands to somebody else. */
  save(): Uint8Array<ArrayBuffer> {
    return this.guard.call(() => owned(this.handle.save()));
  }

  /** Merges an adapter that was trained on this very model into its weights. */
  applyAdapter(adapter: Uint8Array): void {
    this.guard.call(() => this.handle.apply_adapter(adapter));
  }

  /** The model's own; it lives as long as this. */
  tokenizer(): Tokenizer {
    this.#tokenizer ??= new Tokenizer(
      this.guard.call(() => this.handle.tokenizer()),
      this.guard,
    );
    return this.#tokenizer;
  }

  override delete(): void {
    this.#tokenizer?.delete();
    this.#tokenizer = undefined;
    super.delete();
  }
}

/** Those that validated best, or those of the last step. */
export type WhichWeights = 'best' | 'last';

export class Trainer extends Owned<CoreTrainer> {
  #model: Model | undefined;

  /** Works for about max_ms and tells what happened. */
  advance(max_ms: number): TrainEvent {
    return this.guard.call(() => this.handle.advance(max_ms));
  }

  /** The model in training; it lives as long as the trainer. */
  model(): Model {
    this.#model ??= new Model(
      this.guard.call(() => this.handle.model()),
      this.guard,
    );
    return this.#model;
  }

  /**
   * Proves with a forward pass that the model can generate. If it cannot, the newest weights that could are put back, the
   * run has failed, and the answer is a sentence that says so; otherwise it is empty.
   */
  verify(): string {
    return this.guard.call(() => this.handle.verify());
  }

  /** Everything needed to go on: weights, moments, step, options; after verify(). */
  save(): Uint8Array<ArrayBuffer> {
    return this.guard.call(() => owned(this.handle.save()));
  }

  step(): number {
    return this.guard.call(() => this.handle.step());
  }

  /** The step that the model's weights are of. */
  weightsStep(): number {
    return this.guard.call(() => this.handle.weights_step());
  }

  /** Whether the run has ended and both the weights that validated best and those of the last step are there. */
  hasLastWeights(): boolean {
    return this.guard.call(() => this.handle.has_last_weights());
  }

  useWeights(which: WhichWeights): void {
    this.guard.call(() => this.handle.use_weights(which === 'best'));
  }

  hasValidation(): boolean {
    return this.guard.call(() => this.handle.has_validation());
  }

  /** Sentences, for instance why there is no validation; empty if there is nothing to say. */
  notes(): string {
    return this.guard.call(() => this.handle.notes());
  }

  /** From now on the time of every operation is counted; false ends that and forgets what was counted. */
  setProfiling(on: boolean): void {
    this.guard.call(() => this.handle.set_profiling(on));
  }

  /** Where the time of the training steps went since profiling began; validation is not in it. */
  profile(): ProfileRow[] {
    return this.guard.call(() => this.handle.profile());
  }

  override delete(): void {
    this.#model?.delete();
    this.#model = undefined;
    super.delete();
  }
}

export class Generator extends Owned<CoreGenerator> {
  advance(max_ms: number): GenerateEvent {
    return this.guard.call(() => this.handle.advance(max_ms));
  }
}

/** The core hands out arrays of their own memory, never views of its heap, which growth would silently empty. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}

function bytesOf(text: string | Uint8Array): Uint8Array {
  return typeof text === 'string' ? new TextEncoder().encode(text) : text;
}

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
