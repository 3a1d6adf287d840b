// Training steps, timed, and where their time goes.

import { modelConfig, trainOptions } from '../convert.ts';
import type { Trainer } from '../core-objects.ts';
import type { Engine } from '../engine.ts';
import { flopsPerStep, tokensPerStep } from '../flops.ts';
import type { Options } from '../options.ts';
import { profileOf, type StepProfile } from '../profile.ts';
import type { TrainResult } from './report.ts';
import { sampleText } from './sample-text.ts';
import { Timed, WHOLE } from './timed.ts';

const FEWEST_PROFILED = 2;

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
    const event = this.#trainer.advance(WHOLE);
    const took = performance.now() - start;
    // The loss is looked at: work whose result nobody uses may be optimised away.
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

  /** Of further steps, so that the clocks inside do not count into the times. */
  profile(ms: number): StepProfile {
    this.#trainer.setProfiling(true);
    let steps = 0;
    let spent = 0;
    for (; steps < FEWEST_PROFILED || spent < ms; steps++) spent += this.once();
    const profile = profileOf(this.#trainer.profile(), steps, spent);
    this.#trainer.setProfiling(false);
    return profile;
  }

  delete(): void {
    this.#trainer.delete();
  }
}
