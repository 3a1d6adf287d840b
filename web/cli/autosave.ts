// Saves during training, so that a killed process or a power cut loses little work.

import type { RunEvent } from '../engine/events.ts';
import type { Interval } from '../engine/interval.ts';

const MAX_INTERVAL_S = 60;

export class Autosave {
  readonly #save: () => boolean;
  readonly #every: Interval;
  #last = performance.now();
  /** The step of the last save. */
  step: number | undefined;

  /**
   * every: the time or the steps between two saves; 0 steps saves after each validation and at least once a minute.
   * save: returns whether it saved.
   */
  constructor(every: Interval, save: () => boolean) {
    this.#every = every;
    this.#save = save;
  }

  take(event: RunEvent): void {
    if (!this.#due(event)) return;
    if (this.#save()) this.step = event.step;
    this.#last = performance.now();
  }

  #due({ event, step, max_steps }: RunEvent): boolean {
    // The command saves at the end of the run.
    if (step >= max_steps) return false;
    if ('seconds' in this.#every) return event === 'step' && this.#waited(this.#every.seconds);
    if (this.#every.steps > 0) return event === 'step' && step % this.#every.steps === 0;
    return event === 'eval' || (event === 'step' && this.#waited(MAX_INTERVAL_S));
  }

  #waited(seconds: number): boolean {
    return performance.now() - this.#last >= 1000 * seconds;
  }
}
