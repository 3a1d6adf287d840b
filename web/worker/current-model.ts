// The model that the page works with: in training, trained here, or opened from a file.

import type { Model } from '../engine/core-objects.ts';
import { CopyFinder, type Copied } from '../engine/copied.ts';
import type { Corpus } from '../engine/corpus.ts';
import type { Engine } from '../engine/engine.ts';
import { generateText, type GenerateSettings, type GeneratedPiece } from '../engine/generate.ts';
import type { SampleOptions } from '../engine/generated/core-types.ts';
import { Run } from '../engine/run.ts';
import type { SavedModel } from './protocol.ts';

type Saved = Omit<SavedModel, 'model'>;

export interface CurrentModel {
  /** Each model has its own id, so that events and replies of earlier models can be recognized. */
  readonly id: number;
  readonly engine: Engine;
  readonly model: Model;
  readonly memory_bytes: number;
  /** Whether a run is under way; nothing else may change the model then. */
  readonly training: boolean;
  generate(
    options: SampleOptions,
    prompt: string,
    settings: GenerateSettings,
  ): AsyncGenerator<GeneratedPiece, void, undefined>;
  /** The file that the user saves. */
  save(): Saved;
  /** A file with the current weights. */
  weights(): Uint8Array<ArrayBuffer>;
  /** A checkpoint that training can go on from. */
  checkpoint(): Uint8Array;
  /** The newest weights that are left after an error. */
  rescue(): Saved | undefined;
  delete(): Promise<void>;
}

export class TrainedModel implements CurrentModel {
  readonly id: number;
  readonly run: Run;
  readonly corpus: Corpus;
  readonly memory_bytes: number;
  /** The id under which it is saved. */
  readonly place: string;
  #finder: CopyFinder | undefined;

  constructor(id: number, run: Run, corpus: Corpus, memory_bytes: number, place: string) {
    this.id = id;
    this.run = run;
    this.corpus = corpus;
    this.memory_bytes = memory_bytes;
    this.place = place;
  }

  get engine(): Engine {
    return this.run.engine;
  }

  get model(): Model {
    return this.run.model;
  }

  get training(): boolean {
    return this.run.state === 'running' || this.run.state === 'paused';
  }

  generate(
    options: SampleOptions,
    prompt: string,
    settings: GenerateSettings,
  ): AsyncGenerator<GeneratedPiece, void, undefined> {
    return this.run.generate(options, prompt, settings);
  }

  save(): Saved {
    return { bytes: this.run.save(), step: this.run.progress.weights_step };
  }

  weights(): Uint8Array<ArrayBuffer> {
    return this.run.model.save();
  }

  checkpoint(): Uint8Array<ArrayBuffer> {
    return this.run.saveToExtend();
  }

  rescue(): Saved | undefined {
    try {
      return this.save();
    } catch {
      // The core has crashed.
      return this.run.rescued();
    }
  }

  /** What a text repeats of the training text, which the first call indexes. */
  copied(text: string): Copied {
    this.#finder ??= new CopyFinder(this.engine, this.corpus.bytes);
    return this.#finder.find(text);
  }

  async delete(): Promise<void> {
    this.#finder?.delete();
    await this.run.delete();
  }
}

export class OpenedModel implements CurrentModel {
  readonly id: number;
  readonly engine: Engine;
  readonly model: Model;
  readonly memory_bytes = 0;
  readonly training = false;
  readonly #file: Uint8Array<ArrayBuffer>;
  readonly #step: number;
  readonly #checkpoint: Uint8Array;

  /** `checkpoint` is for files that training cannot go on from. */
  constructor(
    id: number,
    engine: Engine,
    file: Uint8Array<ArrayBuffer>,
    step: number,
    checkpoint: Uint8Array = file,
  ) {
    this.id = id;
    this.engine = engine;
    this.model = engine.loadModel(file);
    this.#file = file;
    this.#step = step;
    this.#checkpoint = checkpoint;
  }

  generate(
    options: SampleOptions,
    prompt: string,
    settings: GenerateSettings,
  ): AsyncGenerator<GeneratedPiece, void, undefined> {
    return generateText(this.engine, this.model, options, prompt, settings);
  }

  save(): Saved {
    return { bytes: this.#file.slice(), step: this.#step };
  }

  weights(): Uint8Array<ArrayBuffer> {
    return this.#file;
  }

  checkpoint(): Uint8Array {
    return this.#checkpoint;
  }

  rescue(): Saved {
    return this.save();
  }

  async delete(): Promise<void> {
    this.model.delete();
  }
}
