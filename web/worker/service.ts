// The engine, served to the page. At any time there is at most one model: in training, trained, or loaded.

import { transfer } from 'comlink';
import { readCorpus, type Corpus } from '../engine/corpus.ts';
import type { Engine } from '../engine/engine.ts';
import { sentence } from '../engine/errors.ts';
import { estimate, type Estimate } from '../engine/estimate.ts';
import { HEAP_LIMIT_BYTES } from '../engine/limits.ts';
import type { LiveSample } from '../engine/live-sample.ts';
import { nextTurn } from '../engine/next-turn.ts';
import { optionsOf, type Options } from '../engine/options.ts';
import { prepareFinetune, prepareResume, prepareTraining, type Prepared } from '../engine/prepare.ts';
import { Run } from '../engine/run.ts';
import { tokenPieces, type TokenPiece } from '../engine/token-pieces.ts';
import { checked } from '../engine/validate.ts';
import { textDifference } from '../engine/text-difference.ts';
import { Batcher } from './batcher.ts';
import { Engines } from './engines.ts';
import { Exclusive } from './exclusive.ts';
import { Generation } from './generation.ts';
import { OpenedModel, TrainedModel, type ModelAtHand } from './model-at-hand.ts';
import type {
  EngineInfo,
  GenerateRequest,
  LoadedModel,
  SavedModel,
  StartMode,
  StartRequest,
  Weights,
  WorkerEvent,
  WorkerService,
} from './protocol.ts';

/** Long enough to tell a fast machine from a slow one, too short to be noticed. */
const CALIBRATION_MS = 20;
/** The first time the browser must also find that the code is worth compiling well. */
const FIRST_CALIBRATIONS = 6;
/** How much of a run a crash of the core may cost. */
const RESCUE_EVERY_MS = 10_000;

export class Service implements WorkerService {
  readonly #post: (event: WorkerEvent) => void;
  readonly #engines = new Engines();
  /** Whatever changes #atHand goes through this. */
  readonly #changes = new Exclusive();
  /** Of the matrix kernel on this machine; 0 until it has been measured. */
  #peak_gflops = 0;
  #atHand: ModelAtHand | undefined;
  #models = 0;
  #generation: Generation | undefined;

  constructor(post: (event: WorkerEvent) => void) {
    this.#post = post;
  }

  async open(base: string): Promise<EngineInfo> {
    return (await this.#engines.open(base)).choice;
  }

  async estimates(list: readonly Options[], corpusBytes: number): Promise<Estimate[]> {
    const engine = await this.#engines.current();
    await this.#calibrate(engine);
    return list.map((options) => estimate(engine, options, corpusBytes, this.#peak_gflops || undefined));
  }

  async mismatches(options: Options): Promise<string[]> {
    return (await this.#engines.current()).mismatches(options);
  }

  async start(request: StartRequest, mode: StartMode): Promise<void> {
    await this.#change('The start of a run', async () => {
      const corpus = await readCorpus(request.text, request.name);
      if (!this.#continues(request, mode, corpus)) await this.#prepareRun(request, mode, corpus);
      this.#begin(this.#trained(), mode);
    });
  }

  /** Whether the stopped run at hand can simply go on: nothing is to be other than it was. */
  #continues({ options, changed }: StartRequest, mode: StartMode, corpus: Corpus): boolean {
    const held = this.#atHand;
    if (mode !== 'resume' || !(held instanceof TrainedModel)) return false;
    refuseOtherText(held.corpus, corpus);
    const asBefore = Object.keys(changed).length === 0 && this.#engines.suits(options);
    return held.run.state === 'stopped' && asBefore;
  }

  async #prepareRun(request: StartRequest, mode: StartMode, corpus: Corpus): Promise<void> {
    const { engine, use, drop } = await this.#engines.candidate(request.options);
    try {
      const prepared = await this.#prepare(engine, corpus, request, mode);
      await this.#replace(this.#runOf(engine, prepared, corpus, request.sample));
      use();
    } catch (error) {
      drop();
      throw error;
    }
  }

  #runOf(engine: Engine, prepared: Prepared, corpus: Corpus, sample: LiveSample): TrainedModel {
    const model = ++this.#models;
    const run = new Run(engine, prepared, { sample, rescue_every_ms: RESCUE_EVERY_MS });
    const batcher = new Batcher((events) => this.#post({ type: 'run', model, events }));
    run.on((event) => batcher.add(event));
    return new TrainedModel(model, run, corpus, prepared.memory_bytes);
  }

  #begin({ id, run }: TrainedModel, mode: StartMode): void {
    this.#post({
      type: 'started',
      model: id,
      mode,
      max_steps: run.options.max_steps,
      seq_len: run.options.seq_len,
      step: run.progress.step,
      has_validation: run.trainer.hasValidation(),
      has_adapter: run.options.lora_rank > 0,
      engine: run.engine.choice,
    });
    run.start().catch((error: unknown) => this.crash(error));
  }

  async pause(model: number): Promise<void> {
    this.#run(model).pause();
  }

  async unpause(model: number): Promise<void> {
    this.#run(model).resume();
  }

  async stop(model: number): Promise<void> {
    this.#run(model).stop();
  }

  async generate({ id, options, prompt }: GenerateRequest): Promise<void> {
    // One at a time: a new one ends the one under way.
    await this.#endGeneration();
    const generation = new Generation(id, (piece) => this.#post({ type: 'piece', id, piece }));
    const pieces = this.#holding().generate(options, prompt, { signal: generation.signal });
    this.#generation = generation;
    await generation.run(pieces).finally(() => (this.#generation = undefined));
  }

  async shown(id: number, pieces: number): Promise<void> {
    if (this.#generation?.id === id) this.#generation.shown(pieces);
  }

  async cancelGeneration(): Promise<void> {
    await this.#generation?.end();
  }

  async load(file: Uint8Array): Promise<LoadedModel> {
    return this.#change('The opening of a model', async () => {
      const engine = await this.#engines.current();
      const from_adapter = engine.checkpointInfo(file).kind === 'lora';
      const bytes = from_adapter ? this.#withAdapter(engine, file) : new Uint8Array(file);
      const { tensors: _tensors, merges: _merges, ...info } = engine.checkpointInfo(bytes);
      const opened = new OpenedModel(++this.#models, engine, bytes, info.step);
      await this.#replace(opened);
      return { ...info, model: opened.id, from_adapter };
    });
  }

  /** The model at hand with an adapter merged into it, as a file. */
  #withAdapter(engine: Engine, adapter: Uint8Array): Uint8Array<ArrayBuffer> {
    if (!this.#atHand)
      throw new Error(
        'This is an adapter, which is of use only with the model that it was trained on: open that model first.',
      );
    using model = engine.loadModel(this.#atHand.weights());
    model.applyAdapter(adapter);
    return model.save();
  }

  async useWeights(weights: Weights): Promise<void> {
    await this.#change('Another change of the weights', async () => {
      await this.#endGeneration();
      this.#trained().run.useWeights(weights);
    });
  }

  async tokens(text: string): Promise<TokenPiece[]> {
    return tokenPieces(this.#holding().model.tokenizer(), text);
  }

  async save(): Promise<SavedModel> {
    const held = this.#holding();
    return handedOver({ ...held.save(), model: held.id });
  }

  async saveAdapter(): Promise<SavedModel> {
    const held = this.#holding();
    const { bytes, step } = held.save();
    return handedOver({ bytes: held.engine.saveAdapter(bytes), step, model: held.id });
  }

  async rescue(): Promise<SavedModel | undefined> {
    const saved = this.#atHand?.rescue();
    return saved && handedOver({ ...saved, model: this.#holding().id });
  }

  /** Tells the page that this worker is lost. */
  crash(error: unknown): void {
    this.#post({ type: 'crashed', message: sentence(error) });
  }

  /**
   * The best of all measurements: the first runs in code that the browser has compiled in a hurry, and any may be
   * disturbed. Never during training, which it would slow and which would slow it; in turns, since a run that is
   * about to begin must not wait for it.
   */
  async #calibrate(engine: Engine): Promise<void> {
    const times = this.#peak_gflops === 0 ? FIRST_CALIBRATIONS : 1;
    for (let i = 0; i < times && !this.#changes.busy && !this.#atHand?.training; i++) {
      this.#peak_gflops = Math.max(this.#peak_gflops, engine.gemmPeak(CALIBRATION_MS));
      await nextTurn();
    }
  }

  async #prepare(
    engine: Engine,
    corpus: Corpus,
    { options, changed }: StartRequest,
    mode: StartMode,
  ): Promise<Prepared> {
    // The old model is given up only once the new one exists, so both must fit for a moment.
    const memoryLimit = HEAP_LIMIT_BYTES - (this.#atHand?.memory_bytes ?? 0);
    const learning = (done: number): void => this.#post({ type: 'learning', done });
    switch (mode) {
      case 'new':
        return prepareTraining(engine, checked(options), corpus, { memoryLimit, learning });
      case 'finetune':
        return prepareFinetune(engine, this.#holding().weights(), trainingOptions(options), corpus, {
          memoryLimit,
        });
      case 'resume':
        return prepareResume(engine, this.#holding().checkpoint(), changed, corpus, { memoryLimit });
    }
  }

  /** The one way to change the model at hand. */
  #change<T>(what: string, act: () => Promise<T>): Promise<T> {
    return this.#changes.run(what, async () => {
      if (this.#atHand?.training) throw new Error('Training is under way; stop it first.');
      return act();
    });
  }

  /** Puts another model in the place of the one at hand, whose generation ends first. */
  async #replace(next: ModelAtHand): Promise<void> {
    await this.#endGeneration();
    const before = this.#atHand;
    this.#atHand = next;
    await before?.delete();
  }

  async #endGeneration(): Promise<void> {
    while (this.#generation) await this.#generation.end();
  }

  #holding(): ModelAtHand {
    if (!this.#atHand) throw new Error('There is no model yet: press Train, or open a model file.');
    return this.#atHand;
  }

  #trained(): TrainedModel {
    const held = this.#holding();
    if (!(held instanceof TrainedModel)) throw new Error('No training is under way.');
    return held;
  }

  #run(model: number): Run {
    const held = this.#trained();
    if (held.id !== model) throw new Error('That run is over: another model has taken its place.');
    return held.run;
  }
}

function handedOver(saved: SavedModel): SavedModel {
  return transfer(saved, [saved.bytes.buffer]);
}

function refuseOtherText(before: Corpus, now: Corpus): void {
  if (before.sha256 === now.sha256) return;
  throw new Error(
    `${now.name} is not the text that this model was trained on: ${textDifference(before.bytes, now.bytes)}. ` +
      'Put that text back to resume, or press “Fine-tune on this text”.',
  );
}

/** What a model that is there leaves open: not its shape, and lr says where lr ends. */
function trainingOptions(options: Options): Partial<Options> {
  const names = optionsOf('train', 'finetune').map(({ name }) => name);
  return Object.fromEntries(names.filter((name) => name !== 'min_lr').map((name) => [name, options[name]]));
}
