// The training loop of the page and of the command line. It works in slices and gives the event loop its turn
// between them, so that pause, stop, a sample or a generation answers within a slice.

import { anySignal } from './abort.ts';
import { Clock } from './clock.ts';
import type { SampleOptions, TrainEvent } from './generated/core-types.ts';
import type { Model, Trainer, WhichWeights } from './core-objects.ts';
import type { Engine } from './engine.ts';
import { CoreCrash, sentence } from './errors.ts';
import { isOver, type DoneEvent, type DoneReason, type FailedEvent, type Progress, type RunEvent, type RunState } from './events.ts';
import { tokensPerStep } from './flops.ts';
import { generateText, withPiece, type GenerateSettings, type GeneratedPiece, type GeneratedSample } from './generate.ts';
import { nextTurn } from './next-turn.ts';
import type { Options } from './options.ts';
import type { Prepared } from './prepare.ts';
import { LiveSampleSchedule, type LiveSample } from './live-sample.ts';
import { ThreadTuner, threadsNote } from './thread-tuner.ts';

export interface RunSettings {
  sample?: LiveSample;
  /** How long a slice may keep the thread, in milliseconds. */
  slice_ms?: number;
  /** Keeps a checkpoint outside the core about this often, for the case that the core crashes: see rescued(). */
  rescue_every_ms?: number;
}

/** A checkpoint and the step that its weights are of. */
export interface Rescued {
  bytes: Uint8Array<ArrayBuffer>;
  step: number;
}

/** Keeping them takes at most one part in so many of the time. */
const RESCUE_SHARE = 50;

export type RunEnd = DoneEvent | FailedEvent;

export class Run {
  readonly engine: Engine;
  readonly trainer: Trainer;
  readonly options: Options;
  readonly notes: readonly string[];
  readonly #slice_ms: number;
  readonly #plan: LiveSampleSchedule | undefined;
  readonly #tuner: ThreadTuner;
  readonly #rescue_every_ms: number;
  readonly #clock = new Clock();
  readonly #listeners = new Set<(event: RunEvent) => void>();
  readonly #life = new AbortController();
  #state: RunState = 'ready';
  #stopAsked = false;
  #guests = 0;
  #wake: (() => void)[] = [];
  #progress: Progress;
  /** Of the last step, where the model may hold the weights of another. */
  #lastProgress: Progress | undefined;
  #bestProgress: Progress | undefined;
  #rescued: Rescued | undefined;
  #rescueAt: number;
  #sampleProblem = '';
  #threadsTold = false;
  #loop: Promise<RunEnd> | undefined;

  /** Takes over the prepared trainer: delete() of the run deletes it. */
  constructor(
    engine: Engine,
    prepared: Prepared,
    { sample, slice_ms = 30, rescue_every_ms = Infinity }: RunSettings = {},
  ) {
    this.engine = engine;
    this.trainer = prepared.trainer;
    this.options = prepared.options;
    this.notes = prepared.notes;
    this.#slice_ms = slice_ms;
    this.#plan = sample && new LiveSampleSchedule(sample);
    this.#tuner = new ThreadTuner(engine.threads, engine.activeThreads);
    this.#rescue_every_ms = rescue_every_ms;
    this.#rescueAt = performance.now() + rescue_every_ms;
    this.#progress = {
      step: this.trainer.step(),
      max_steps: this.options.max_steps,
      weights_step: this.trainer.weightsStep(),
      train_loss: null,
      val_loss: null,
      train_bits_per_byte: null,
      val_bits_per_byte: null,
      lr: 0,
      grad_norm: null,
      tokens: 0,
      tokens_per_s: 0,
      elapsed_s: 0,
      eta_s: null,
    };
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

  /** Listens to the events; call what it returns to stop listening. */
  on(listener: (event: RunEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Trains until all steps are done, stop_at_step, stop() or a failure, which is an event too and not a rejection. */
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

  /** Asks the run to end after the slice under way; start()'s promise tells when it has. */
  stop(): void {
    this.#stopAsked = true;
    this.#notify();
  }

  /** The whole checkpoint after the last completed step; at any time but after a crash. */
  save(): Uint8Array<ArrayBuffer> {
    return this.trainer.save();
  }

  /** After a crash: the last checkpoint that was kept outside the core, if rescue_every_ms was given. */
  rescued(): Rescued | undefined {
    return this.#rescued;
  }

  /** Whether useWeights may be called: the run has ended with the weights of another step than its last. */
  hasLastWeights(): boolean {
    return this.#state === 'done' && this.trainer.hasLastWeights();
  }

  /** Gives the model, once the run has ended, the weights that validated best or those of the last step. */
  useWeights(which: WhichWeights): void {
    this.trainer.useWeights(which);
    this.#progress = (which === 'best' ? this.#bestProgress : this.#lastProgress) ?? this.#progress;
    this.#emit({ event: 'weights' });
  }

  /** A checkpoint that training can go on from with more steps, however the run has ended: of the last weights. */
  saveToExtend(): Uint8Array<ArrayBuffer> {
    const restored = this.hasLastWeights() && this.trainer.weightsStep() !== this.trainer.step();
    if (!restored) return this.save();
    this.trainer.useWeights('last');
    try {
      return this.save();
    } finally {
      this.trainer.useWeights('best');
    }
  }

  /** Generates from the model in training, which waits meanwhile. Iterate to the end, break, or abort. */
  async *generate(
    options: SampleOptions,
    prompt: string,
    settings: GenerateSettings = {},
  ): AsyncGenerator<GeneratedPiece, void, undefined> {
    const signals = settings.signal ? [settings.signal, this.#life.signal] : [this.#life.signal];
    this.#guests++;
    this.#clock.stop();
    try {
      yield* generateText(this.engine, this.model, options, prompt, {
        ...settings,
        signal: anySignal(signals),
      });
    } finally {
      this.#guests--;
      if (this.#state === 'running' && this.#guests === 0) this.#clock.start();
      this.#notify();
    }
  }

  /** Ends everything that is under way and frees the memory. */
  async delete(): Promise<void> {
    this.stop();
    this.#life.abort();
    await this.#loop?.catch(() => undefined);
    while (this.#guests > 0) await this.#change();
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

  /** Lets everybody else have a turn, and waits while paused or while somebody generates. */
  async #turn(): Promise<void> {
    await nextTurn();
    while (!this.#stopAsked && (this.#state === 'paused' || this.#guests > 0)) await this.#change();
  }

  async #slice(): Promise<RunEnd | undefined> {
    const began = performance.now();
    const event = this.trainer.advance(this.#slice_ms);
    this.#clock.worked(performance.now() - began);
    switch (event.kind) {
      case 'none':
        await this.#maybeSample(false);
        return undefined;
      case 'step':
        this.#tuneThreads(this.#clock.stepDone());
        this.#take(event);
        this.#emit({ event: 'step' });
        await this.#maybeSample(true);
        // A validation that is due at this very step is still made, as it would be without stop_at_step.
        return this.#atStopAt() && !this.#evalDue() ? this.#leave('stop_at_step') : undefined;
      case 'eval':
        this.#clock.evalDone();
        this.#take(event);
        this.#emit({ event: 'eval' });
        this.#maybeKeepRescue();
        return this.#atStopAt() ? this.#leave('stop_at_step') : undefined;
      case 'done':
        await this.#restored(event);
        return this.#finish(event.step < this.options.max_steps ? 'patience' : 'max_steps');
      case 'failed':
        this.#take(event);
        return this.#fail(event.message, false);
    }
  }

  #atStopAt(): boolean {
    const { stop_at_step, max_steps } = this.options;
    return stop_at_step > 0 && this.#progress.step >= stop_at_step && this.#progress.step < max_steps;
  }

  #evalDue(): boolean {
    const { eval_every } = this.options;
    return eval_every > 0 && this.#progress.step % eval_every === 0 && this.trainer.hasValidation();
  }

  /** Where the weights that validated best were restored: says so, and shows what they write. */
  async #restored(event: TrainEvent): Promise<void> {
    if (event.weights_step === event.step) return;
    this.#lastProgress = this.#progress;
    this.#take(event);
    this.#bestProgress = this.#progress;
    this.#emit({ event: 'note', message: event.message });
    if (this.#plan) await this.#sample(this.#plan);
  }

  #tuneThreads(step_ms: number): void {
    const change = this.#tuner.take(step_ms);
    if (this.#tuner.threads !== this.engine.activeThreads) this.engine.setActiveThreads(this.#tuner.threads);
    if (!change || this.#threadsTold) return;
    this.#threadsTold = true;
    this.#emit({ event: 'note', message: threadsNote(change) });
  }

  /** A large model's takes a while, and is kept more seldom. */
  #maybeKeepRescue(): void {
    const began = performance.now();
    if (began < this.#rescueAt) return;
    this.#rescued = { bytes: this.trainer.save(), step: this.trainer.weightsStep() };
    const end = performance.now();
    this.#rescueAt = end + Math.max(this.#rescue_every_ms, RESCUE_SHARE * (end - began));
  }

  async #maybeSample(stepped: boolean): Promise<void> {
    if (this.#plan?.due(this.#progress.step, stepped) === true) await this.#sample(this.#plan);
    this.#maybeKeepRescue();
  }

  /** A sample is for watching: one that fails is told once, and training goes on. */
  async #sample(plan: LiveSampleSchedule): Promise<void> {
    const { step } = this.#progress;
    const began = performance.now();
    try {
      await this.#writeSample(plan.live);
    } catch (error) {
      if (error instanceof CoreCrash) throw error;
      const message = `No sample could be made: ${sentence(error)}`;
      if (message !== this.#sampleProblem) this.#emit({ event: 'note', message });
      this.#sampleProblem = message;
    }
    plan.done(step, performance.now() - began);
  }

  async #writeSample({ options, prompt }: LiveSample): Promise<void> {
    let samples: GeneratedSample[] = [];
    for await (const piece of generateText(this.engine, this.model, options, prompt, {
      slice_ms: this.#slice_ms,
    })) {
      samples = withPiece(samples, piece);
      const done = piece.done || this.#stopAsked;
      this.#emit({ event: 'sample', prompt, text: samples[0]!.text, done });
      if (done) break;
    }
  }

  #take(event: TrainEvent): void {
    this.#progress = {
      ...this.#progress,
      step: event.step,
      weights_step: event.weights_step,
      train_loss: known(event.train_loss),
      val_loss: known(event.val_loss),
      train_bits_per_byte: known(event.train_bits_per_byte),
      val_bits_per_byte: known(event.val_bits_per_byte),
      lr: event.lr,
      grad_norm: known(event.grad_norm),
      tokens: event.tokens,
    };
  }

  /** Ends a run that can go on, with weights that are known to be good. */
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

  #emit<E extends Bare>(bare: E): E & Progress {
    const left = this.options.max_steps - this.#progress.step;
    this.#progress = {
      ...this.#progress,
      tokens_per_s: this.#clock.stepsPerSecond() * tokensPerStep(this.options),
      elapsed_s: this.#clock.elapsed() / 1000,
      eta_s: this.#clock.etaSeconds(left),
    };
    const event = { ...bare, ...this.#progress };
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

/** An event before the figures that all of them carry are added. */
type Bare = RunEvent extends infer E ? (E extends Progress ? Omit<E, keyof Progress> : never) : never;

function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
