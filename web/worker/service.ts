// The engine as a service for the page. There is at most one model at a time: in training, trained, or opened.

import { transfer, wrap, type Remote } from 'comlink';
import { readCorpus, type Corpus } from '../engine/corpus.ts';
import type { Copied } from '../engine/copied.ts';
import type { Engine } from '../engine/engine.ts';
import { sentence } from '../engine/errors.ts';
import { estimate, type Estimate } from '../engine/estimate.ts';
import { HEAP_LIMIT_BYTES } from '../engine/limits.ts';
import { nextTurn } from '../engine/event-loop.ts';
import type { ModelConfig } from '../engine/generated/core-types.ts';
import { optionsOf, type Options } from '../engine/options.ts';
import { prepareFinetune, prepareResume, prepareTraining, type Prepared } from '../engine/prepare.ts';
import type { StepProfile } from '../engine/profile.ts';
import { Run } from '../engine/run.ts';
import type { ModelStructure } from '../engine/structure.ts';
import { tokenPieces, type TokenPiece } from '../engine/token-pieces.ts';
import { checked } from '../engine/validate.ts';
import { textDifference } from '../engine/text-difference.ts';
import type { GeneratedPiece } from '../engine/generate.ts';
import { Autosave } from './autosave.ts';
import { Engines } from './engines.ts';
import { Exclusive } from './exclusive.ts';
import { Batcher, Generation } from './throttle.ts';
import { InspectionCalls } from './inspection-calls.ts';
import { OpenedModel, TrainedModel, type CurrentModel } from './current-model.ts';
import type {
  Download,
  EngineInfo,
  ExportRequest,
  GenerateRequest,
  LoadedModel,
  PathFile,
  ProfileRequest,
  SavedModel,
  SaveReport,
  StartMode,
  StartRequest,
  Weights,
  WorkerEvent,
  WorkerService,
} from './protocol.ts';
import type { Library } from './storage/protocol.ts';

/** Long enough to measure the machine's speed, too short to be noticed. */
const CALIBRATION_MS = 20;
/** The first measurements run before the browser has optimized the code. */
const FIRST_CALIBRATIONS = 6;
/** A measured step is the mean of this many milliseconds of training, which neither ends nor is interrupted. */
const PROFILE_MS = 1000;
const NO_END: Partial<Options> = { max_steps: 1_000_000, stop_at_step: 0, eval_every: 0, patience: 0 };
/** A crash of the core or of the tab loses at most this much training, unless the model is very large. */
const RESCUE_EVERY_MS = 10_000;

export class Service extends InspectionCalls implements WorkerService {
  readonly #post: (event: WorkerEvent) => void;
  readonly #engines = new Engines();
  /** Guards every change of #current. */
  readonly #changes = new Exclusive();
  /** Peak of the matrix kernel on this machine; 0 until it is measured. */
  #peak_gflops = 0;
  #current: CurrentModel | undefined;
  #models = 0;
  #generation: Pick<Generation<never>, 'id' | 'shown' | 'end'> | undefined;
  #library: Remote<Library> | undefined;

  constructor(post: (event: WorkerEvent) => void) {
    super();
    this.#post = post;
  }

  async open(base: string): Promise<EngineInfo> {
    return (await this.#engines.open(base)).choice;
  }

  async attach(library: MessagePort): Promise<void> {
    this.#library = wrap<Library>(library);
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

  /** Whether the stopped run can simply continue, because no option has changed. */
  #continues({ options, changed, place }: StartRequest, mode: StartMode, corpus: Corpus): boolean {
    const current = this.#current;
    if (mode !== 'resume' || !(current instanceof TrainedModel)) return false;
    refuseOtherText(current.corpus, corpus);
    const asBefore = Object.keys(changed).length === 0 && this.#engines.suits(options);
    return current.run.state === 'stopped' && asBefore && current.place === place.id;
  }

  async #prepareRun(request: StartRequest, mode: StartMode, corpus: Corpus): Promise<void> {
    const { engine, use, drop } = await this.#engines.candidate(request.options);
    try {
      const prepared = await this.#prepare(engine, corpus, request, mode);
      await this.#replace(this.#runOf(engine, prepared, corpus, request));
      use();
    } catch (error) {
      drop();
      throw error;
    }
  }

  #runOf(engine: Engine, prepared: Prepared, corpus: Corpus, request: StartRequest): TrainedModel {
    const { sample, place, record } = request;
    const model = ++this.#models;
    const run = new Run(engine, prepared, {
      sample,
      rescue_every_ms: RESCUE_EVERY_MS,
      onKept: ({ bytes }) => autosave?.kept(bytes),
    });
    const batcher = new Batcher((events) => this.#post({ type: 'run', model, events }));
    run.on((event) => batcher.add(event));
    const report = (save: SaveReport): void => this.#post({ type: 'save', model, ...save });
    const autosave = this.#library && new Autosave(this.#library, run, corpus, place, record, report);
    return new TrainedModel(model, run, corpus, prepared.memory_bytes, place.id);
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
      recipe: run.recipe,
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

  async keep(): Promise<void> {
    if (this.#current instanceof TrainedModel) this.#current.run.keep();
  }

  async generate({ id, options, prompt }: GenerateRequest): Promise<void> {
    const generation = new Generation<GeneratedPiece>(id, (piece) =>
      this.#post({ type: 'piece', id, piece }),
    );
    const { signal } = generation;
    await this.generating(generation, (current) => current.generate(options, prompt, { signal }));
  }

  protected async generating<P extends { done: boolean }>(
    generation: Generation<P>,
    pieces: (current: CurrentModel) => AsyncIterable<P>,
  ): Promise<void> {
    await this.#endGeneration();
    const running = generation.run(pieces(this.requireModel()));
    this.#generation = generation;
    await running.finally(() => (this.#generation = undefined));
  }

  async shown(id: number, pieces: number): Promise<void> {
    if (this.#generation?.id === id) this.#generation.shown(pieces);
  }

  async cancelGeneration(): Promise<void> {
    await this.#generation?.end();
  }

  async load(file: Uint8Array, checkpoint?: Uint8Array): Promise<LoadedModel> {
    return this.#change('The opening of a model', async () => {
      const engine = await this.#engines.current();
      const from_adapter = engine.checkpointInfo(file).kind === 'lora';
      const bytes = from_adapter ? this.#withAdapter(engine, file) : new Uint8Array(file);
      const { tensors: _tensors, merges: _merges, ...info } = engine.checkpointInfo(bytes);
      const opened = new OpenedModel(++this.#models, engine, bytes, info.step, checkpoint);
      await this.#replace(opened);
      return { ...info, model: opened.id, from_adapter };
    });
  }

  async importModel(files: readonly PathFile[]): Promise<LoadedModel> {
    const { importFiles } = await import('./import-files.ts');
    const { bytes, notes } = await importFiles(files);
    return { ...(await this.load(bytes)), notes };
  }

  /** The current model with an adapter merged into it, as a file. */
  #withAdapter(engine: Engine, adapter: Uint8Array): Uint8Array<ArrayBuffer> {
    if (!this.#current)
      throw new Error(
        'This is an adapter, which works only with the model that it was trained on: open that model first.',
      );
    using model = engine.loadModel(this.#current.weights());
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
    return tokenPieces(this.requireModel().model.tokenizer(), text);
  }

  async copied(text: string): Promise<Copied | undefined> {
    return this.#current instanceof TrainedModel ? this.#current.copied(text) : undefined;
  }

  async save(): Promise<SavedModel> {
    const current = this.requireModel();
    return transferred({ ...current.save(), model: current.id });
  }

  async saveAdapter(): Promise<SavedModel> {
    const current = this.requireModel();
    const { bytes, step } = current.save();
    return transferred({ bytes: current.engine.saveAdapter(bytes), step, model: current.id });
  }

  async exportModel(request: ExportRequest): Promise<Download> {
    const [{ exportModel }, { packed, viewerFor }] = await Promise.all([
      import('../engine/export/export.ts'),
      import('./pack.ts'),
    ]);
    const viewer = await viewerFor(request);
    const current = this.requireModel();
    const { bytes, step } = current.save();
    const { best_step = step } = current.engine.checkpointInfo(bytes);
    const name = `mini-llm-step-${request.weights === 'best' ? best_step : step}`;
    return packed(exportModel(current.engine, bytes, { ...request, ...viewer, name }));
  }

  async rescue(): Promise<SavedModel | undefined> {
    const saved = this.#current?.rescue();
    return saved && transferred({ ...saved, model: this.requireModel().id });
  }

  /** Tells the page that this worker cannot go on. */
  crash(error: unknown): void {
    this.#post({ type: 'crashed', message: sentence(error) });
  }

  /**
   * Measures the peak. The best of all measurements counts, because the first ones run in code that is not optimized yet and
   * other load can disturb any of them. Not during training, and in slices, so that a starting run need not wait.
   */
  async #calibrate(engine: Engine): Promise<void> {
    const times = this.#peak_gflops === 0 ? FIRST_CALIBRATIONS : 1;
    for (let i = 0; i < times && !this.#changes.busy && !this.#current?.training; i++) {
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
    // The old model is deleted only after the new one exists, so both must fit into memory.
    const memoryLimit = HEAP_LIMIT_BYTES - (this.#current?.memory_bytes ?? 0);
    const learning = (done: number): void => this.#post({ type: 'learning', done });
    switch (mode) {
      case 'new':
        return prepareTraining(engine, checked(options), corpus, {
          memoryLimit,
          learning,
          read: (path) => this.#engines.read(path),
        });
      case 'finetune':
        return prepareFinetune(engine, this.requireModel().weights(), trainingOptions(options), corpus, {
          memoryLimit,
        });
      case 'resume':
        return prepareResume(engine, this.requireModel().checkpoint(), changed, corpus, { memoryLimit });
    }
  }

  async structure(config: ModelConfig): Promise<ModelStructure> {
    const { structureOf } = await import('../engine/structure.ts');
    return structureOf((await this.#engines.current()).withDefaults(config));
  }

  async profileStep({ text, name, options }: ProfileRequest): Promise<StepProfile> {
    return this.#change('The measurement', async () => {
      const { measureStep } = await import('../engine/measure-step.ts');
      const engine = await this.#engines.current();
      const { trainer } = await prepareTraining(
        engine,
        checked(options, NO_END),
        await readCorpus(text, name),
        {
          memoryLimit: HEAP_LIMIT_BYTES - (this.#current?.memory_bytes ?? 0),
          read: (path) => this.#engines.read(path),
        },
      );
      try {
        return await measureStep(trainer, PROFILE_MS);
      } finally {
        trainer.delete();
      }
    });
  }

  /** All changes of the current model go through this. */
  #change<T>(what: string, act: () => Promise<T>): Promise<T> {
    return this.#changes.run(what, async () => {
      if (this.#current?.training) throw new Error('Training is under way; stop it first.');
      return act();
    });
  }

  /** Replaces the current model, after ending its generation. */
  async #replace(next: CurrentModel): Promise<void> {
    await this.#endGeneration();
    const before = this.#current;
    this.#current = next;
    await before?.delete();
  }

  async #endGeneration(): Promise<void> {
    while (this.#generation) await this.#generation.end();
  }

  protected requireModel(): CurrentModel {
    if (!this.#current) throw new Error('There is no model yet: press Train, or open a model file.');
    return this.#current;
  }

  #trained(): TrainedModel {
    const current = this.requireModel();
    if (!(current instanceof TrainedModel)) throw new Error('No training is under way.');
    return current;
  }

  #run(model: number): Run {
    const current = this.#trained();
    if (current.id !== model) throw new Error('That run is over: another model has taken its place.');
    return current.run;
  }
}

function transferred(saved: SavedModel): SavedModel {
  return transfer(saved, [saved.bytes.buffer]);
}

function refuseOtherText(before: Corpus, now: Corpus): void {
  if (before.sha256 === now.sha256) return;
  throw new Error(
    `${now.name} is not the text that this model was trained on: ${textDifference(before.bytes, now.bytes)}. ` +
      'Put that text back to resume, or press “Fine-tune on this text”.',
  );
}

/** The options for fine-tuning: not those of the shape, and min_lr follows from lr. */
function trainingOptions(options: Options): Partial<Options> {
  const names = optionsOf('train', 'finetune').map(({ name }) => name);
  return Object.fromEntries(names.filter((name) => name !== 'min_lr').map((name) => [name, options[name]]));
}
