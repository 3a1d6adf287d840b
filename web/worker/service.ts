// The engine, served to the page. At any time there is at most one model: in training, trained, or loaded.

import { transfer } from 'comlink';
import {
  HEAP_LIMIT_BYTES,
  Run,
  checked,
  estimate,
  generateText,
  loadEngine,
  nextTurn,
  optionsOf,
  prepareFinetune,
  prepareResume,
  prepareTraining,
  readCorpus,
  sentence,
  tokenPieces,
  type Corpus,
  type Engine,
  type Estimate,
  type GeneratedPiece,
  type Model,
  type Options,
  type Prepared,
  type TokenPiece,
} from '../engine/index.ts';
import { Batcher } from './batcher.ts';
import type {
  EngineInfo,
  GenerateRequest,
  LoadedModel,
  SavedModel,
  StartMode,
  StartRequest,
  Started,
  WorkerEvent,
  WorkerService,
} from './protocol.ts';

type Held =
  | { kind: 'run'; run: Run; memory_bytes: number }
  | { kind: 'file'; engine: Engine; model: Model; file: Uint8Array<ArrayBuffer>; step: number };

/** Long enough to tell a fast machine from a slow one, too short to be noticed. */
const CALIBRATION_MS = 20;
/** The first time the browser must also find that the code is worth compiling well. */
const FIRST_CALIBRATIONS = 6;

export class Service implements WorkerService {
  readonly #post: (event: WorkerEvent) => void;
  #base = '';
  #engine: Engine | undefined;
  /** All that are open: those at work and the next one's. */
  readonly #engines = new Set<Engine>();
  #wanted = '';
  #loading: { wanted: string; engine: Promise<Engine> } | undefined;
  /** Of the matrix kernel on this machine; 0 until it has been measured. */
  #peak_gflops = 0;
  #starting = 0;
  #held: Held | undefined;
  #generation: AbortController | undefined;

  constructor(post: (event: WorkerEvent) => void) {
    this.#post = post;
  }

  async open(base: string): Promise<EngineInfo> {
    this.#base = base;
    const { choice } = await this.#engineFor({});
    return choice;
  }

  async estimates(list: readonly Options[], corpusBytes: number): Promise<Estimate[]> {
    const engine = await this.#current();
    await this.#calibrate(engine);
    return list.map((options) => estimate(engine, options, corpusBytes, this.#peak_gflops || undefined));
  }

  async start(request: StartRequest, mode: StartMode): Promise<Started> {
    this.#starting++;
    try {
      return await this.#start(request, mode);
    } finally {
      this.#starting--;
    }
  }

  async #start(request: StartRequest, mode: StartMode): Promise<Started> {
    const [engine, corpus] = await Promise.all([
      this.#engineFor(request.options),
      readCorpus(request.text, request.name),
    ]);
    const prepared = await this.#prepare(engine, corpus, request.options, mode);
    await this.#release();
    const run = new Run(engine, prepared, { sample: request.sample });
    this.#held = { kind: 'run', run, memory_bytes: prepared.memory_bytes };
    const batcher = new Batcher((events) => this.#post({ type: 'run', events }));
    run.on((event) => batcher.add(event));
    const started = {
      max_steps: run.options.max_steps,
      seq_len: run.options.seq_len,
      step: run.progress.step,
      has_validation: run.trainer.hasValidation(),
      has_adapter: run.options.lora_rank > 0,
      engine: engine.choice,
    };
    this.#go(run);
    return started;
  }

  async pause(): Promise<void> {
    this.#run().pause();
  }

  async resume(): Promise<void> {
    const run = this.#run();
    if (run.state === 'stopped') this.#go(run);
    else run.resume();
  }

  async stop(): Promise<void> {
    this.#run().stop();
  }

  async generate({ id, options, prompt }: GenerateRequest): Promise<void> {
    const pieces = this.#pieces(options, prompt, this.#newGeneration());
    for await (const piece of pieces) this.#post({ type: 'piece', id, piece });
  }

  async cancelGeneration(): Promise<void> {
    this.#generation?.abort();
  }

  async load(file: Uint8Array): Promise<LoadedModel> {
    const engine = await this.#current();
    const from_adapter = engine.checkpointInfo(file).kind === 'lora';
    const bytes = from_adapter ? this.#withAdapter(engine, file) : new Uint8Array(file);
    const { tensors: _tensors, merges: _merges, ...info } = engine.checkpointInfo(bytes);
    const model = engine.loadModel(bytes);
    await this.#release();
    this.#held = { kind: 'file', engine, model, file: bytes, step: info.step };
    return { ...info, from_adapter };
  }

  /** The model at hand with an adapter merged into it, as a file. */
  #withAdapter(engine: Engine, adapter: Uint8Array): Uint8Array<ArrayBuffer> {
    if (!this.#held)
      throw new Error(
        'This is an adapter, which is of use only with the model that it was trained on: open that model first.',
      );
    using model = engine.loadModel(this.#weights());
    model.applyAdapter(adapter);
    return model.save();
  }

  async tokens(text: string): Promise<TokenPiece[]> {
    const held = this.#holding();
    return tokenPieces((held.kind === 'run' ? held.run : held).model.tokenizer(), text);
  }

  async save(): Promise<SavedModel> {
    const saved = this.#saved();
    return transfer(saved, [saved.bytes.buffer]);
  }

  async saveAdapter(): Promise<SavedModel> {
    const engine = await this.#current();
    const { bytes, step } = this.#saved();
    const adapter = { bytes: engine.saveAdapter(bytes), step };
    return transfer(adapter, [adapter.bytes.buffer]);
  }

  #saved(): SavedModel {
    const held = this.#holding();
    return held.kind === 'run'
      ? { bytes: held.run.save(), step: held.run.trainer.step() }
      : { bytes: held.file.slice(), step: held.step };
  }

  /** A file that has the weights of the model at hand. */
  #weights(): Uint8Array<ArrayBuffer> {
    const held = this.#holding();
    return held.kind === 'run' ? held.run.model.save() : held.file;
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
    for (let i = 0; i < times && !this.#isTraining(); i++) {
      this.#peak_gflops = Math.max(this.#peak_gflops, engine.gemmPeak(CALIBRATION_MS));
      await nextTurn();
    }
  }

  #isTraining(): boolean {
    return this.#starting > 0 || (this.#held?.kind === 'run' && this.#held.run.state === 'running');
  }

  async #prepare(engine: Engine, corpus: Corpus, options: Options, mode: StartMode): Promise<Prepared> {
    // The old model is given up only once the new one exists, so both must fit for a moment.
    const memoryLimit = HEAP_LIMIT_BYTES - (this.#held?.kind === 'run' ? this.#held.memory_bytes : 0);
    const learning = (done: number): void => this.#post({ type: 'learning', done });
    if (mode === 'new') return prepareTraining(engine, checked(options), corpus, { memoryLimit, learning });
    if (mode === 'finetune')
      return prepareFinetune(engine, this.#weights(), trainingOptions(options), corpus, { memoryLimit });
    const held = this.#holding();
    if (held.kind !== 'file') throw new Error('There is no loaded model to go on from.');
    return prepareResume(engine, held.file, {}, corpus, { memoryLimit });
  }

  #go(run: Run): void {
    run.start().catch((error: unknown) => this.crash(error));
  }

  #pieces(
    options: GenerateRequest['options'],
    prompt: string,
    { signal }: AbortController,
  ): AsyncGenerator<GeneratedPiece, void, undefined> {
    const held = this.#holding();
    return held.kind === 'run'
      ? held.run.generate(options, prompt, { signal })
      : generateText(held.engine, held.model, options, prompt, { signal });
  }

  /** One generation at a time: a new one ends the one under way. */
  #newGeneration(): AbortController {
    this.#generation?.abort();
    this.#generation = new AbortController();
    return this.#generation;
  }

  #holding(): Held {
    if (!this.#held) throw new Error('There is no model yet: press Train, or open a model file.');
    return this.#held;
  }

  #run(): Run {
    const held = this.#holding();
    if (held.kind !== 'run') throw new Error('No training is under way.');
    return held.run;
  }

  async #release(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    this.#generation?.abort();
    if (held?.kind === 'run') await held.run.delete();
    else held?.model.delete();
    this.#closeUnused();
  }

  /** The core, loaded again only when another build of it is asked for. */
  async #engineFor(options: Partial<Options>): Promise<Engine> {
    const { variant = 'auto', threads = 0, reproducible = false } = options;
    const wanted = JSON.stringify([variant, threads, reproducible]);
    if (this.#engine && wanted === this.#wanted) return this.#engine;
    if (this.#loading?.wanted !== wanted)
      this.#loading = { wanted, engine: this.#loadEngine({ variant, threads, reproducible }) };
    const loading = this.#loading;
    try {
      const engine = await loading.engine;
      // Another may have been asked for meanwhile; the last one asked for stays.
      if (this.#loading === loading) {
        this.#engine = engine;
        this.#wanted = wanted;
        this.#closeUnused();
      }
      return engine;
    } finally {
      if (this.#loading === loading) this.#loading = undefined;
    }
  }

  async #loadEngine(options: Pick<Options, 'variant' | 'threads' | 'reproducible'>): Promise<Engine> {
    const engine = await loadEngine({ base: this.#base, ...options });
    this.#engines.add(engine);
    return engine;
  }

  /** Ends the threads of the engines that neither the model at hand nor the next one needs. */
  #closeUnused(): void {
    if (this.#starting > 1) return; // another start may be about to use one
    const held = this.#held?.kind === 'run' ? this.#held.run.engine : this.#held?.engine;
    for (const engine of this.#engines) {
      if (engine === this.#engine || engine === held) continue;
      engine.close();
      this.#engines.delete(engine);
    }
  }

  async #current(): Promise<Engine> {
    return this.#engine ?? this.#engineFor({});
  }
}

/** What a model that is there leaves open: not its shape, and lr says where lr ends. */
function trainingOptions(options: Options): Partial<Options> {
  const names = optionsOf('train', 'finetune').map(({ name }) => name);
  return Object.fromEntries(names.filter((name) => name !== 'min_lr').map((name) => [name, options[name]]));
}
