// Times training steps and profiles their operations.

import { modelConfig, trainOptions } from '../convert.ts';
import type { Trainer } from '../core-objects.ts';
import type { Engine } from '../engine.ts';
import { flopsPerStep, tokensPerStep } from '../estimate.ts';
import type { Options } from '../options.ts';
import { profileOf, type StepProfile } from '../profile.ts';
import type { TrainResult } from './report.ts';
import { sampleText } from './sample-text.ts';
import { Timed, UNLIMITED_MS } from './timed.ts';

const MIN_PROFILED_STEPS = 2;

export class TrainingTime extends Timed {
  protected readonly slow = false;
  readonly engine: Engine;
  readonly #options: Options;
  readonly #trainer: Trainer;

  constructor(engine: Engine, options: Options) {
    super();
    this.engine = engine;
    this.#options = options;
    const train = { ...trainOptions(options), max_steps: 1_000_000 };
    this.#trainer = engine.createTrainer(modelConfig(options), train, sampleText());
    this.warmUp();
  }

  protected once(): number {
    const start = performance.now();
    const event = this.#trainer.advance(UNLIMITED_MS);
    const took = performance.now() - start;
    // Uses the loss: unused work may be optimized away.
    if (event.kind !== 'step' || !Number.isFinite(event.train_loss))
      throw new Error(
        `The benchmark's training failed at step ${event.step}: ${event.message || event.kind}.`,
      );
    return took;
  }

  result(): Omit<TrainResult, 'workload' | 'mfu'> {
    const ms = this.median;
    return {
      variant: this.engine.variant,
      threads: this.engine.threads,
      ms_per_step: ms,
      tokens_per_s: (tokensPerStep(this.#options) * 1000) / ms,
      gflops: flopsPerStep(this.engine, this.#options) / ms / 1e6,
      peak_heap_mb: this.engine.heapBytes() / 2 ** 20,
    };
  }

  /** Profiles further steps, because the profiler's clocks would slow the timed ones. */
  profile(ms: number): StepProfile {
    this.#trainer.setProfiling(true);
    let steps = 0;
    let spent = 0;
    for (; steps < MIN_PROFILED_STEPS || spent < ms; steps++) spent += this.once();
    const profile = profileOf(this.#trainer.profile(), steps, spent);
    this.#trainer.setProfiling(false);
    return profile;
  }

  delete(): void {
    this.#trainer.delete();
  }
}
