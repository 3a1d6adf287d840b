// What lives in the core's memory: tokenizers, models, trainers and generators, each with an owner.

import { BYTE_VOCABULARY } from './convert.ts';
import { CoreCrash, type Guard } from './errors.ts';
import type {
  CoreBpeTrainer,
  CoreGenerator,
  CoreHandle,
  CoreModel,
  CoreTokenizer,
  CoreTrainer,
  GenerateEvent,
  ModelConfig,
  ProfileRow,
  TrainEvent,
} from './generated/core-types.ts';

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
export function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}

export function bytesOf(text: string | Uint8Array): Uint8Array {
  return typeof text === 'string' ? new TextEncoder().encode(text) : text;
}
