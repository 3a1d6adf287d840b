// Decides when the next live sample is due. Samples together take at most about a tenth of the time.

import type { SampleOptions } from './generated/core-types.ts';

export interface LiveSample {
  options: SampleOptions;
  prompt: string;
  /** Steps between samples; 0: not by steps. */
  every_steps?: number;
  /** Seconds between samples, with the first one after the first step or after one second; 0: not by time. */
  every_s?: number;
}

/** Samples take at most 1/10 of the time. */
const TIME_SHARE = 10;

/** If the first step takes longer than this, the untrained model generates the first sample. */
const FIRST_AFTER_MS = 1000;

export class LiveSampleSchedule {
  readonly live: LiveSample;
  #sampledStep = -1;
  #nextAt = performance.now() + FIRST_AFTER_MS;

  constructor(live: LiveSample) {
    this.live = { ...live, options: { ...live.options, n: 1 } };
  }

  /** To be called after each slice; `steppedNow` says whether the slice ended a step. */
  due(step: number, steppedNow: boolean): boolean {
    const { every_steps = 0, every_s = 0 } = this.live;
    if (every_steps > 0) return steppedNow && step % every_steps === 0;
    if (every_s <= 0 || step === this.#sampledStep) return false;
    const first = this.#sampledStep < 0;
    return (first && steppedNow) || performance.now() >= this.#nextAt;
  }

  done(step: number, took_ms: number): void {
    // After the untrained model's sample, the next one is due at once.
    const wait_ms = step === 0 ? 0 : Math.max((this.live.every_s ?? 0) * 1000, TIME_SHARE * took_ms);
    this.#sampledStep = step;
    this.#nextAt = performance.now() + wait_ms;
  }
}
