// When the next live sample is due. Samples are for watching: together they may take about a tenth of the time.

import type { SampleOptions } from './generated/core-types.ts';

export interface LiveSample {
  options: SampleOptions;
  prompt: string;
  /** After every so many steps (0: not by steps). */
  every_steps?: number;
  /** After the first step, or soon if that is slow to come, and then every so many seconds (0: not by time). */
  every_s?: number;
}

const SHARE = 10;

/** A first step that takes longer than this is not waited for: the untrained model writes something meanwhile. */
const FIRST_AFTER_MS = 1000;

export class LiveSampleSchedule {
  readonly live: LiveSample;
  #sampledStep = -1;
  #nextAt = performance.now() + FIRST_AFTER_MS;

  constructor(live: LiveSample) {
    this.live = { ...live, options: { ...live.options, n: 1 } };
  }

  /** Asked after each slice of work, of which some end a step. */
  due(step: number, steppedNow: boolean): boolean {
    const { every_steps = 0, every_s = 0 } = this.live;
    if (every_steps > 0) return steppedNow && step % every_steps === 0;
    if (every_s <= 0 || step === this.#sampledStep) return false;
    const first = this.#sampledStep < 0;
    return (first && steppedNow) || performance.now() >= this.#nextAt;
  }

  done(step: number, took_ms: number): void {
    // The untrained model's sample is followed by the next one as soon as there is something to see.
    const wait_ms = step === 0 ? 0 : Math.max((this.live.every_s ?? 0) * 1000, SHARE * took_ms);
    this.#sampledStep = step;
    this.#nextAt = performance.now() + wait_ms;
  }
}
