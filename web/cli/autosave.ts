// Saves during training, so that a killed process or a power cut loses little work.

import type { RunEvent } from '../engine/events.ts';

const MAX_INTERVAL_MS = 60_000;

export class Autosave {
  readonly #save: () => boolean;
  readonly #every: number;
  #last = performance.now();
  /** The step of the last save. */
  step: number | undefined;

  /**
   * every: steps between two saves; 0 saves after each validation and at least once a minute.
   * save: returns whether it saved.
   */
  constructor(every: number, save: () => boolean) {
    this.#every = every;
    this.#save = save;
  }

  take(event: RunEvent): void {
    if (!this.#due(event)) return;
    if (this.#save()) this.step = event.step;
    this.#last = performance.now();
  }

  #due(event: RunEvent): boolean {
    // The command saves at the end of the run.
    if (event.step >= event.max_steps) return false;
    if (this.#every > 0) return event.event === 'step' && event.step % this.#every === 0;
    if (event.event === 'eval') return true;
    return event.event === 'step' && performance.now() - this.#last >= MAX_INTERVAL_MS;
  }
}
