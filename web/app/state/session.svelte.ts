// The actions of the page and its state. Components call the actions and draw the state.

import { transfer, type Remote } from 'comlink';
import { sentence } from '../../engine/errors.ts';
import { defaults, optionsOf, type OptionName, type Options } from '../../engine/options.ts';
import { finetuneRates } from '../../engine/presets.ts';
import { runNotes } from '../../engine/run-notes.ts';
import type { Copied } from '../../engine/copied.ts';
import type { TokenPiece } from '../../engine/token-pieces.ts';
import { BUILT_VARIANTS } from '../../engine/variants.ts';
import type {
  EngineInfo,
  ExportRequest,
  InspectionService,
  LoadedModel,
  PathFile,
  SavedModel,
  StartMode,
  StartRequest,
  Started,
  Weights,
  WorkerEvent,
  WorkerService,
} from '../../worker/protocol.ts';
import { download } from '../lib/browser.ts';
import { isolation } from '../start/isolation.ts';
import { Estimates, checkForm } from './estimates.svelte.ts';
import { openFirstText } from './first-text.ts';
import { Guide } from './guide.svelte.ts';
import {
  canResume,
  changedOptions,
  fileName,
  fixedOptions,
  folderName,
  isCheckpoint,
  loadedModel,
  loadedOptions,
  requireModelMemory,
  trainedModel,
  type OpenModel,
} from './open-model.ts';
import { OptionForm, formSpec } from './option-form.svelte.ts';
import { Offline } from './offline.svelte.ts';
import { filesOf, pageState, restorePage } from './page-state.ts';
import { Panels } from './panels.svelte.ts';
import { PresetChoice } from './preset-choice.svelte.ts';
import { isFinetuned, liveSample, runOptions, startProblems } from './run-request.ts';
import { SharedRecipe } from './shared-recipe.svelte.ts';
import { newRunId, Runs } from './runs.svelte.ts';
import { Timeline } from './timeline.svelte.ts';
import { Training } from './training.svelte.ts';
import { TrainingText } from './training-text.svelte.ts';
import { WhileTraining } from './while-training.svelte.ts';
import { WorkerClient } from './worker-client.ts';
import { Generation } from './generation.svelte.ts';
import { words } from '../words/words.ts';

/** The options of group "run" that the page has; the others are the command line's. */
const BUILD: readonly OptionName[] = ['variant', 'threads', 'reproducible'];

/** The prompt has its own field. */
const SAMPLING = optionsOf('sample').filter(({ name }) => name !== 'prompt');

const FINETUNING = [formSpec('lr'), ...optionsOf('finetune')];

export class Session {
  readonly text = new TrainingText();
  readonly form = new OptionForm([
    ...optionsOf('model', 'train'),
    // A choice needs several builds.
    ...(BUILT_VARIANTS.length > 1 ? BUILD.map(formSpec) : []),
  ]);
  /** The options of fine-tuning; the learning rate falls to a tenth. */
  readonly finetuning = new OptionForm(FINETUNING, { ...finetuneRates({}), min_lr: 0 });
  readonly sampling = new OptionForm(SAMPLING);
  readonly training = new Training();
  readonly timeline = new Timeline(this.training);
  readonly preset = new PresetChoice(this.form, this.text);
  readonly shared = new SharedRecipe(this.preset);
  readonly panels = new Panels();
  readonly guide = new Guide();
  readonly runs = new Runs();
  readonly offline = new Offline();
  readonly beside = new WhileTraining();
  readonly generation: Generation;
  readonly estimates: Estimates;

  engine = $state.raw<EngineInfo | undefined>(undefined);
  model = $state.raw<OpenModel | undefined>(undefined);
  /** The unsaved model that the current one replaced. */
  previous = $state.raw<SavedModel | undefined>(undefined);
  /** The error of opening or saving a model file. */
  fileError = $state('');
  exporting = $state(false);
  /** The status of a change of the current model in progress, or ''. */
  changing = $state('');

  readonly unsaved = $derived.by(() => {
    const step = this.training.progress?.weights_step ?? 0;
    return this.model !== undefined && step > Math.max(this.model.savedStep, this.runs.safeStep);
  });
  /** Whether closing the tab loses more than the last seconds of a run. */
  readonly atRisk = $derived.by(() => (this.training.active ? !this.runs.safe : this.unsaved));
  readonly resumable = $derived.by(() => {
    const { stage } = this.training;
    // After a failure the kept weights can be resumed if the optimizer's state was kept too.
    return stage === 'stopped' || ((stage === 'idle' || stage === 'failed') && canResume(this.model));
  });
  /** Whether all its steps are done, so that more can be added. */
  readonly extendable = $derived.by(
    () =>
      this.training.stage === 'done' ||
      (this.training.stage === 'idle' && isCheckpoint(this.model) && !this.resumable),
  );

  readonly finetunable = $derived.by(() => this.model !== undefined && !this.running);

  /** Notes on the run that Train would start. */
  readonly advice = $derived.by(() => {
    if (this.training.active || this.text.size === 0 || this.form.problems.length > 0) return [];
    return runNotes(this.form.values, this.text.size, words.runNotes);
  });
  /** Changed options that are fixed for the current model. */
  readonly fixed = $derived.by(() =>
    this.resumable || this.extendable ? fixedOptions(this.#changed()) : [],
  );

  readonly #client = new WorkerClient({
    connected: (service) => this.#connected(service),
    opened: (info) => (this.engine = info),
    event: (event) => this.#receive(event),
    crashed: (message, rescued) => void this.#crashed(message, rescued),
  });
  /** The options of the run that is being prepared, and its id in the library. */
  #asked: Options = defaults();
  #askedRun = '';

  constructor() {
    this.generation = new Generation(this.#client, this.sampling);
    this.estimates = new Estimates(this.#client, this.form, this.preset, this.text);
  }

  get running(): boolean {
    return this.training.stage === 'running' || this.training.stage === 'paused';
  }

  /** Fetches everything that Train needs; called when the page opens. */
  async open(): Promise<void> {
    this.follow(location.hash);
    void openFirstText(this, isolation);
    void this.runs.find();
    try {
      void this.offline.follow(await this.#client.open());
    } catch (error) {
      this.training.problem = sentence(error);
    }
  }

  /** Shows what the fragment of the page's address names: a panel, or the recipe of a link. */
  follow(fragment: string): void {
    if (!this.panels.open(fragment)) this.shared.open(fragment);
  }

  async train(): Promise<void> {
    await this.#start('new');
  }

  /** Fine-tunes the current model on the current text. */
  async finetune(): Promise<void> {
    await this.#start('finetune');
  }

  /** Continues the stopped run or the opened model with the current options. */
  async resume(): Promise<void> {
    await this.#start('resume');
  }

  /** Trains for more steps after the last one. */
  async extend(steps: number): Promise<void> {
    const done = this.training.progress?.step ?? this.model?.file?.info.step ?? 0;
    this.form.apply({ max_steps: done + steps });
    await this.resume();
  }

  async pause(): Promise<void> {
    await this.#control((id) => this.#client.call((service) => service.pause(id)));
  }

  async unpause(): Promise<void> {
    await this.#control((id) => this.#client.call((service) => service.unpause(id)));
  }

  async stop(): Promise<void> {
    await this.#control((id) => this.#client.call((service) => service.stop(id)));
  }

  async useWeights(weights: Weights): Promise<void> {
    await this.#exclusively(words.status.weights, async () => {
      await this.#client.call((service) => service.useWeights(weights));
    }).catch((error: unknown) => (this.training.problem = sentence(error)));
  }

  async generate(): Promise<void> {
    await this.generation.generate(this.model?.seq_len ?? defaults().seq_len);
  }

  /** Asks what is inside the current model. */
  inspect<T>(use: (service: Remote<InspectionService>) => Promise<T>): Promise<T> {
    return this.#client.call(use);
  }

  /** What a text repeats of the training text. */
  readonly copied = (text: string): Promise<Copied | undefined> =>
    this.#client.call((service) => service.copied(text));

  /** Splits a text into tokens of the current model. */
  tokens(text: string): Promise<TokenPiece[]> {
    return this.#client.call((service) => service.tokens(text));
  }

  async openModel(file: File): Promise<void> {
    await this.#open(file.name, async () => {
      requireModelMemory(file);
      const bytes = new Uint8Array(await file.arrayBuffer());
      return this.#client.call((service) => service.load(bytes));
    });
  }

  /** Opens a model of another program. */
  async importModel(files: readonly PathFile[]): Promise<void> {
    await this.#open(folderName(files), () => this.#client.call((service) => service.importModel(files)));
  }

  async #open(name: string, read: () => Promise<LoadedModel>): Promise<void> {
    this.fileError = '';
    try {
      await this.#exclusively(words.status.opening(name), () => this.#replaceBy(name, read));
    } catch (error) {
      this.fileError = words.opened.failed(name, sentence(error));
    }
  }

  /** Replaces the current model by an opened one. */
  async #replaceBy(file: string, read: () => Promise<LoadedModel>): Promise<void> {
    const before = await this.#unsavedModel();
    const info = await read();
    this.previous = before ?? this.previous;
    this.training.clear();
    this.training.stage = 'idle';
    const base = this.model?.file?.name ?? words.opened.theModel;
    if (info.options) this.form.apply(loadedOptions(info));
    const name = info.from_adapter ? words.opened.withAdapter(base, file) : file;
    this.model = loadedModel(name, info, { ...this.form.values });
    this.runs.use('');
  }

  /** Opens a run of the library where it stood, and goes on with its training if `goOn`. */
  async openRun(id: string, goOn: boolean): Promise<void> {
    try {
      await this.#exclusively(words.status.openingRun, () => this.#openRun(id));
    } catch (error) {
      this.runs.problem = sentence(error);
      return;
    }
    if (goOn) await this.resume();
  }

  async #openRun(id: string): Promise<void> {
    const before = await this.#unsavedModel();
    const run = await this.runs.open(id);
    const [file, checkpoint] = filesOf(run);
    const info = await this.#client.call((service) => service.load(file, checkpoint));
    this.previous = before ?? this.previous;
    this.model = restorePage(this, run, info);
    this.runs.use(id, { step: info.step });
  }

  /** Saves the fields of the page with the run; for an effect. */
  keepFields(): () => void {
    return this.runs.follow(pageState(this));
  }

  /** The page is out of sight and may never return. */
  async keepRun(): Promise<void> {
    if (this.training.active) await this.#client.call((service) => service.keep()).catch(() => undefined);
  }

  async saveModel(): Promise<void> {
    await this.#save('mini-llm', () => this.#client.call((service) => service.save()));
  }

  async saveAdapter(): Promise<void> {
    await this.#save('mini-llm-adapter', () => this.#client.call((service) => service.saveAdapter()));
  }

  /** Downloads the current model in another format. */
  async exportModel(request: ExportRequest): Promise<void> {
    this.fileError = '';
    this.exporting = true;
    try {
      const { name, content } = await this.#client.call((service) => service.exportModel(request));
      download(content, name);
    } catch (error) {
      this.fileError = sentence(error);
    } finally {
      this.exporting = false;
    }
  }

  savePrevious(): void {
    if (this.previous) download(this.previous.bytes, fileName('mini-llm', this.previous));
    this.previous = undefined;
  }

  async #save(what: string, take: () => Promise<SavedModel>): Promise<void> {
    this.fileError = '';
    try {
      const saved = await take();
      download(saved.bytes, fileName(what, saved));
      if (what === 'mini-llm' && this.model?.id === saved.model)
        this.model = { ...this.model, savedStep: saved.step };
    } catch (error) {
      this.fileError = sentence(error);
    }
  }

  async #start(mode: StartMode): Promise<void> {
    const { training } = this;
    if (this.changing !== '' || this.running) return;
    const before = training.stage;
    try {
      await this.#exclusively(words.status.preparing, async () => {
        training.starting();
        const request = await this.#request(mode);
        const unsaved = mode === 'resume' ? undefined : await this.#unsavedModel();
        await this.#client.call((service) => service.start(request, mode));
        this.previous = unsaved ?? this.previous;
      });
    } catch (error) {
      if (training.stage === 'starting') training.stage = before;
      training.problem = sentence(error);
    }
  }

  /** Makes the request of a run; throws the error messages of invalid options. */
  async #request(mode: StartMode): Promise<StartRequest> {
    const { text, name } = await this.text.read();
    if (mode === 'new') this.preset.follow(this.text.size, false);
    const finetuned = isFinetuned(mode, this.model?.finetuned === true);
    const problems = startProblems(this, finetuned);
    if (problems.length > 0) throw new Error(problems.join(' '));
    const mismatches = await checkForm(this.#client, this.form, this.form.values);
    if (mismatches.length > 0) throw new Error(mismatches.join(' '));
    this.#asked = runOptions(this, finetuned);
    const resumed = mode === 'resume';
    this.#askedRun = (resumed && this.runs.current) || newRunId();
    return {
      text,
      name,
      options: this.#asked,
      changed: resumed ? this.#changed() : {},
      sample: liveSample(this),
      place: { id: this.#askedRun, text: this.text.info },
      record: resumed ? this.training.record : undefined,
    };
  }

  #changed(): Partial<Options> {
    return this.model ? changedOptions(this.model, runOptions(this, this.model.finetuned)) : {};
  }

  /** The current model if it is not saved, to keep it when another replaces it. */
  async #unsavedModel(): Promise<SavedModel | undefined> {
    return this.unsaved ? this.#client.call((service) => service.save()) : undefined;
  }

  /** Allows only one change of the current model at a time; the buttons are disabled meanwhile. */
  async #exclusively(changing: string, act: () => Promise<void>): Promise<void> {
    if (this.changing !== '') throw new Error(words.run.wait(this.changing));
    if (this.running) throw new Error(words.run.underWay);
    this.changing = changing;
    try {
      await act();
    } finally {
      this.changing = '';
    }
  }

  async #control(act: (id: number) => Promise<void>): Promise<void> {
    try {
      if (this.model) await act(this.model.id);
    } catch (error) {
      this.training.problem = sentence(error);
    }
  }

  #receive(event: WorkerEvent): void {
    switch (event.type) {
      case 'learning':
        this.training.learned = event.done;
        break;
      case 'started':
        this.#began(event);
        break;
      case 'save':
        if (event.model === this.model?.id) this.runs.take(event);
        break;
      case 'piece':
        this.generation.take(event.id, event.piece);
        break;
      case 'run':
        // Ignore events of a run whose model was replaced.
        if (event.model !== this.model?.id) break;
        for (const runEvent of event.events) {
          this.training.take(runEvent);
          if (runEvent.event === 'failed' && runEvent.crashed) this.#client.replace(runEvent.message);
        }
        break;
    }
  }

  #connected(service: Remote<WorkerService>): void {
    const library = this.runs.port();
    if (library) service.attach(transfer(library, [library])).catch(() => undefined);
  }

  #began(started: Started): void {
    const sameRun = started.mode === 'resume' && this.training.progress !== undefined;
    this.model = trainedModel(
      started,
      this.#asked,
      isFinetuned(started.mode, this.model?.finetuned === true),
    );
    this.engine = started.engine;
    this.training.began(started, sameRun);
    this.runs.use(this.#askedRun);
  }

  /** The worker is lost; loads the weights rescued from it into a new worker. */
  async #crashed(message: string, rescued: Promise<SavedModel | undefined>): Promise<void> {
    const lost = this.model;
    this.model = undefined;
    this.training.crashed(message);
    const saved = await rescued;
    if (!saved || !lost) return;
    await this.#exclusively(words.status.recovering, () => this.#recover(lost, saved)).catch(
      () => (this.previous = saved),
    );
  }

  async #recover(lost: OpenModel, saved: SavedModel): Promise<void> {
    const info = await this.#client.call((service) => service.load(saved.bytes));
    const name = lost.file?.name ?? words.opened.afterStep(saved.step);
    this.model = { ...loadedModel(name, info, lost.asked), savedStep: Math.min(lost.savedStep, saved.step) };
    this.training.kept(saved.step);
  }
}
