// Keeps checkpoints outside the core, for the case that the core crashes.

import type { Trainer } from './core-objects.ts';

/** A checkpoint and the step of its weights. */
export interface Rescued {
  bytes: Uint8Array<ArrayBuffer>;
  step: number;
}

/** Saving takes at most 1/50 of the time: large models, which take long to save, are saved less often. */
const TIME_SHARE = 50;

export class Rescue {
  readonly #trainer: Trainer;
  readonly #every_ms: number;
  #dueAt: number;
  kept: Rescued | undefined;

  constructor(trainer: Trainer, every_ms: number) {
    this.#trainer = trainer;
    this.#every_ms = every_ms;
    this.#dueAt = performance.now() + every_ms;
  }

  keepIfDue(): void {
    const began = performance.now();
    if (began < this.#dueAt) return;
    this.kept = { bytes: this.#trainer.save(), step: this.#trainer.weightsStep() };
    const end = performance.now();
    this.#dueAt = end + Math.max(this.#every_ms, TIME_SHARE * (end - began));
  }
}
