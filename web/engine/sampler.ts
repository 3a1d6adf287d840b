// When the next live sample is due. Samples are for watching: together they may take about a tenth of the time.

import type { SampleOptions } from './core-types.ts';

export interface LiveSample {
  options: SampleOptions;
  prompt: string;
  /** After every so many steps (0: not by steps). */
  every_steps?: number;
  /** At the start and then every so many seconds (0: not by time). */
  every_s?: number;
}

const SHARE = 10;

export class SamplePlan {
  readonly live: LiveSample;
  #sampledStep = -1;
  #nextAt = -Infinity;

  constructor(live: LiveSample) {
    this.live = live;
  }

  /** Asked after each step, and once before the first. */
  due(step: number, steppedNow: boolean): boolean {
    const { every_steps = 0, every_s = 0 } = this.live;
    if (every_steps > 0) return steppedNow && step % every_steps === 0;
    return every_s > 0 && step !== this.#sampledStep && performance.now() >= this.#nextAt;
  }

  done(step: number, took_ms: number): void {
    // The untrained model's sample is followed by the next one as soon as there is something to see.
    const first = this.#sampledStep < 0;
    const wait_ms = first ? 0 : Math.max((this.live.every_s ?? 0) * 1000, SHARE * took_ms);
    this.#sampledStep = step;
    this.#nextAt = performance.now() + wait_ms;
  }
}
