// What a person can do on the page, as functions; the components call them and draw the state.

import { sampleOptions } from '../../engine/convert.ts';
import { sentence } from '../../engine/errors.ts';
import { promptNote } from '../../engine/generate.ts';
import { defaults, optionsOf, type OptionName, type Options } from '../../engine/options.ts';
import { finetuneRates } from '../../engine/presets.ts';
import type { TokenPiece } from '../../engine/token-pieces.ts';
import { BUILT_VARIANTS } from '../../engine/variants.ts';
import type { EngineInfo, SavedModel, StartMode, StartRequest, WorkerEvent } from '../../worker/protocol.ts';
import { DEFAULT_EXAMPLE } from '../lib/examples.ts';
import { download } from '../lib/download.ts';
import { requireModelRoom } from '../lib/model-files.ts';
import { isolation } from '../start/isolation.ts';
import { Estimates } from './estimates.svelte.ts';
import { canResume, loadedModel, loadedOptions, trainedModel, type OpenModel } from './open-model.ts';
import { OptionForm, formSpec } from './option-form.svelte.ts';
import { Recipe } from './recipe.svelte.ts';
import { Training } from './training.svelte.ts';
import { TrainingText } from './training-text.svelte.ts';
import { WorkerClient } from './worker-client.ts';
import { Writing } from './writing.svelte.ts';

/** Of how a run is carried out, only the build is for the page to choose. */
const BUILD: readonly OptionName[] = ['variant', 'threads', 'reproducible'];

/** The prompt has a place of its own. */
const SAMPLING: readonly OptionName[] = [
  'temp',
  'top_k',
  'top_p',
  'min_p',
  'repetition_penalty',
  'max_new_tokens',
  'n',
  'seed',
  'cache',
  'int8',
  'stop',
];

const TUNING = ['lr', 'freeze_layers', 'lora_rank', 'lora_alpha'] as const;

const SAMPLE_EVERY_S = 3;
const SAMPLE_LENGTH = 240;

export class Session {
  readonly text = new TrainingText();
  readonly form = new OptionForm([
    ...optionsOf('model', 'train'),
    // With one build there is nothing to choose.
    ...(BUILT_VARIANTS.length > 1 ? BUILD.map(formSpec) : []),
  ]);
  /** For going on with the model at hand on another text; its learning rate falls to a tenth. */
  readonly tuning = new OptionForm(TUNING.map(formSpec), { ...finetuneRates({}), min_lr: 0 });
  readonly sampling = new OptionForm(SAMPLING.map(formSpec));
  readonly training = new Training();
  readonly writing = new Writing();
  readonly recipe = new Recipe(this.form, this.text);
  readonly estimates: Estimates;

  engine = $state.raw<EngineInfo | undefined>(undefined);
  model = $state.raw<OpenModel | undefined>(undefined);
  /** The unsaved model that a new one took the place of. */
  previous = $state.raw<SavedModel | undefined>(undefined);
  /** Of opening and saving model files. */
  fileProblem = $state('');

  readonly unsaved = $derived.by(() => {
    const step = this.training.progress?.step ?? 0;
    return this.model !== undefined && step > this.model.savedStep;
  });
  readonly resumable = $derived.by(
    () => this.training.stage === 'stopped' || (this.training.stage === 'idle' && canResume(this.model)),
  );

  readonly finetunable = $derived.by(
    () => this.model !== undefined && !['running', 'paused'].includes(this.training.stage),
  );

  readonly #client = new WorkerClient({
    opened: (info) => (this.engine = info),
    event: (event) => this.#receive(event),
    crashed: (message) => this.#crashed(message),
  });
  /** Events that overtook the answer to start(). */
  #early: WorkerEvent[] | undefined;

  constructor() {
    this.estimates = new Estimates(this.#client, this.form, this.recipe, this.text);
  }

  /** On opening the page: everything that Train will need is fetched now. */
  async open(): Promise<void> {
    void this.text.openExample(DEFAULT_EXAMPLE, isolation);
    try {
      await this.#client.open();
    } catch (error) {
      this.training.problem = sentence(error);
    }
  }

  async train(): Promise<void> {
    if (!this.training.active) await this.#start('new');
  }

  /** Trains the model at hand on the text at hand, whichever it was trained on before. */
  async finetune(): Promise<void> {
    if (!this.training.active) await this.#start('finetune');
  }

  async pause(): Promise<void> {
    await this.#control(() => this.#client.call((service) => service.pause()));
  }

  /** Goes on with the paused or stopped run, or with the model that was opened from a file. */
  async resume(): Promise<void> {
    if (this.training.stage === 'idle') return this.#start('resume');
    await this.#control(() => this.#client.call((service) => service.resume()));
  }

  async stop(): Promise<void> {
    await this.#control(() => this.#client.call((service) => service.stop()));
  }

  async generate(): Promise<void> {
    const { writing } = this;
    const id = writing.begin(this.sampling.values.n);
    const { prompt } = writing;
    try {
      if (this.sampling.problems.length > 0) throw new Error(this.sampling.problems.join(' '));
      const options = sampleOptions(this.sampling.values);
      writing.noted(id, await this.#promptNote(prompt));
      await this.#client.call((service) => service.generate({ id, options, prompt }));
      writing.end(id);
    } catch (error) {
      writing.end(id, sentence(error));
    }
  }

  async #promptNote(prompt: string): Promise<string> {
    const seq_len = this.model?.seq_len ?? defaults().seq_len;
    // A token is at least a byte, so that most prompts need not be counted.
    if (new TextEncoder().encode(prompt).length <= seq_len) return '';
    return promptNote((await this.tokens(prompt)).length, seq_len) ?? '';
  }

  /** A text cut into the tokens of the model at hand. */
  tokens(text: string): Promise<TokenPiece[]> {
    return this.#client.call((service) => service.tokens(text));
  }

  async cancelGeneration(): Promise<void> {
    await this.#client.call((service) => service.cancelGeneration()).catch(() => undefined);
  }

  async openModel(file: File): Promise<void> {
    this.fileProblem = '';
    try {
      requireModelRoom(file);
      await this.#keepPrevious();
      const bytes = new Uint8Array(await file.arrayBuffer());
      const info = await this.#client.call((service) => service.load(bytes));
      this.training.clear();
      this.training.stage = 'idle';
      this.training.problem = '';
      const base = this.model?.file?.name ?? 'The model';
      this.model = loadedModel(info.from_adapter ? `${base} with ${file.name}` : file.name, info);
      if (info.options) this.form.apply(loadedOptions(info));
    } catch (error) {
      this.fileProblem = `“${file.name}” could not be opened. ${sentence(error)}`;
    }
  }

  async saveModel(): Promise<void> {
    this.fileProblem = '';
    try {
      const saved = await this.#client.call((service) => service.save());
      download(saved.bytes, fileName('mini-llm', saved));
      if (this.model) this.model = { ...this.model, savedStep: saved.step };
    } catch (error) {
      this.fileProblem = sentence(error);
    }
  }

  async saveAdapter(): Promise<void> {
    this.fileProblem = '';
    try {
      const saved = await this.#client.call((service) => service.saveAdapter());
      download(saved.bytes, fileName('mini-llm-adapter', saved));
    } catch (error) {
      this.fileProblem = sentence(error);
    }
  }

  savePrevious(): void {
    if (this.previous) download(this.previous.bytes, fileName('mini-llm', this.previous));
    this.previous = undefined;
  }

  async #start(mode: StartMode): Promise<void> {
    const { training } = this;
    const before = training.stage;
    training.starting();
    this.#early = [];
    try {
      const request = await this.#request(mode);
      await this.#keepPrevious();
      const started = await this.#client.call((service) => service.start(request, mode));
      this.model = trainedModel(started);
      this.engine = started.engine;
      training.clear();
      training.began(started);
      for (const event of this.#early.splice(0)) this.#handle(event);
    } catch (error) {
      if (training.stage === 'starting') training.stage = before;
      training.problem = sentence(error);
    } finally {
      this.#early = undefined;
    }
  }

  /** Everything a run starts from; throws the sentences of what is not right yet. */
  async #request(mode: StartMode): Promise<StartRequest> {
    const { text, name } = await this.text.read();
    if (mode === 'new') this.recipe.follow(this.text.size, false);
    const problems = mode === 'resume' ? [] : this.form.problems;
    if (mode === 'finetune') problems.push(...this.tuning.problems);
    if (problems.length > 0) throw new Error(problems.join(' '));
    const sample = {
      options: { ...sampleOptions(this.sampling.values), max_new_tokens: SAMPLE_LENGTH, stop: [] },
      prompt: '',
      every_s: SAMPLE_EVERY_S,
    };
    return { text, name, options: this.#options(mode), sample };
  }

  #options(mode: StartMode): Options {
    if (mode !== 'finetune') return { ...this.form.values };
    const { lr, freeze_layers, lora_rank, lora_alpha } = this.tuning.values;
    return { ...this.form.values, ...finetuneRates({ lr }), freeze_layers, lora_rank, lora_alpha };
  }

  /** A trained model that nobody saved is kept when another takes its place. */
  async #keepPrevious(): Promise<void> {
    if (this.unsaved) this.previous = await this.#client.call((service) => service.save());
  }

  async #control(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.training.problem = sentence(error);
    }
  }

  #receive(event: WorkerEvent): void {
    if (event.type === 'learning') this.training.learnt = event.done;
    else if (this.#early) this.#early.push(event);
    else this.#handle(event);
  }

  #handle(event: WorkerEvent): void {
    if (event.type === 'piece') this.writing.take(event.id, event.piece);
    if (event.type !== 'run') return;
    for (const told of event.events) {
      this.training.take(told);
      if (told.event === 'failed' && told.crashed) this.#client.replace(told.message);
    }
  }

  #crashed(message: string): void {
    this.model = undefined;
    this.training.crashed(message);
  }
}

function fileName(what: string, { step }: SavedModel): string {
  return `${what}-step-${step}.safetensors`;
}
