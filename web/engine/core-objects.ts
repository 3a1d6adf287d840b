// The objects in the core's memory: tokenizers, models, trainers and generators.

import { BYTE_VOCABULARY } from './convert.ts';
import { CoreCrash, type Guard } from './errors.ts';
import type {
  CoreBpeTrainer,
  CoreGenerator,
  CoreHandle,
  CoreModel,
  CoreSuffixIndex,
  CoreTokenizer,
  CoreTrainer,
  GenerateEvent,
  ModelConfig,
  ProfileRow,
  SampleOptions,
  TrainEvent,
} from './generated/core-types.ts';
import type { Recipe } from './recipe.ts';

/** Nothing is switched off. */
const NONE = new Uint8Array();

/** An object in WASM memory, which the garbage collector does not free: declare it with `using`, or call delete(). */
abstract class Owned<H extends CoreHandle> {
  #handle: H | undefined;
  protected readonly guard: Guard;

  constructor(handle: H, guard: Guard) {
    this.#handle = handle;
    this.guard = guard;
  }

  /** The core's object, for the other files of the engine. */
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

/** Turns text into token ids and back; immutable. */
export class Tokenizer extends Owned<CoreTokenizer> {
  name(): 'byte' | 'bpe' {
    return this.vocabSize() > BYTE_VOCABULARY ? 'bpe' : 'byte';
  }

  vocabSize(): number {
    return this.guard.call(() => this.handle.vocab_size());
  }

  /** Text is encoded as UTF-8. */
  encode(text: string | Uint8Array): Uint32Array<ArrayBuffer> {
    return this.guard.call(() => this.handle.encode(bytesOf(text)) as Uint32Array<ArrayBuffer>);
  }

  /** The bytes of a token, not always whole characters. */
  decode(token: number): Uint8Array<ArrayBuffer> {
    return this.guard.call(() => owned(this.handle.decode(token)));
  }

  /** Merge i joins a pair of tokens into token 256 + i; tokens below that are bytes. */
  merges(): [number, number][] {
    const flat = this.guard.call(() => this.handle.merges());
    return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!]);
  }
}

/** Learns a tokenizer from a text, slice by slice. */
export class BpeTrainer extends Owned<CoreBpeTrainer> {
  /** Works for about max_ms milliseconds; returns the progress from 0 to 1. */
  advance(max_ms: number): number {
    return this.guard.call(() => this.handle.advance(max_ms));
  }

  /** The tokenizer with the merges learned so far. */
  tokenizer(): Tokenizer {
    return new Tokenizer(
      this.guard.call(() => this.handle.tokenizer()),
      this.guard,
    );
  }
}

/** A copied stretch; positions and lengths are in bytes. */
export interface CopiedPiece {
  start: number;
  length: number;
  /** Where it stands in the indexed text. */
  source: number;
}

/** Finds what texts repeat of the indexed one. */
export class SuffixIndex extends Owned<CoreSuffixIndex> {
  /** The longest copied pieces in order, of at least min_bytes and of whole characters. They may overlap. */
  copied(text: string | Uint8Array, min_bytes: number): CopiedPiece[] {
    const flat = this.guard.call(() => this.handle.copied(bytesOf(text), min_bytes));
    return Array.from({ length: flat.length / 3 }, (_, i) => ({
      start: flat[3 * i]!,
      length: flat[3 * i + 1]!,
      source: flat[3 * i + 2]!,
    }));
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

  /** A file with weights and shape, without the optimizer's state. */
  save(): Uint8Array<ArrayBuffer> {
    return this.guard.call(() => owned(this.handle.save()));
  }

  /** A GGUF file with this name in it, as float32 or with matrices as q8_0. */
  gguf(name: string, q8_0: boolean): Uint8Array<ArrayBuffer> {
    return this.guard.call(() => owned(this.handle.gguf(name, q8_0)));
  }

  /** An ONNX file with this name in it, as float32 or with matrices as int8. */
  onnx(name: string, q8: boolean): Uint8Array<ArrayBuffer> {
    return this.guard.call(() => owned(this.handle.onnx(name, q8)));
  }

  /** An .npz archive of the weights. */
  npz(): Uint8Array<ArrayBuffer> {
    return this.guard.call(() => owned(this.handle.npz()));
  }

  /**
   * The logits after each token of one sequence, at most the context: [tokens, vocab_size] in one array. `off` has a flag for
   * each head and each layer, [n_layer, n_head + 1], that is not 0 where it is switched off; it may be empty. `layers` is
   * the number of blocks to run before the head.
   */
  logits(
    tokens: Uint32Array,
    off: Uint8Array = NONE,
    layers = this.config().n_layer,
    int8 = false,
  ): Float32Array<ArrayBuffer> {
    return this.guard.call(() => floats(this.handle.logits(tokens, off, layers, int8)));
  }

  /** The attention weights of a layer's heads: [n_head, tokens, tokens]. */
  attention(tokens: Uint32Array, layer: number, off: Uint8Array = NONE): Float32Array<ArrayBuffer> {
    return this.guard.call(() => floats(this.handle.attention(tokens, off, layer)));
  }

  /** The mean loss in nats of each token after those before it. */
  loss(tokens: Uint32Array, off: Uint8Array = NONE): number {
    return this.guard.call(() => this.handle.loss(tokens, off));
  }

  /** Pairs of id and probability: what the sampler draws the token after `context` from, given its logits. */
  candidates(logits: Float32Array, context: Uint32Array, options: SampleOptions): Float32Array<ArrayBuffer> {
    return this.guard.call(() => floats(this.handle.candidates(logits, context, options)));
  }

  /** The rows of these tokens in the table of embeddings: [tokens, n_embd]. */
  embeddings(tokens: Uint32Array): Float32Array<ArrayBuffer> {
    return this.guard.call(() => floats(this.handle.embeddings(tokens)));
  }

  /** Merges an adapter that was trained on this model into its weights. */
  applyAdapter(adapter: Uint8Array): void {
    this.guard.call(() => this.handle.apply_adapter(adapter));
  }

  /** Valid until the model is deleted. */
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

/** The weights with the best validation loss, or those of the last step. */
export type WhichWeights = 'best' | 'last';

export class Trainer extends Owned<CoreTrainer> {
  #model: Model | undefined;

  /** Works for about max_ms milliseconds and returns what happened. */
  advance(max_ms: number): TrainEvent {
    return this.guard.call(() => this.handle.advance(max_ms));
  }

  /** The model in training; valid until the trainer is deleted. */
  model(): Model {
    this.#model ??= new Model(
      this.guard.call(() => this.handle.model()),
      this.guard,
    );
    return this.#model;
  }

  /**
   * Checks with a forward pass that the model can generate. If it cannot, restores the newest weights that could, marks the
   * run as failed and returns a sentence; otherwise returns ''.
   */
  verify(): string {
    return this.guard.call(() => this.handle.verify());
  }

  /** A checkpoint with everything that training needs to go on: weights, moments, step, options. Calls verify() first. */
  save(): Uint8Array<ArrayBuffer> {
    return this.guard.call(() => owned(this.handle.save()));
  }

  step(): number {
    return this.guard.call(() => this.handle.step());
  }

  /** The step of the model's weights. */
  weightsStep(): number {
    return this.guard.call(() => this.handle.weights_step());
  }

  /** Whether the run has ended and has both the best weights and those of the last step. */
  hasLastWeights(): boolean {
    return this.guard.call(() => this.handle.has_last_weights());
  }

  useWeights(which: WhichWeights): void {
    this.guard.call(() => this.handle.use_weights(which === 'best'));
  }

  hasValidation(): boolean {
    return this.guard.call(() => this.handle.has_validation());
  }

  /** Sentences, for instance why there is no validation; may be empty. */
  notes(): string {
    return this.guard.call(() => this.handle.notes());
  }

  /** Files keep the recipe as it is. */
  setRecipe(recipe: Recipe): void {
    this.guard.call(() => this.handle.set_recipe(JSON.stringify(recipe)));
  }

  /** Starts to measure the time of every operation; false stops and discards the measurements. */
  setProfiling(on: boolean): void {
    this.guard.call(() => this.handle.set_profiling(on));
  }

  /** The time of each operation since profiling began, without validation. */
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

/** The core returns copies, never views of its heap, which would become empty when memory grows. */
export function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}

function floats(numbers: Float32Array): Float32Array<ArrayBuffer> {
  return numbers as Float32Array<ArrayBuffer>;
}

export function bytesOf(text: string | Uint8Array): Uint8Array {
  return typeof text === 'string' ? new TextEncoder().encode(text) : text;
}
