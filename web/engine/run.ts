// The training loop of the page and of the command line. It works in slices and yields to the event loop between
// them, so that pause, stop, a sample or a generation takes effect within one slice.

import { Clock } from './clock.ts';
import type { SampleOptions, TrainEvent } from './generated/core-types.ts';
import type { Model, Trainer, WhichWeights } from './core-objects.ts';
import type { Engine } from './engine.ts';
import { CoreCrash, sentence } from './errors.ts';
import {
  isOver,
  noProgress,
  withTrainEvent,
  type EventBody,
  type DoneEvent,
  type DoneReason,
  type FailedEvent,
  type Progress,
  type RunEvent,
  type RunState,
} from './events.ts';
import { Rescue, type Rescued } from './rescue.ts';
import { tokensPerStep } from './estimate.ts';
import {
  generateText,
  withPiece,
  type GenerateSettings,
  type GeneratedPiece,
  type GeneratedSample,
} from './generate.ts';
import { anySignal, nextTurn } from './event-loop.ts';
import type { Options } from './options.ts';
import type { Prepared } from './prepare.ts';
import type { Recipe } from './recipe.ts';
import { LiveSampleSchedule, type LiveSample } from './live-sample.ts';
import { ThreadTuner, threadsNote } from './thread-tuner.ts';

export interface RunSettings {
  sample?: LiveSample;
  /** Length of a slice in milliseconds. */
  slice_ms?: number;
  /** Keeps a checkpoint outside the core at least this often, in case the core crashes: see rescued(). */
  rescue_every_ms?: number;
  /** Receives each of these checkpoints, for instance to save it; must not change its bytes. */
  onKept?: (kept: Rescued) => void;
}

export type RunEnd = DoneEvent | FailedEvent;

export class Run {
  readonly engine: Engine;
  readonly trainer: Trainer;
  readonly options: Options;
  readonly notes: readonly string[];
  /** How to repeat the run. */
  readonly recipe: Recipe;
  readonly #slice_ms: number;
  readonly #samples: LiveSampleSchedule | undefined;
  readonly #tuner: ThreadTuner;
  readonly #rescue: Rescue;
  readonly #clock = new Clock();
  readonly #listeners = new Set<(event: RunEvent) => void>();
  readonly #abortController = new AbortController();
  #state: RunState = 'ready';
  #stopAsked = false;
  /** Generations under way: training waits for them. */
  #pausers = 0;
  #wake: (() => void)[] = [];
  #progress: Progress;
  /** After the best weights were restored: the progress of the last step and of the best one. */
  #lastProgress: Progress | undefined;
  #bestProgress: Progress | undefined;
  #sampleError = '';
  #threadsNoted = false;
  #loop: Promise<RunEnd> | undefined;

  /** Takes over the prepared trainer: delete() of the run deletes it. */
  constructor(
    engine: Engine,
    prepared: Prepared,
    { sample, slice_ms = 30, rescue_every_ms = Infinity, onKept }: RunSettings = {},
  ) {
    this.engine = engine;
    this.trainer = prepared.trainer;
    this.options = prepared.options;
    this.notes = prepared.notes;
    this.recipe = prepared.recipe;
    this.#slice_ms = slice_ms;
    this.#samples = sample && new LiveSampleSchedule(sample);
    this.#tuner = new ThreadTuner(engine.threads, engine.activeThreads);
    this.#rescue = new Rescue(this.trainer, rescue_every_ms, onKept);
    this.#progress = noProgress(this.trainer.step(), this.options.max_steps, this.trainer.weightsStep());
  }

  get state(): RunState {
    return this.#state;
  }

  get progress(): Readonly<Progress> {
    return this.#progress;
  }

  /** The model in training; it changes with every step. */
  get model(): Model {
    return this.trainer.model();
  }

  /** Listens to the events; returns a function that stops listening. */
  on(listener: (event: RunEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Trains until the last step, stop_at_step, stop() or a failure, which is an event and not a rejection. */
  start(): Promise<RunEnd> {
    if (this.#state !== 'ready' && this.#state !== 'stopped')
      throw new Error(`This run cannot be started: it is ${this.#state}.`);
    const again = this.#state === 'stopped';
    this.#state = 'running';
    this.#stopAsked = false;
    this.#clock.start();
    if (again) this.#emit({ event: 'resumed' });
    this.#loop = this.#train().finally(() => this.#clock.stop());
    return this.#loop;
  }

  pause(): void {
    if (this.#state !== 'running') return;
    this.#state = 'paused';
    this.#clock.stop();
    this.#emit({ event: 'paused' });
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    this.#clock.start();
    this.#emit({ event: 'resumed' });
    this.#notify();
  }

  /** Ends the run after the current slice; start()'s promise then resolves. */
  stop(): void {
    this.#stopAsked = true;
    this.#notify();
  }

  /** The checkpoint after the last completed step; throws after a crash. */
  save(): Uint8Array<ArrayBuffer> {
    return this.trainer.save();
  }

  /** Keeps a checkpoint outside the core now, unless there is a very new one or none are kept. */
  keep(): void {
    if (this.#state === 'running') this.#rescue.keepIfDue(true);
  }

  /** After a crash: the last checkpoint that was kept outside the core, if rescue_every_ms was given. */
  rescued(): Rescued | undefined {
    return this.#rescue.kept;
  }

  /** Whether the run has ended with the best weights restored, so that useWeights() may be called. */
  hasLastWeights(): boolean {
    return this.#state === 'done' && this.trainer.hasLastWeights();
  }

  /** After the end: puts the weights with the best validation loss or those of the last step into the model. */
  useWeights(which: WhichWeights): void {
    this.trainer.useWeights(which);
    this.#progress = (which === 'best' ? this.#bestProgress : this.#lastProgress) ?? this.#progress;
    this.#emit({ event: 'weights' });
  }

  /** Whether the model has the weights of the best validation, and the last ones can be put back. */
  hasRestoredBest(): boolean {
    return this.hasLastWeights() && this.trainer.weightsStep() !== this.trainer.step();
  }

  /** A checkpoint with the weights of the last step, from which training can go on however the run has ended. */
  saveToExtend(): Uint8Array<ArrayBuffer> {
    if (!this.hasRestoredBest()) return this.save();
    this.trainer.useWeights('last');
    try {
      return this.save();
    } finally {
      this.trainer.useWeights('best');
    }
  }

  /** Generates from the model in training; training waits until the iteration ends, by its end, a break or an abort. */
  async *generate(
    options: SampleOptions,
    prompt: string,
    settings: GenerateSettings = {},
  ): AsyncGenerator<GeneratedPiece, void, undefined> {
    const signals = settings.signal
      ? [settings.signal, this.#abortController.signal]
      : [this.#abortController.signal];
    this.#pausers++;
    this.#clock.stop();
    try {
      yield* generateText(this.engine, this.model, options, prompt, {
        ...settings,
        signal: anySignal(signals),
      });
    } finally {
      this.#pausers--;
      if (this.#state === 'running' && this.#pausers === 0) this.#clock.start();
      this.#notify();
    }
  }

  /** Ends training and generations and frees the memory. */
  async delete(): Promise<void> {
    this.stop();
    this.#abortController.abort();
    await this.#loop?.catch(() => undefined);
    while (this.#pausers > 0) await this.#change();
    this.trainer.delete();
  }

  async #train(): Promise<RunEnd> {
    for (const message of this.notes) this.#emit({ event: 'note', message });
    try {
      for (;;) {
        await this.#turn();
        if (this.#stopAsked) return this.#leave('stopped');
        const end = await this.#slice();
        if (end) return end;
      }
    } catch (error) {
      return this.#fail(sentence(error), error instanceof CoreCrash);
    }
  }

  /** Yields to the event loop, and waits while paused or while a generation is under way. */
  async #turn(): Promise<void> {
    await nextTurn();
    while (!this.#stopAsked && (this.#state === 'paused' || this.#pausers > 0)) await this.#change();
  }

  async #slice(): Promise<RunEnd | undefined> {
    this.#clock.lap();
    const event = this.trainer.advance(this.#slice_ms);
    this.#clock.worked(this.#clock.lap());
    switch (event.kind) {
      case 'none':
        await this.#maybeSample(false);
        return undefined;
      case 'step':
        this.#tuneThreads(this.#clock.stepDone());
        this.#take(event);
        this.#emit({ event: 'step' });
        await this.#maybeSample(true);
        // A validation due at this step comes first, as it would without stop_at_step.
        return this.#atStopStep() && !this.#evalDue() ? this.#leave('stop_at_step') : undefined;
      case 'eval':
        this.#clock.evalDone();
        this.#take(event);
        this.#emit({ event: 'eval' });
        this.#rescue.keepIfDue(true);
        return this.#atStopStep() ? this.#leave('stop_at_step') : undefined;
      case 'done':
        await this.#noteRestored(event);
        return this.#finish(event.step < this.options.max_steps ? 'patience' : 'max_steps');
      case 'failed':
        this.#take(event);
        return this.#fail(event.message, false);
    }
  }

  #atStopStep(): boolean {
    const { stop_at_step, max_steps } = this.options;
    return stop_at_step > 0 && this.#progress.step >= stop_at_step && this.#progress.step < max_steps;
  }

  #evalDue(): boolean {
    const { eval_every } = this.options;
    return eval_every > 0 && this.#progress.step % eval_every === 0 && this.trainer.hasValidation();
  }

  /** If the best weights were restored: notes it and generates a sample with them. */
  async #noteRestored(event: TrainEvent): Promise<void> {
    if (event.weights_step === event.step) return;
    this.#lastProgress = this.#progress;
    this.#take(event);
    this.#bestProgress = this.#progress;
    this.#emit({ event: 'note', message: event.message });
    if (this.#samples) await this.#sample(this.#samples);
  }

  #tuneThreads(step_ms: number): void {
    const change = this.#tuner.take(step_ms);
    if (this.#tuner.threads !== this.engine.activeThreads) this.engine.setActiveThreads(this.#tuner.threads);
    if (!change || this.#threadsNoted) return;
    this.#threadsNoted = true;
    this.#emit({ event: 'note', message: threadsNote(change), threads: change });
  }

  async #maybeSample(stepped: boolean): Promise<void> {
    if (this.#samples?.due(this.#progress.step, stepped) === true) await this.#sample(this.#samples);
    this.#rescue.keepIfDue();
  }

  /** Training goes on after a failed sample; each error is noted once. */
  async #sample(schedule: LiveSampleSchedule): Promise<void> {
    const { step } = this.#progress;
    const began = performance.now();
    try {
      await this.#generateSample(schedule.live);
    } catch (error) {
      if (error instanceof CoreCrash) throw error;
      const message = `No sample could be made: ${sentence(error)}`;
      if (message !== this.#sampleError) this.#emit({ event: 'note', message });
      this.#sampleError = message;
    }
    schedule.done(step, performance.now() - began);
  }

  async #generateSample({ options, prompt }: LiveSample): Promise<void> {
    let samples: GeneratedSample[] = [];
    for await (const piece of generateText(this.engine, this.model, options, prompt, {
      slice_ms: this.#slice_ms,
    })) {
      this.#clock.lap();
      samples = withPiece(samples, piece);
      const done = piece.done || this.#stopAsked;
      this.#emit({ event: 'sample', prompt, text: samples[0]!.text, done });
      if (done) break;
    }
  }

  #take(event: TrainEvent): void {
    this.#progress = withTrainEvent(this.#progress, event);
  }

  /** Ends a run that can go on, if its weights can generate. */
  #leave(reason: DoneReason): RunEnd {
    const problem = this.trainer.verify();
    if (problem === '') return this.#finish(reason);
    this.#progress = {
      ...this.#progress,
      step: this.trainer.step(),
      weights_step: this.trainer.weightsStep(),
    };
    return this.#fail(problem, false);
  }

  #finish(reason: DoneReason): RunEnd {
    this.#state = isOver(reason) ? 'done' : 'stopped';
    return this.#emit({ event: 'done', reason });
  }

  #fail(message: string, crashed: boolean): RunEnd {
    this.#state = 'failed';
    return this.#emit({ event: 'failed', message, crashed });
  }

  #emit<E extends EventBody>(body: E): E & Progress {
    const left = this.options.max_steps - this.#progress.step;
    this.#progress = {
      ...this.#progress,
      tokens_per_s: this.#clock.stepsPerSecond() * tokensPerStep(this.options),
      elapsed_s: this.#clock.elapsed() / 1000,
      eta_s: this.#clock.etaSeconds(left),
    };
    const event = { ...body, ...this.#progress };
    for (const listener of this.#listeners) listener(event);
    return event;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #notify(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
