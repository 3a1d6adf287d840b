// Keeps checkpoints outside the core, for the case that the core crashes.

import type { Trainer } from './core-objects.ts';

/** A checkpoint and the step of its weights. */
export interface Rescued {
  bytes: Uint8Array<ArrayBuffer>;
  step: number;
}

/** Keeping a checkpoint takes at most 1/50 of the time: large models, which take long, are kept less often. */
const TIME_SHARE = 50;
/** The first checkpoint is kept this early. */
const FIRST_MS = 2000;
/** A validation is a good moment, but there may be hundreds a second. */
const SHORTEST_MS = 1000;

export class Rescue {
  readonly #trainer: Trainer;
  readonly #every_ms: number;
  readonly #onKept: (kept: Rescued) => void;
  /** When the next one may be kept, and when it must be. */
  #mayAt: number;
  #mustAt: number;
  kept: Rescued | undefined;

  /** every_ms: Infinity keeps none. `onKept` receives each checkpoint and must not change its bytes. */
  constructor(trainer: Trainer, every_ms: number, onKept: (kept: Rescued) => void = () => undefined) {
    this.#trainer = trainer;
    this.#every_ms = every_ms;
    this.#onKept = onKept;
    const never = every_ms === Infinity;
    this.#mayAt = never ? Infinity : performance.now();
    this.#mustAt = never ? Infinity : performance.now() + Math.min(every_ms, FIRST_MS);
  }

  /** Keeps a checkpoint if the last one is old; at a `goodMoment`, if the last one is not very new. */
  keepIfDue(goodMoment = false): void {
    const began = performance.now();
    if (began < (goodMoment ? this.#mayAt : this.#mustAt)) return;
    this.kept = { bytes: this.#trainer.save(), step: this.#trainer.weightsStep() };
    this.#onKept(this.kept);
    const end = performance.now();
    const share = TIME_SHARE * (end - began);
    this.#mayAt = end + Math.max(Math.min(this.#every_ms, SHORTEST_MS), share);
    this.#mustAt = end + Math.max(this.#every_ms, share);
  }
}
